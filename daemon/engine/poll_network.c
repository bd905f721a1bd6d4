/* SPDX-License-Identifier: MIT */
/*
 * The network of this machine may be down: no route, no resolver, a router that restarts. That is
 * not a failure of the feeds, so their polls are held: not stored, and repeated when it is back.
 * Servers with public addresses and near ones have a network each, because a near one that answers
 * proves nothing for the others, and need not wait for them.
 *
 * It is taken to be down when a poll reaches no server and none was reached since that poll began.
 * From then on each feed that is due is polled once more. Those that were held wait in LANE_SLOW:
 * one of them at a time is polled, as a probe. If this machine has no route, all wait for a probe.
 * The first poll that reaches a server ends it, and all feeds that are due follow.
 *
 * A feed whose held poll is repeated after a server was reached, and which still reaches none, has
 * failed by itself. While there is a route and only one host was asked, either may be the cause:
 * another feed is polled early, and without one the host is given DOUBT_MAX.
 *
 * A server is reached when it is connected: one that drips for a minute proves the network at once.
 * Feeds whose name server is silent cannot stop the others, whatever their number: once they are
 * held they are no more than the probes.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "poll_steps.h"

#define PROBE_MAX   (10 * CLOCK_SECOND) /* to connect, so that the next probe is made in time */
#define DOUBT_MAX   (5 * CLOCK_MINUTE)
#define DOUBT_ASK   3 /* probes after which another host is asked */
#define OTHERS_MAX  4096
#define REPEATS_MAX 64 /* in one callback */

static int64_t network_probe_wait(unsigned probes)
{
	static const int64_t waits[] = {1, 2, 4, 8};
	const unsigned n = sizeof(waits) / sizeof(waits[0]);

	return (probes < n ? waits[probes] : 15) * CLOCK_SECOND;
}

void poll_network_init(struct poll_network *n, struct host_budgets *b)
{
	hosts_init(&n->hosts, b);
	TAILQ_INIT(&n->unreached);
}

bool poll_network_is_down(const struct poller *p)
{
	return p->networks[POLL_NEAR].down || p->networks[POLL_FAR].down;
}

/* --- up --- */

void poll_network_repeat(struct poller *p)
{
	for (int i = 0; i < POLL_NETWORKS; i++) {
		struct poll_network *n = &p->networks[i];
		struct poll_feed *f;

		for (int k = 0; n->repeats > 0 && k < REPEATS_MAX; k++) {
			n->repeats--;
			f = TAILQ_FIRST(&n->unreached);
			if (!f)
				break;
			poll_feed_set_unreached(f, n); /* the last now */
			if (f->state == POLL_IDLE)
				due_set(&p->due, &f->due, clock_mono());
		}
	}
}

static void network_end(struct poller *p, struct poll_network *n)
{
	if (n->logged)
		log_notice("network-up", LOG_I("after_s", (clock_mono() - n->since) / 1000),
			LOG_I("feeds_waiting", p->in_state[POLL_DUE]));
	/* Feeds that failed although it may have been the network are polled again too. */
	if (n->certain)
		n->repeats = n->n_unreached;
	n->down = n->no_route = n->certain = n->logged = false;
	n->probes = 0;
	n->probe = NULL;
	poll_ramp_start(p);
}

/* A server with a public address proves both networks, a near one its own. */
static void network_note_reached(struct poll_visit *v, bool near_server)
{
	struct poller *p = v->feed->poller;
	bool near = near_server || v->feed->network == &p->networks[POLL_NEAR];

	if (v->hops.n == 1)
		v->feed->near = near_server;
	v->feed->unreached_at = 0;
	poll_feed_set_unreached(v->feed, NULL);
	for (int i = 0; i <= (near ? POLL_NEAR : POLL_FAR); i++) {
		p->networks[i].reached_at = clock_mono();
		if (p->networks[i].down)
			network_end(p, &p->networks[i]);
	}
	if (!poll_network_is_down(p))
		trouble_end(p->o.troubles, TROUBLE_NETWORK_DOWN, STR_NONE);
}

void poll_network_note_connected(void *arg, bool near)
{
	struct poll_visit *v = arg;
	struct poller *p = v->feed->poller;
	bool was_down = poll_network_is_down(p);

	network_note_reached(v, near);
	if (was_down)
		p->step_ended(p, NULL, POLL_LOADED);
}

