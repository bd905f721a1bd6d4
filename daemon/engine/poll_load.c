/* SPDX-License-Identifier: MIT */
/*
 * LOADING: desk jobs read the stored state of feeds, each of some hundred, one after the other;
 * then each feed gets the time of its first poll. Overdue feeds (after a long stop: all) are due at
 * once, the longest overdue first: the limits of hosts, of parallel polls and of the desk set their
 * pace. There may be 100,000, so one callback schedules a few of them only, and urgent feeds are
 * loaded before all others.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "poll_steps.h"
#include "poll_rests.h"
#include "store/sitemaps.h"

#define LOAD_ARENA_MAX ((size_t)64 * 1024 * 1024)
#define LOAD_FEEDS     512		 /* read by one job */
#define STEP_FEEDS     128		 /* scheduled in one callback */
#define NEXT_MAX       (30 * CLOCK_HOUR) /* longer than what a server may ask for */

struct poll_load {
	struct poller *poller;
	struct arena *arena;
	const char *names[LOAD_FEEDS];
	struct store_feed stored[LOAD_FEEDS]; /* of the feeds with these names */
	bool learns[LOAD_FEEDS];	      /* with rhythm = "learn", */
	struct pace *paces[LOAD_FEEDS];	      /* what is known of theirs; NULL: too little */
	bool maps[LOAD_FEEDS];		      /* those that may be indexes of sitemaps, */
	struct str sitemaps[LOAD_FEEDS];      /* and what is known of these */
	size_t n, next;			      /* next: to be scheduled */
	struct poll_rests *rests;	      /* of the first load: before all feeds */
	struct job job;
	bool out; /* the job is */
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

static int poll_load_read_pace(struct poll_load *l, struct store *store, size_t i)
{
	struct store_rhythm rhythm;
	struct pace pace, *kept;
	int rc = store_rhythm_get(store, l->stored[i].id, &rhythm, &l->error);

	if (rc || !pace_set(&pace, &rhythm))
		return rc;
	kept = arena_alloc(l->arena, sizeof(*kept));
	if (!kept)
		return err_nomem(&l->error);
	*kept = pace;
	l->paces[i] = kept;
	return 0;
}

/* On the desk thread. */
static void poll_load_run(void *arg, struct desk *desk, struct store *store)
{
	struct poll_load *l = arg;

	(void)desk;
	l->rc = store_begin_read(store, &l->error);
	if (l->rc == 0 && !l->poller->rests_known)
		l->rc = poll_rests_read(store, l->arena, &l->rests, &l->error);
	for (size_t i = 0; i < l->n && l->rc == 0; i++)
		l->rc = store_feed_get(
			store, str_of(l->names[i]), l->arena, &l->stored[i], &l->error);
	for (size_t i = 0; i < l->n && l->rc == 0; i++)
		if (l->learns[i] && l->stored[i].id != 0)
			l->rc = poll_load_read_pace(l, store, i);
	for (size_t i = 0; i < l->n && l->rc == 0; i++)
		if (l->maps[i])
			l->rc = store_sitemaps_get(
				store, str_of(l->names[i]), l->arena, &l->sitemaps[i], &l->error);
	l->rc = store_end(store, l->rc, &l->error);
}

/* State that was stored for another url does not apply. */
static bool poll_load_is_known(const struct poll_feed *f, const struct store_feed *s)
{
	return s->id != 0 && str_is(s->url, f->cf->url);
}

static void poll_load_set_state(struct poll_feed *f, const struct store_feed *s)
{
	f->id = s->id;
	poll_feed_set_text(&f->etag, s->etag);
	poll_feed_set_text(&f->last_modified, s->last_modified);
	f->trust = s->trust;
	f->interval_why = (enum schedule_reason)s->interval_why;
	f->interval = s->interval;
	if (s->last_poll != STAMP_NONE)
		poll_feed_set_polled(f, clock_mono() - (clock_wall() - s->last_poll));
	f->retry_after = s->retry_after;
	f->max_age = s->max_age;
	f->body_hash = s->body_hash;
	poll_feed_set_text(&f->adopted, s->adopted);
	f->moved = str_present(s->moved_to) || f->adopted;
	if (s->last_poll != STAMP_NONE)
		poll_address_plan(f, f->polled_at, clock_mono());
	f->ttl = s->ttl;
	f->skip_hours = s->skip_hours;
	f->skip_days = s->skip_days;
	f->failures = s->failures;
	f->absences = s->absences;
	f->gone = s->gone;
	lanes_restore_peer(&f->peer, s->slowness);
	f->poller->failing += f->failures > 0;
}

/* A longer wait shows that the wall clock was set back. */
static int64_t poll_load_longest_wait(const struct store_feed *s)
{
	int64_t planned = s->interval + s->interval / 4;

	return planned > NEXT_MAX ? planned : NEXT_MAX;
}

/*
 * An earlier run ended while it parsed or ingested the last document of f. It may have been stopped
 * from outside, or that document may end every run: so f waits, and its poll fails with the reason.
 */
static void poll_load_hold(struct poll_feed *f, const struct last_run_suspect *s, int64_t wait)
{
	struct poller *p = f->poller;
	struct poll_visit *v = poll_visit_new(f);

	log_warn("feed-suspected", LOG_S("feed", f->name), LOG_I("ends", s->times),
		LOG_I("next_s", wait / CLOCK_SECOND),
		LOG_S("state",
			"nightdesk ended unexpectedly while it read this feed: the feed waits"));
	poll_feed_set_state(f, POLL_INGESTING);
	if (!v) {
		poll_feed_rest(f, wait);
		return;
	}
	v->hold = wait;
	if (s->times == 1)
		(void)poll_visit_fail(
			v, "nightdesk ended unexpectedly while it read this feed, which waits");
	else
		(void)poll_visit_fail(v,
			"nightdesk ended unexpectedly while it read this feed, %u times in a row: "
			"it waits",
			(unsigned)s->times);
	last_run_report(p->o.last_run, str_of(f->name));
	(void)poll_ingest_start(v); /* a failure: pending */
}

static void poll_load_schedule(struct poll_feed *f, const struct store_feed *s)
{
	struct poller *p = f->poller;
	const struct last_run_suspect *suspect = last_run_find(p->o.last_run, str_of(f->name));
	int64_t wall = clock_wall(), wait = 0, hold = suspect ? suspect->until - wall : 0;

	if (poll_load_is_known(f, s))
		poll_load_set_state(f, s);
	if (hold > 0)
		trouble_begin(p->o.troubles, TROUBLE_FEED_SUSPECTED, str_of(f->name), STR_NONE);
	if (hold > 0 && (suspect->fresh || p->o.once)) {
		poll_load_hold(f, suspect, hold);
		return;
	}
	if (p->o.once) {
		poll_feed_queue(f, false);
		return;
	}
	if (poll_load_is_known(f, s) && s->last_poll != STAMP_NONE)
		wait = s->next_due - wall;
	poll_feed_set_state(f, POLL_IDLE);
	if (f->reopened || wait > poll_load_longest_wait(s))
		wait = 0;
	f->reopened = false;
	due_set(&p->due, &f->due, clock_mono() + (wait > hold ? wait : hold));
	poll_edit_replan(f, false);
}

/* The feed of that name, if it is still in LOADING, and is not one that waits for the next load. */
static struct poll_feed *poll_load_feed(const struct poll_load *l, size_t i)
{
	struct poll_feed *f = poll_feed_find(l->poller, l->names[i]);

