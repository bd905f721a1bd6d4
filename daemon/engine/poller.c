/* SPDX-License-Identifier: MIT */
/* The states of engine/polling.h: who may move, when, and the clean end of everything. */
#include "poller.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "polling.h"

#define BUSY_AGAIN_MS 100 /* the desk has its hands full: look again then */

static void stop_timer(struct poller *p, struct timer_op **t)
{
	if (*t)
		p->o.ports->timer.cancel(p->o.ports->timer.ctx, *t);
	*t = NULL;
}

void poll_set_state(struct poll_feed *f, enum poll_state s)
{
	f->poller->in_state[f->state]--;
	f->state = s;
	f->poller->in_state[s]++;
}

static size_t places_taken(const struct poller *p)
{
	return p->in_state[POLL_FETCHING] + p->in_state[POLL_PARSING] + p->in_state[POLL_INGESTING];
}

/* --- feeds --- */

static struct poll_feed *feed_new(struct poller *p, const struct conf_feed *cf)
{
	size_t n = strlen(cf->name);
	struct poll_feed *f = calloc(1, sizeof(*f) + n + 1);

	if (!f)
		return NULL;
	memcpy(f->name, cf->name, n + 1);
	f->poller = p;
	f->cf = cf;
	f->due.owner = f;
	f->seat.owner = f;
	f->state = POLL_LOADING;
	HASH_ADD(hh, p->feeds, name[0], n, f);
	if (!table_has(f)) {
		free(f);
		return NULL;
	}
	p->in_state[POLL_LOADING]++;
	return f;
}

static void visit_free(struct poll_feed *f)
{
	struct poll_visit *v = f->visit;

	if (!v)
		return;
	f->visit = NULL;
	f->poller->bytes -= v->body_len;
	feed_batch_free(v->batch);
	conf_unref(v->conf);
	arena_free(v->arena);
	free(v);
}

static void forget(struct poll_feed *f)
{
	free(f->etag);
	free(f->last_modified);
	free(f->moved_to);
	f->etag = f->last_modified = f->moved_to = NULL;
	f->body_hash = 0;
	f->moved_seen = 0;
	f->ttl = 0;
	f->skip_hours = 0;
	f->skip_days = 0;
	if (f->failures > 0)
		f->poller->failing--;
	f->failures = 0;
	f->told = 0;
}

static void free_feed(struct poll_feed *f)
{
	struct poller *p = f->poller;

	if (f->cf)
		HASH_DEL(p->feeds, f);
	forget(f);
	visit_free(f);
	p->in_state[f->state]--;
	free(f);
}

/* Throws the visit away, whatever it is doing but INGESTING. */
static void drop_visit(struct poll_feed *f)
{
	struct poller *p = f->poller;

	if (f->state == POLL_INGESTING)
		return;
	if (f->state == POLL_FETCHING)
		poll_fetch_cancel(f->visit);
	if (f->state == POLL_PARSING)
		poll_parse_cancel(f->visit);
	due_unset(&p->due, &f->due);
	hosts_leave(&p->hosts, &f->seat);
	visit_free(f);
	if (f->state != POLL_LOADING)
		poll_set_state(f, POLL_IDLE);
}

void poll_once_over(struct poller *p)
{
	if (p->o.once && p->running && p->to_do == 0) {
		p->running = false;
		p->o.done(p->o.arg);
	}
}

void poll_rest(struct poll_feed *f, int64_t wait)
{
	struct poller *p = f->poller;
	bool changed = f->visit && f->visit->generation != f->generation;

	visit_free(f);
	poll_set_state(f, POLL_IDLE);
	if (!f->cf) {
		free_feed(f);
	} else if (p->o.once) {
		p->to_do--;
		poll_once_over(p);
	} else if (p->running) {
		due_set(&p->due, &f->due, clock_mono() + (changed ? 0 : wait));
	}
}

void poll_host(const char *url, char host[FEED_HOST_MAX])
{
	if (!feed_link_domain(str_of(url), host))
		host[0] = '\0';
}

void poll_line_up(struct poll_feed *f, bool first)
{
	struct poller *p = f->poller;
	const struct poll_visit *v = f->visit;
	const char *url = v ? v->hops.urls[v->hops.n - 1] : poll_address(f);
	char host[FEED_HOST_MAX];

	poll_set_state(f, POLL_DUE);
	poll_host(url, host);
	if (hosts_wait(&p->hosts, &f->seat, host, first, clock_mono()) != 0)
		poll_rest(f, CLOCK_MINUTE);
}

/* --- the pump --- */

static bool may_start(const struct poller *p)
{
	return places_taken(p) < p->conf->poll.parallel && p->bytes < POLL_BYTES_MAX &&
	       !p->disk_full;
}

static bool desk_busy(const struct poller *p)
{
	return p->o.ports->job.busy(p->o.ports->job.ctx);
}

static void on_timer(void *arg)
{
	struct poller *p = arg;

	p->timer = NULL;
	poll_poke(p);
}

static void set_timer(struct poller *p)
{
	struct due *d = due_first(&p->due);
	int64_t now = clock_mono(), at = d ? d->at : INT64_MAX;

	if (may_start(p)) {
		int64_t next = hosts_next(&p->hosts);

		if (next <= now)
			next = now + BUSY_AGAIN_MS;
		at = next < at ? next : at;
	}
	if (p->timer && p->timer_at == at)
		return;
	stop_timer(p, &p->timer);
	if (at == INT64_MAX)
		return;
	p->timer_at = at;
	p->timer = p->o.ports->timer.start(
		p->o.ports->timer.ctx, at > now ? at - now : 0, on_timer, p);
}

