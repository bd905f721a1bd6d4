/* SPDX-License-Identifier: MIT */
/* The state machine of poll_feed.h: starts what may start, and decides what follows a step. */
#include "poller.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "poll_sitemap.h"
#include "poll_steps.h"

#define BUSY_RETRY_MS 100 /* while the desk is busy */
/* What one callback does at most, to be short when ten thousand feeds are due. */
#define QUEUE_MAX     64
#define START_MAX     8

/* --- from state to state --- */

/* The desk is done with it, or will be without the feed. v is freed. */
static void poller_end(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;

	f->poller->ramp_polls++;
	poll_feed_rest(f, v->wait);
}

static void poller_ingest(struct poll_visit *v)
{
	poll_feed_set_state(v->feed, POLL_INGESTING);
	if (poll_ingest_start(v) == POLL_STORED)
		poller_end(v);
}

/*
 * once: the host of v asked for a pause that a single run does not wait for, so the polls in its
 * queue fail.
 */
static void poller_fail_waiting(struct poll_visit *v)
{
	struct host_slot *s;

	while ((s = hosts_first_blocked(&v->feed->slot)) != NULL) {
		struct poll_feed *f = s->owner;

		hosts_leave(&f->network->hosts, s);
		if (!f->visit && !poll_visit_new(f)) {
			poll_feed_rest(f, v->retry_after);
			continue;
		}
		(void)poll_visit_fail(f->visit,
			"the host answered another feed with %ld: it is asked too often",
			v->status);
		poller_ingest(f->visit);
	}
}

static void poller_leave_host(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;

	poll_network_note_end(v);
	if (p->o.once && v->host_rests)
		poller_fail_waiting(v);
	v->host_rests = false;			 /* the next request may be to another */
	lanes_cancel(&p->lanes, &v->feed->peer); /* if there was no answer */
	hosts_leave(&v->feed->network->hosts, &v->feed->slot);
}

/* The poll was held: it begins again, after the feeds that wait. */
static void poller_repeat(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;

	if (v->unsaved) {
		poll_feed_rest(f, 0);
		return;
	}
	poll_visit_free(v);
	poll_feed_queue(f, false);
}

/* DUE, into the queue of its host after the pause that the redirect asked for. */
static void poller_follow(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;

	if (v->hop_pause <= 0) {
		poll_feed_queue(f, true);
		return;
	}
	poll_feed_set_state(f, POLL_DUE);
	due_set(&f->poller->due, &f->due, clock_mono() + v->hop_pause);
}

/* The transitions out of FETCHING, PARSING and INGESTING. v may be freed. */
static void poller_advance(struct poll_visit *v, enum poll_step result)
{
	struct poll_feed *f = v->feed;

	if (f->state == POLL_FETCHING && result != POLL_PENDING)
		poller_leave_host(v);
	if (result == POLL_FETCHED) {
		poll_feed_set_state(f, POLL_PARSING);
		result = poll_parse_start(v);
	}
	if (result == POLL_DECIDED && v->cf->sitemap)
		result = poll_sitemap_decided(v);
	switch (result) {
	case POLL_PENDING:
	case POLL_LOADED:
	case POLL_APPLIED:
	case POLL_FETCHED: break;
	case POLL_HELD: poller_repeat(v); break;
	case POLL_LACKED: poll_feed_rest(f, v->wait); break;
	case POLL_REDIRECTED: poller_follow(v); break;
	case POLL_DECIDED: poller_ingest(v); break;
	case POLL_STORED: poller_end(v); break;
	}
}

/* Its turn at the host has come. */
static void poller_fetch(struct poll_feed *f)
{
	int64_t skipped = f->visit ? 0 : poll_edit_skipped(f);

	if (skipped > 0) {
		hosts_leave(&f->network->hosts, &f->slot);
		poll_feed_rest(f, skipped);
		return;
	}
	if (!f->visit && !poll_visit_new(f)) {
		hosts_leave(&f->network->hosts, &f->slot);
		poll_feed_note_lack(f, "out of memory");
		poll_feed_rest(f, CLOCK_MINUTE);
		return;
	}
	poll_feed_set_state(f, POLL_FETCHING);
	lanes_enter(&f->poller->lanes, &f->peer, clock_mono());
	poll_network_note_start(f->visit);
	poller_advance(f->visit, poll_fetch_start(f->visit));
}

/* --- what may start --- */

static void poller_on_timer(void *arg);