	return f && f->state == POLL_LOADING && !f->to_load ? f : NULL;
}

static void poll_load_on_step(void *arg);

static void poll_load_wait_for_step(struct poller *p)
{
	const struct port_timer *port = &p->o.ports->timer;

	p->load_step = port->start(port->ctx, 0, poll_load_on_step, p);
}

static void poll_load_on_step(void *arg)
{
	struct poller *p = arg;
	struct poll_load *l = p->load;
	size_t end = l->next + STEP_FEEDS < l->n ? l->next + STEP_FEEDS : l->n;

	p->load_step = NULL;
	if (poll_rests_apply(p, l->rests)) {
		poll_load_wait_for_step(p);
		return;
	}
	p->rests_known = true;
	for (; l->next < end; l->next++) {
		struct poll_feed *f = poll_load_feed(l, l->next);

		if (f && l->paces[l->next] && poll_load_is_known(f, &l->stored[l->next]))
			poll_pace_set(f, l->paces[l->next]);
		if (f && poll_load_is_known(f, &l->stored[l->next]))
			poll_feed_set_text(&f->sitemaps, l->sitemaps[l->next]);
		if (f)
			poll_load_schedule(f, &l->stored[l->next]);
		if (f && f->unpaced)
			poll_learn_start(p);
	}
	if (end < l->n) {
		poll_load_wait_for_step(p);
	} else {
		poll_load_free(l);
		p->load = NULL;
		poll_load_start(p);
	}
	p->step_ended(p, NULL, POLL_LOADED);
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
	for (size_t i = 0; i < l->n; i++) {
		struct poll_feed *f = poll_load_feed(l, i);

		if (f)
			poll_load_add(f);
	}
	p->load_timer = port->start(port->ctx, POLL_DISK_RETRY, poll_load_on_timer, p);
}

static void poll_load_done(void *arg)
{
	struct poll_load *l = arg;
	struct poller *p = l->poller;

	l->out = false;
	if (p->running && l->rc == 0) {
		poll_load_wait_for_step(p);
		return;
	}
	p->load = NULL;
	if (p->running && err_passes(l->rc))
		poll_load_retry(l);
	else if (p->running)
		p->o.fatal(p->o.arg, &l->error);
	poll_load_free(l);
}

/* Takes the first feeds of poller.to_load. */
static struct poll_load *poll_load_new(struct poller *p)
{
	struct poll_load *l = calloc(1, sizeof(*l));
	struct poll_feed *f;