void poll_poke(struct poller *p)
{
	struct host_seat *s;
	struct due *d;
	int64_t now = clock_mono();

	if (!p->running || p->poking)
		return;
	p->poking = true;
	while ((d = due_first(&p->due)) != NULL && d->at <= now) {
		due_unset(&p->due, d);
		poll_line_up(d->owner, false);
	}
	while (may_start(p) && !desk_busy(p) && (s = hosts_take(&p->hosts, now)) != NULL)
		poll_fetch(s->owner);
	p->poking = false;
	if (p->running)
		set_timer(p);
}

/* --- life --- */

struct poller *poller_new(const struct poller_options *o, struct conf *conf)
{
	struct poller *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->o = *o;
	p->conf = conf_ref(conf);
	hosts_init(&p->hosts);
	STAILQ_INIT(&p->held);
	STAILQ_INIT(&p->again);
	return p;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_login(const struct conf_feed *a, const struct conf_feed *b)
{
	if (!same_text(a->user, b->user) ||
		!same_text(a->password_credential, b->password_credential) ||
		a->headers.n != b->headers.n)
		return false;
	for (size_t i = 0; i < a->headers.n; i++) {
		if (!str_eq(a->headers.v[i], b->headers.v[i]))
			return false;
	}
	return true;
}

/* The same feed by its name, perhaps with other words about it. */
static void feed_keep(struct poll_feed *f, const struct conf_feed *cf)
{
	const struct conf_feed *old = f->cf;
	struct poller *p = f->poller;
	int64_t soon;

	f->cf = cf;
	if (f->state == POLL_LOADING)
		return;
	if (strcmp(old->url, cf->url) != 0) {
		forget(f);
		f->generation++;
		if (f->state == POLL_INGESTING)
			return;
		drop_visit(f);
		due_set(&p->due, &f->due, clock_mono());
		return;
	}
	if (f->state != POLL_IDLE)
		return;
	soon = clock_mono() + rng_jitter(p->o.rng, cf->every, 10);
	if (!same_login(old, cf))
		due_set(&p->due, &f->due, clock_mono());
	else if (cf->every < old->every && f->failures == 0 && soon < f->due.at)
		due_set(&p->due, &f->due, soon);
}

static void out_of_memory(struct poller *p)
{
	struct err e;

	(void)err_nomem(&e);
	p->o.fatal(p->o.arg, &e);
}

static void take_conf(struct poller *p)
{
	struct poll_feed *f, *next;

	p->reload++;
	hosts_limits(&p->hosts, p->conf->poll.per_host, p->conf->poll.host_gap);
	for (size_t i = 0; i < p->conf->n_feeds; i++) {
		const struct conf_feed *cf = &p->conf->feeds[i];

		HASH_FIND_STR(p->feeds, cf->name, f);
		if (f)
			feed_keep(f, cf);
		else
			f = feed_new(p, cf);
		if (f)
			f->reload = p->reload;
		else
			out_of_memory(p); /* better anew than with a feed that nobody misses */
	}
	HASH_ITER (hh, p->feeds, f, next) {
		if (f->reload == p->reload)
			continue;
		if (f->state != POLL_INGESTING) {
			drop_visit(f);
			free_feed(f);
			continue;
		}
		HASH_DEL(p->feeds, f);
		f->cf = NULL;
	}
}

void poller_start(struct poller *p)
{
	p->running = true;
	if (due_reserve(&p->due, p->conf->n_feeds) != 0) {
		out_of_memory(p);
		return;
	}
	take_conf(p);
	p->to_do = HASH_COUNT(p->feeds);
	poll_load(p);
}

void poller_reload(struct poller *p, struct conf *conf)
{
	struct conf *old = p->conf;

	if (!p->running || p->o.once)
		return;
	if (due_reserve(&p->due, HASH_COUNT(p->feeds) + conf->n_feeds) != 0) {
		out_of_memory(p);
		return;
	}
	p->conf = conf_ref(conf);
	memset(p->overruns, 0, sizeof(p->overruns));
	take_conf(p);
	conf_unref(old);
	if (p->in_state[POLL_LOADING] > 0)
		poll_load(p);
	poll_poke(p);
}

void poller_stop(struct poller *p)
{
	struct poll_feed *f, *next;

	p->running = false;
	stop_timer(p, &p->timer);
	stop_timer(p, &p->load_timer);
	poll_ingest_stop(p);
	HASH_ITER (hh, p->feeds, f, next)
		drop_visit(f);
}

void poller_free(struct poller *p)
{
	struct poll_feed *f, *next;

	if (!p)
		return;
	HASH_ITER (hh, p->feeds, f, next)
		free_feed(f);
	hosts_release(&p->hosts);
	due_release(&p->due);
	conf_unref(p->conf);
	free(p);
}

void poller_sweep(struct poller *p)
{
	hosts_sweep(&p->hosts, clock_mono());
}

bool poller_idle(const struct poller *p)
{
	return places_taken(p) == 0;
}

void poller_set_gauges(const struct poller *p, struct metrics *out)
{
	out->feeds_configured = HASH_COUNT(p->feeds);
	out->feeds_fetching = (int64_t)p->in_state[POLL_FETCHING];
	out->feeds_parsing = (int64_t)p->in_state[POLL_PARSING];
	out->feeds_ingesting = (int64_t)p->in_state[POLL_INGESTING];
	out->feeds_waiting = (int64_t)p->in_state[POLL_DUE];
	out->feeds_failing = (int64_t)p->failing;
}
