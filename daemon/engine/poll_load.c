/* SPDX-License-Identifier: MIT */
/*
 * LOADING: one desk job reads the stored state of feeds, then each gets the time of its first poll.
 * Overdue feeds (after a long stop: all) are spread over a while to avoid a burst of requests.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "poll_feed.h"

#define LOAD_ARENA_MAX ((size_t)256 * 1024 * 1024)
#define SPREAD_MS      20		 /* mean distance of two overdue feeds */
#define NEXT_MAX       (30 * CLOCK_HOUR) /* longer than any wait: the wall clock was set back */

struct poll_load {
	struct poller *poller;
	struct arena *arena;
	char **names;
	struct store_feed *stored; /* of the feeds with these names */
	size_t n;
	struct job job;
	int rc;
	struct err error;
};

static void poll_load_free(struct poll_load *l)
{
	if (!l)
		return;
	arena_free(l->arena);
	free(l);
}

/* On the desk thread. */
static void poll_load_run(void *arg, struct desk *desk, struct store *store)
{
	struct poll_load *l = arg;

	(void)desk;
	l->rc = 0;
	for (size_t i = 0; i < l->n && l->rc == 0; i++)
		l->rc = store_feed_get(
			store, str_of(l->names[i]), l->arena, &l->stored[i], &l->error);
}

/* State that was stored for another url does not apply. */
static bool poll_load_is_known(const struct poll_feed *f, const struct store_feed *s)
{
	return s->id != 0 && str_is(s->url, f->cf->url);
}

static bool poll_load_is_overdue(
	const struct poll_feed *f, const struct store_feed *s, int64_t wall)
{
	return !poll_load_is_known(f, s) || s->last_poll == STAMP_NONE || s->next_due <= wall;
}

static void poll_load_set_state(struct poll_feed *f, const struct store_feed *s)
{
	poll_feed_set_text(&f->etag, s->etag);
	poll_feed_set_text(&f->last_modified, s->last_modified);
	f->trust = s->trust;
	f->body_hash = s->body_hash;
	poll_feed_set_text(&f->moved_to, s->moved_to);
	f->moved_seen = f->moved_to ? s->moved_seen : 0;
	f->ttl = s->ttl;
	f->skip_hours = s->skip_hours;
	f->skip_days = s->skip_days;
	f->failures = s->failures;
	f->poller->failing += f->failures > 0;
}

/* A Retry-After applies to all feeds of the host, whichever of them received it. */
static void poll_load_block_host(struct poll_feed *f, const struct store_feed *s, int64_t wall)
{
	int64_t rest = s->host_rest - wall;
	char host[FEED_HOST_MAX];

	if (rest <= 0 || rest > SCHEDULE_ASK_MAX)
		return;
	poll_host_of(poll_feed_address(f), host);
	hosts_block_name(&f->poller->hosts, host, clock_mono() + rest, clock_mono());
}

static void poll_load_schedule(struct poll_feed *f, const struct store_feed *s, size_t n_overdue)
{
	struct poller *p = f->poller;
	int64_t wall = clock_wall(), now = clock_mono();
	int64_t window = (int64_t)n_overdue * SPREAD_MS;
	int64_t wait;

	if (poll_load_is_known(f, s))
		poll_load_set_state(f, s);
	if (p->o.once) {
		poll_feed_queue(f, false);
		return;
	}
	if (poll_load_is_known(f, s))
		poll_load_block_host(f, s, wall);
	wait = poll_load_is_overdue(f, s, wall) ? INT64_MAX : s->next_due - wall;
	if (wait > NEXT_MAX) {
		window = window < f->cf->every ? window : f->cf->every;
		wait = (int64_t)rng_below(p->o.rng, (uint64_t)window + 1);
	}
	poll_feed_set_state(f, POLL_IDLE);
	due_set(&p->due, &f->due, now + wait);
}

/* The feed of that name, if it is still in LOADING. */
static struct poll_feed *poll_load_feed(const struct poll_load *l, size_t i)
{
	struct poll_feed *f;

	HASH_FIND_STR(l->poller->feeds, l->names[i], f);
	return f && f->state == POLL_LOADING ? f : NULL;
}

static void poll_load_schedule_all(struct poll_load *l)
{
	int64_t wall = clock_wall();
	size_t n_overdue = 0;
	struct poll_feed *f;

	for (size_t i = 0; i < l->n; i++) {
		f = poll_load_feed(l, i);
		n_overdue += f && poll_load_is_overdue(f, &l->stored[i], wall);
	}
	for (size_t i = 0; i < l->n; i++) {
		f = poll_load_feed(l, i);
		if (f)
			poll_load_schedule(f, &l->stored[i], n_overdue);
	}
}

static void poll_load_on_timer(void *arg)
{
	struct poller *p = arg;

	p->load_timer = NULL;
	poll_load_start(p);
}

static void poll_load_retry(struct poll_load *l)
{
	struct poller *p = l->poller;
	const struct port_timer *port = &p->o.ports->timer;

	log_error("load-failed", LOG_E(&l->error), LOG_S("advice", "tried again soon"));
	if (!p->load_timer)
		p->load_timer = port->start(port->ctx, POLL_DISK_RETRY, poll_load_on_timer, p);
}

static void poll_load_done(void *arg)
{
	struct poll_load *l = arg;
	struct poller *p = l->poller;
	struct err e = l->error;
	int rc = l->rc;

	if (p->running && rc == 0)
		poll_load_schedule_all(l);
	else if (p->running && (rc == -ERR_TEMP || rc == -ERR_NOMEM))
		poll_load_retry(l);
	else if (p->running)
		p->o.fatal(p->o.arg, &e);
	poll_load_free(l);
	if (p->running && rc == 0)
		p->step_ended(p, NULL, POLL_LOADED);
}

static struct poll_load *poll_load_new(struct poller *p)
{
	struct poll_load *l = calloc(1, sizeof(*l));
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
		poll_load_free(l);
		return NULL;
	}
	HASH_ITER (hh, p->feeds, f, next) {
		if (f->state != POLL_LOADING)
			continue;
		l->names[i] = arena_strdup(l->arena, f->name);
		if (!l->names[i++]) {
			poll_load_free(l);
			return NULL;
		}
	}
	return l;
}

void poll_load_start(struct poller *p)
{
	struct poll_load *l = poll_load_new(p);

	if (!l) {
		parts_fail_nomem(&p->o);
		return;
	}
	l->job = (struct job){.run = poll_load_run, .done = poll_load_done, .arg = l};
	jobs_post(p->o.jobs, &l->job);
}