	if (!l)
		return NULL;
	l->poller = p;
	l->arena = arena_new(LOAD_ARENA_MAX);
	while (l->arena && l->n < LOAD_FEEDS && (f = TAILQ_FIRST(&p->to_load)) != NULL) {
		l->names[l->n] = arena_strdup(l->arena, f->name);
		if (!l->names[l->n])
			break;
		l->maps[l->n] = f->cf->sitemap;
		l->learns[l->n] = f->cf->learns;
		l->n++;
		TAILQ_REMOVE(&p->to_load, f, load_link);
		f->to_load = false;
	}
	if (l->n > 0)
		return l;
	poll_load_free(l);
	return NULL;
}

void poll_load_add(struct poll_feed *f)
{
	f->to_load = true;
	if (f->cf->urgent)
		TAILQ_INSERT_HEAD(&f->poller->to_load, f, load_link);
	else
		TAILQ_INSERT_TAIL(&f->poller->to_load, f, load_link);
}

void poll_load_start(struct poller *p)
{
	struct poll_load *l;

	if (!p->running || p->load || p->load_timer || TAILQ_EMPTY(&p->to_load))
		return;
	l = poll_load_new(p);
	if (!l) {
		parts_fail_nomem(&p->o);
		return;
	}
	p->load = l;
	l->out = true;
	l->job = (struct job){.run = poll_load_run, .done = poll_load_done, .arg = l};
	jobs_post(p->o.jobs, &l->job);
}

void poll_load_stop(struct poller *p)
{
	const struct port_timer *port = &p->o.ports->timer;

	port_timer_stop(port, &p->load_timer);
	port_timer_stop(port, &p->load_step);
	if (p->load && p->load->out)
		return; /* until it is back */
	poll_load_free(p->load);
	p->load = NULL;
}