/* --- down --- */

/* The network works: a server was reached since the poll began, or since its feed was held. */
static bool network_is_proven(const struct poll_visit *v)
{
	const struct poll_network *n = v->feed->network;
	int64_t held_at = v->feed->unreached_at;

	return !n->down && n->reached_at != 0 &&
	       (held_at ? n->reached_at >= held_at : n->reached_at >= v->began_at);
}

static void network_begin(struct poll_network *n)
{
	n->down = true;
	n->since = clock_mono();
	n->host[0] = '\0';
	n->probe_at = n->since + network_probe_wait(0);
}

/* Whether f may be polled early to prove n: it asked for no longer interval. */
static bool network_may_prove(struct poll_feed *f, const struct poll_network *n)
{
	int64_t since = clock_mono() - f->polled_at;
	char host[FEED_HOST_MAX];

	if (f->unreached ||
		(f->interval_why != SCHEDULE_EVERY && f->interval_why != SCHEDULE_RHYTHM) ||
		since < f->max_age || since < f->retry_after)
		return false;
	poll_host_of(poll_feed_address(f), host);
	return poll_feed_network(f, host) == n && strcmp(host, n->host) != 0;
}

/* The part of its interval that f has waited. */
static double network_waited(const struct poll_feed *f, int64_t now)
{
	return (double)(now - f->polled_at) / (double)(f->due.at - f->polled_at + 1);
}

/*
 * While the cause is in doubt, a feed of another host is polled early, once: the one that has
 * waited longest for its interval, of the first in the heap.
 */
static void network_ask_another(struct poller *p, const struct poll_network *n)
{
	struct poll_feed *best = NULL;
	int64_t now = clock_mono();

	for (size_t i = 1; i <= p->due.n && i <= OTHERS_MAX; i++) {
		struct poll_feed *f = p->due.v[i]->owner;

		if ((!best || network_waited(f, now) > network_waited(best, now)) &&
			network_may_prove(f, n))
			best = f;
	}
	if (best)
		due_set(&p->due, &best->due, now);
}

static void network_log_down(struct poller *p, struct poll_network *n, const struct fetch_answer *a)
{
	if (!n->logged)
		log_warn("network-down", LOG_S("reason", a->error.text),
			LOG_S("state", "polls wait until a server is reached; none counts as "
				       "failed"));
	n->logged = true;
	trouble_begin(p->o.troubles, TROUBLE_NETWORK_DOWN, STR_NONE, str_of(a->error.text));
}

/* The host of v was not reached either. */
static void network_add_host(struct poll_visit *v, enum fetch_reach reach)
{
	struct poll_network *n = v->feed->network;
	char host[FEED_HOST_MAX];

	poll_host_of(v->hops.urls[v->hops.n - 1], host);
	if (n->host[0] == '\0')
		memcpy(n->host, host, sizeof(host));
	if (reach == FETCH_NO_ROUTE)
		n->no_route = true;
	if (n->no_route || strcmp(host, n->host) != 0)
		n->certain = true;
}

/* The feed has failed by itself, as far as can be known. */
static bool network_charge(struct poll_visit *v)
{
	v->feed->unreached_at = 0;
	poll_feed_set_unreached(v->feed, v->feed->network);
	return false;
}

/* once: a second attempt, after all other feeds, decides. */
static bool network_hold_once(struct poll_visit *v, const struct fetch_answer *a)
{
	struct poll_network *n = v->feed->network;

	if (v->feed->unreached_at == 0) {
		v->feed->unreached_at = clock_mono();
		return true;
	}
	if (!n->certain)
		return network_charge(v);
	network_log_down(v->feed->poller, n, a);
	v->unsaved = true;
	return true;
}

