/* SPDX-License-Identifier: MIT */
/*
 * LOADING: what an earlier run stored about the feeds is read by one job, and each feed gets its
 * time. What is overdue (all of it after a long stop) is spread, so that a start is no storm.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "polling.h"

#define LOAD_ARENA_MAX ((size_t)256 * 1024 * 1024)
#define SPREAD_MS      20		 /* between two overdue feeds, on average */
#define NEXT_MAX       (30 * CLOCK_HOUR) /* no wait is that long: the wall clock was set back */

struct load {
	struct poller *poller;
	struct arena *arena;
	char **names;
	struct store_feed *stored;
	size_t n;
	struct job job;
	int rc;
	struct err error;
};

static void load_free(struct load *l)
{
	if (!l)
		return;
	arena_free(l->arena);
	free(l);
}

static void on_run(void *arg, struct desk *desk, struct store *store)
{
	struct load *l = arg;

	(void)desk;
	l->rc = 0;
	for (size_t i = 0; i < l->n && l->rc == 0; i++)
		l->rc = store_feed_get(
			store, str_of(l->names[i]), l->arena, &l->stored[i], &l->error);
}

static char *text(struct str s)
{
	return str_present(s) && s.n > 0 ? strndup(s.p, s.n) : NULL;
}

/* What was stored for another url says nothing about this one. */
static bool known(const struct poll_feed *f, const struct store_feed *s)
{
	return s->id != 0 && str_is(s->url, f->cf->url);
}

static bool overdue(const struct poll_feed *f, const struct store_feed *s, int64_t wall)
{
	return !known(f, s) || s->last_poll == STAMP_NONE || s->next_due <= wall;
}

static void recall(struct poll_feed *f, const struct store_feed *s)
{
	f->etag = text(s->etag);
	f->last_modified = text(s->last_modified);
	f->body_hash = s->body_hash;
	f->moved_to = text(s->moved_to);
	f->moved_seen = f->moved_to ? s->moved_seen : 0;
	f->ttl = s->ttl;
	f->skip_hours = s->skip_hours;
	f->skip_days = s->skip_days;
	f->failures = s->failures;
	f->poller->failing += f->failures > 0;
}

/* A host that asked for it is left alone by all its feeds, whoever asked it last. */
static void rest_host(struct poll_feed *f, const struct store_feed *s, int64_t wall)
{
	int64_t rest = s->host_rest - wall;
	char host[FEED_HOST_MAX];

	if (rest <= 0 || rest > SCHEDULE_ASK_MAX)
		return;
	poll_host(poll_address(f), host);
	hosts_rest(&f->poller->hosts, host, clock_mono() + rest, clock_mono());
}

static void give_time(struct poll_feed *f, const struct store_feed *s, size_t n_overdue)
{
	struct poller *p = f->poller;
	int64_t wall = clock_wall(), now = clock_mono();
	int64_t window = (int64_t)n_overdue * SPREAD_MS;
	int64_t wait;

	if (known(f, s))
		recall(f, s);
	f->full_at = now + (int64_t)rng_below(p->o.rng, POLL_FULL_EVERY);
	if (p->o.once) {
		poll_line_up(f, false);
		return;
	}
	if (known(f, s))
		rest_host(f, s, wall);
	wait = overdue(f, s, wall) ? INT64_MAX : s->next_due - wall;
	if (wait > NEXT_MAX) {
		window = window < f->cf->every ? window : f->cf->every;
		wait = (int64_t)rng_below(p->o.rng, (uint64_t)window + 1);
	}
	poll_set_state(f, POLL_IDLE);
	due_set(&p->due, &f->due, now + wait);
}

static void all_loaded(struct load *l)
{
	struct poller *p = l->poller;
	int64_t wall = clock_wall();
	size_t n_overdue = 0;
	struct poll_feed *f;

	for (size_t i = 0; i < l->n; i++) {
		HASH_FIND_STR(p->feeds, l->names[i], f);
		n_overdue += f && f->state == POLL_LOADING && overdue(f, &l->stored[i], wall);
	}
	for (size_t i = 0; i < l->n; i++) {
		HASH_FIND_STR(p->feeds, l->names[i], f);
		if (f && f->state == POLL_LOADING)
			give_time(f, &l->stored[i], n_overdue);
	}
}

static void on_retry(void *arg)
{
	struct poller *p = arg;

	p->load_timer = NULL;
	poll_load(p);
}

static void on_done(void *arg)
{
	struct load *l = arg;
	struct poller *p = l->poller;
	const struct port_timer *port = &p->o.ports->timer;

	if (!p->running) {
		load_free(l);
		return;
	}
	if (l->rc == 0) {
		all_loaded(l);
	} else if (l->rc == -ERR_TEMP || l->rc == -ERR_NOMEM) {
		log_error("load-failed", LOG_E(&l->error), LOG_S("advice", "tried again soon"));
		if (!p->load_timer)
			p->load_timer = port->start(port->ctx, POLL_DISK_RETRY, on_retry, p);
	} else {
		struct err e = l->error;

		load_free(l);
		p->o.fatal(p->o.arg, &e);
		return;
	}
	load_free(l);
	poll_poke(p);
	poll_once_over(p);
}

static struct load *load_new(struct poller *p)
{
	struct load *l = calloc(1, sizeof(*l));
	struct poll_feed *f, *next;
	size_t i = 0;

	if (!l)
		return NULL;
	l->poller = p;
	l->n = p->in_state[POLL_LOADING];
	l->arena = arena_new(LOAD_ARENA_MAX);
	l->names = l->arena ? arena_array(l->arena, l->n + 1, sizeof(*l->names)) : NULL;
	l->stored = l->arena ? arena_array(l->arena, l->n + 1, sizeof(*l->stored)) : NULL;
	if (!l->names || !l->stored) {
		load_free(l);
		return NULL;
	}
	HASH_ITER (hh, p->feeds, f, next) {
		if (f->state != POLL_LOADING)
			continue;
		l->names[i] = arena_strdup(l->arena, f->name);
		if (!l->names[i++]) {
			load_free(l);
			return NULL;
		}
	}
	return l;
}

void poll_load(struct poller *p)
{
	struct load *l = load_new(p);

	if (!l) {
		struct err e;

		(void)err_nomem(&e);
		p->o.fatal(p->o.arg, &e);
		return;
	}
	l->job = (struct job){.run = on_run, .done = on_done, .arg = l};
	jobs_post(p->o.jobs, &l->job);
}