/* more: feeds that could start now are left. */
static void poller_set_timer(struct poller *p, bool more)
{
	struct due *d = due_first(&p->due);
	int64_t now = clock_mono(), at = d ? d->at : INT64_MAX;

	if (poll_may_start(p, LANE_QUICK)) {
		int64_t next = poll_network_next(p, poll_may_start(p, LANE_SLOW));

		if (next <= now)
			next = more ? now : now + BUSY_RETRY_MS;
		at = next < at ? next : at;
	} else if (poll_ramp_next(p, now) < at) {
		at = poll_ramp_next(p, now);
	} else if (poll_lacks_room(p, now)) {
		int64_t late = lanes_first_late(&p->lanes) ? now : lanes_next_overdue(&p->lanes);

		at = late < at ? late : at;
	}
	if (p->timer && (p->timer_at == at || p->timer_at <= now))
		return;
	port_timer_stop(&p->o.ports->timer, &p->timer);
	if (at == INT64_MAX)
		return;
	p->timer_at = at;
	p->timer = p->o.ports->timer.start(
		p->o.ports->timer.ctx, at > now ? at - now : 0, poller_on_timer, p);
}

static void poller_queue_due(struct poller *p, int64_t now)
{
	struct poll_feed *f;
	struct due *d;
	int64_t skipped;

	for (unsigned n = 0; n < QUEUE_MAX; n++) {
		d = due_first(&p->due);
		if (!d || d->at > now)
			return;
		f = d->owner;
		skipped = f->visit ? 0 : poll_edit_skipped(f);
		if (skipped > 0) {
			due_set(&p->due, d, now + skipped);
			continue;
		}
		due_unset(&p->due, d);
		poll_feed_queue(f, false);
	}
}

/* A server turned out to be slow: it is asked again when slow ones may be. */
static void poller_give_way(struct poll_feed *f)
{
	poll_fetch_cancel(f->visit);
	lanes_leave(&f->poller->lanes, &f->peer, clock_mono());
	poller_leave_host(f->visit);
	poller_repeat(f->visit);
}

/* As long as slow ones take more than their share. */
static void poller_make_room(struct poller *p, int64_t now)
{
	struct lane_peer *late;

	for (unsigned n = 0; n < START_MAX && poll_lacks_room(p, now); n++) {
		late = lanes_first_late(&p->lanes);
		if (!late)
			return;
		poller_give_way(late->owner);
	}
}

/* False: more may start. */
static bool poller_start_fetches(struct poller *p, int64_t now)
{
	struct poll_feed *f;

	for (unsigned n = 0; n < START_MAX; n++) {
		if (!poll_may_start(p, LANE_QUICK) || poll_desk_is_busy(p))
			return true;
		f = poll_network_take(p, now, poll_may_start(p, LANE_SLOW));
		if (!f)
			return true;
		poller_fetch(f);
	}
	return false;
}

/* Starts what may start, then sets the timer. May be called at any time. */
static void poller_poke(struct poller *p)
{
	int64_t now = clock_mono();
	bool more;

	if (!p->running || p->poking)
		return;
	p->poking = true;
	poll_network_repeat(p);
	poller_queue_due(p, now);
	poller_make_room(p, now);
	more = !poller_start_fetches(p, now);
	p->poking = false;
	if (p->running)
		poller_set_timer(p, more);
}

static void poller_on_timer(void *arg)
{
	struct poller *p = arg;

	p->timer = NULL;
	poller_poke(p);
}

/* struct poller.step_ended */
static void poller_step_ended(struct poller *p, struct poll_visit *v, enum poll_step result)
{
	if (v)
		poller_advance(v, result);
	else
		poll_check_once(p); /* there may be no feed at all */
	/* The poke is a callback of its own: a transfer often ends together with others. */
	if (p->running)
		poller_set_timer(p, true);
}

/* --- the configuration --- */

void poller_reload(struct poller *p, struct conf *conf)
{
	if (!p->running || p->o.once)
		return;
	memset(p->overruns, 0, sizeof(p->overruns));
	poll_apply_start(p, conf);
}

/* --- the network --- */

void poller_network_changed(struct poller *p)
{
	if (!p->running || !poll_network_is_down(p))
		return;
	poll_network_hurry(p);
	poller_poke(p);
}

void poller_resume(struct poller *p, int64_t slept)
{
	if (!p->running)
		return;
	due_shift(&p->due, slept);
	poll_network_resume(p, slept);
	poller_poke(p);
}

/* --- silence --- */

void poller_note_silent(struct poller *p, struct str feed)
{
	const struct conf_feed *cf = p->running ? conf_find_feed(p->conf, feed) : NULL;
	struct poll_feed *f = cf ? poll_feed_find(p, cf->name) : NULL;

	if (f && f->doubt == POLL_TRUSTED && f->trust.unmodified > 0)
		f->doubt = POLL_DOUBTED;
}