static bool network_note_unreached(struct poll_visit *v, const struct fetch_answer *a)
{
	struct poller *p = v->feed->poller;
	struct poll_network *n = v->feed->network;
	int64_t now = clock_mono();

	if (network_is_proven(v))
		return network_charge(v);
	/* A feed that failed so before says nothing new of the network. */
	if (!n->down && v->feed->unreached && a->reach != FETCH_NO_ROUTE)
		return network_charge(v);
	if (!n->down)
		network_begin(n);
	network_add_host(v, a->reach);
	if (p->o.once)
		return network_hold_once(v, a);
	if (!n->certain && now - n->since >= DOUBT_MAX) {
		network_end(p, n);
		return network_charge(v);
	}
	if (n->certain && n->probes > 0)
		network_log_down(p, n, a);
	else if (n->probes == 1)
		log_notice("poll-held", LOG_S("feed", v->feed->name),
			LOG_S("reason", a->error.text),
			LOG_S("state", "it may be the network; counts as failed if it lasts"));
	if (!n->certain && n->probes == DOUBT_ASK)
		network_ask_another(p, n);
	v->feed->unreached_at = now;
	return true;
}

bool poll_network_note(struct poll_visit *v, const struct fetch_answer *a)
{
	const struct poller *p = v->feed->poller;
	const struct poll_network *n = v->feed->network;

	switch (a->error.cls == ERR_NONE ? FETCH_REACHED : a->reach) {
	case FETCH_REACHED: network_note_reached(v, a->near); return false;
	case FETCH_UNREACHED:
	case FETCH_NO_ROUTE:
		if (!p->o.once && v->began_at < n->resumed_at)
			return true;
		return network_note_unreached(v, a);
	case FETCH_UNKNOWN: break;
	}
	/* A connection that broke while the machine slept, or with the network. */
	return !p->o.once && a->error.cls == ERR_TEMP &&
	       (v->began_at < n->resumed_at || (n->down && n->certain));
}

/* --- probes --- */

/* When a held feed may start, as far as it depends on the state of the network. */
static int64_t network_next_probe(const struct poller *p, const struct poll_network *n)
{
	if (!n->down || p->o.once)
		return INT64_MIN;
	return n->probe ? INT64_MAX : n->probe_at;
}

struct poll_feed *poll_network_take(struct poller *p, int64_t now, bool slow)
{
	struct host_slot *s = NULL;

	for (int i = 0; i < POLL_NETWORKS && !s; i++) {
		struct poll_network *n = &p->networks[i];
		bool probe = network_next_probe(p, n) <= now;

		if (probe || !n->no_route)
			s = hosts_take_ready(&n->hosts, now, slow && probe);
	}
	return s ? s->owner : NULL;
}

static int64_t network_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t poll_network_next(const struct poller *p, bool slow)
{
	int64_t first = INT64_MAX;

	for (int i = 0; i < POLL_NETWORKS; i++) {
		const struct poll_network *n = &p->networks[i];
		int64_t probe_at = network_next_probe(p, n);
		int64_t at = hosts_next_ready(&n->hosts, false);

		if (n->no_route)
			at = network_later(at, probe_at);
		first = at < first ? at : first;
		at = network_later(hosts_next_ready(&n->hosts, true), probe_at);
		first = slow && at < first ? at : first;
	}
	return first;
}

void poll_network_note_start(struct poll_visit *v)
{
	const struct poll_feed *f = v->feed;
	struct poll_network *n = f->network;

	if (!n->down || f->poller->o.once || (!n->no_route && f->slot.lane != LANE_SLOW))
		return;
	n->probe = v;
	n->probes++;
}

void poll_network_note_end(struct poll_visit *v)
{
	struct poll_network *n = v->feed->network;

	if (n->probe != v)
		return;
	n->probe = NULL;
	n->probe_at = clock_mono() + network_probe_wait(n->probes);
}

int64_t poll_network_connect_ms(const struct poll_visit *v)
{
	return v->feed->network->probe == v ? PROBE_MAX : 0;
}

/* --- from outside --- */

void poll_network_hurry(struct poller *p)
{
	for (int i = 0; i < POLL_NETWORKS; i++) {
		p->networks[i].probes = 0;
		p->networks[i].probe_at = clock_mono();
	}
}

void poll_network_resume(struct poller *p, int64_t slept)
{
	host_budgets_shift(&p->budgets, slept);
	for (int i = 0; i < POLL_NETWORKS; i++)
		p->networks[i].resumed_at = clock_mono();
	poll_network_hurry(p);
	poll_ramp_start(p);
}