/* --- by command --- */

enum engine_asked poller_ask(struct poller *p, const char *name, int64_t *until)
{
	enum engine_asked result = ENGINE_ASKED;
	struct poll_feed *f = p->running ? poll_apply_find(p, name) : NULL;

	if (!f)
		return ENGINE_NO_FEED;
	result = poll_command_ask(f, until);
	/* The poke is a callback of its own: many feeds may be asked in a row. */
	poller_set_timer(p, true);
	return result;
}

/* --- by a hub --- */

int64_t poller_hint(struct poller *p, const char *name)
{
	struct poll_feed *f = p->running ? poll_apply_find(p, name) : NULL;
	int64_t again = f ? poll_push_hint(f) : -1;

	if (f)
		poller_set_timer(p, true);
	return again;
}

bool poller_push(struct poller *p, const char *name, struct poll_pushed *pushed)
{
	struct poll_feed *f = p->running && !p->o.once ? poll_apply_find(p, name) : NULL;

	return f && poll_push_take(f, pushed);
}

/* --- life --- */

struct poller *poller_new(const struct engine_parts *o, struct conf *conf)
{
	struct poller *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	if (host_budgets_init(&p->budgets) != 0) {
		free(p);
		return NULL;
	}
	p->o = *o;
	p->conf = conf_ref(conf);
	p->step_ended = poller_step_ended;
	LIST_INIT(&p->visits);
	TAILQ_INIT(&p->to_load);
	for (int i = 0; i < POLL_NETWORKS; i++)
		poll_network_init(&p->networks[i], &p->budgets);
	lanes_init(&p->lanes, conf->poll.parallel);
	STAILQ_INIT(&p->held);
	STAILQ_INIT(&p->quiet_held);
	STAILQ_INIT(&p->marks);
	STAILQ_INIT(&p->again);
	return p;
}

void poller_start(struct poller *p)
{
	p->running = true;
	p->to_do = p->conf->n_feeds;
	poll_ramp_start(p);
	poll_apply_start(p, NULL);
	poll_late_start(p);
}

/* Of feeds without an operation nothing is undone: there may be 100,000. */
void poller_stop(struct poller *p)
{
	struct poll_visit *v, *next;

	p->running = false;
	port_timer_stop(&p->o.ports->timer, &p->timer);
	poll_late_stop(p);
	poll_apply_stop(p);
	poll_load_stop(p);
	poll_learn_stop(p);
	poll_ingest_stop(p);
	poll_quiet_stop(p);
	for (v = LIST_FIRST(&p->visits); v; v = next) {
		next = LIST_NEXT(v, link);
		poll_feed_cancel(v->feed);
	}
}

void poller_free(struct poller *p)
{
	if (!p)
		return;
	poll_apply_free(p);
	poll_quiet_release(p);
	free(p->learn);
	for (int i = 0; i < POLL_NETWORKS; i++)
		hosts_release(&p->networks[i].hosts);
	host_budgets_release(&p->budgets);
	due_release(&p->due);
	conf_unref(p->conf);
	free(p);
}

bool poller_idle(const struct poller *p)
{
	return poll_places_taken(p) == p->lanes.slow;
}

void poller_set_gauges(const struct poller *p, struct metrics *out)
{
	bool held = p->networks[POLL_NEAR].logged || p->networks[POLL_FAR].logged;
	int64_t fresh;

	out->feeds_configured = (int64_t)p->conf->n_feeds;
	out->feeds_fetching = (int64_t)p->in_state[POLL_FETCHING];
	out->feeds_parsing = (int64_t)p->in_state[POLL_PARSING];
	out->feeds_ingesting = (int64_t)p->in_state[POLL_INGESTING];
	out->feeds_waiting = (int64_t)p->in_state[POLL_DUE];
	out->feeds_held = held ? (int64_t)p->in_state[POLL_DUE] : 0;
	out->feeds_failing = (int64_t)p->failing;
	out->feeds_late = (int64_t)p->health.late;
	out->feeds_silent = (int64_t)p->health.silent;
	out->feeds_stale = (int64_t)p->health.stale;
	out->feeds_unread = (int64_t)p->unread - (int64_t)p->health.late_unread;
	if (out->feeds_unread < 0)
		out->feeds_unread = 0; /* they were polled since */
	fresh = out->feeds_configured - out->feeds_failing - out->feeds_late - out->feeds_silent -
		out->feeds_stale - out->feeds_unread;
	out->feeds_fresh = fresh > 0 ? fresh : 0;
}
