/* SPDX-License-Identifier: MIT */
/*
 * Subscriptions from and to the store. What changed is written a second later, many in one
 * transaction; what a crash loses of it, the next answer of the hub or the next poll makes good.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "websub.h"

#define LOAD_ARENA_MAX ((size_t)256 * 1024 * 1024)
#define LOAD_STEP      256 /* subscriptions in one callback */
#define SAVE_AFTER     CLOCK_SECOND
#define SAVE_AGAIN     (30 * CLOCK_SECOND)

static void websub_post(struct websub *w, job_run_fn *run, job_done_fn *done)
{
	w->job_out = true;
	w->job = (struct job){.run = run, .done = done, .arg = w};
	jobs_post(w->o.jobs, &w->job);
}

static void websub_end_job(struct websub *w)
{
	arena_free(w->arena);
	w->arena = NULL;
	w->rows = NULL;
	w->n_rows = 0;
	w->job_out = false;
}

/* --- writing --- */

/* In hexadecimal, the oldest first. */
static struct str websub_write_recent(const struct websub_subscription *s, struct arena *a)
{
	unsigned n = s->n_recent < WEBSUB_RECENT ? s->n_recent : WEBSUB_RECENT;
	char text[WEBSUB_RECENT * 16 + 1];

	for (unsigned i = 0; i < n; i++)
		snprintf(text + 16 * i, 17, "%016llx",
			(unsigned long long)s->recent[(s->n_recent - n + i) % WEBSUB_RECENT]);
	return n ? arena_str(a, str_slice(text, (size_t)16 * n)) : STR_NONE;
}

static void websub_fill_row(
	const struct websub_subscription *s, struct arena *a, struct store_websub *row)
{
	int64_t wait = s->due.slot ? s->due.at - clock_mono() : 0;

	*row = (struct store_websub){.feed = arena_str(a, str_of(s->feed)),
		.hub = arena_str(a, str_of(s->hub)),
		.topic = arena_str(a, str_of(s->topic)),
		.callback = arena_str(a, str_of(s->callback)),
		.secret = s->secret[0] ? arena_str(a, str_of(s->secret)) : STR_NONE,
		.state = s->state,
		.since = s->since,
		.next_at = clock_wall() + (wait > 0 ? wait : 0),
		.expires = s->expires,
		.failures = s->failures,
		.error = arena_str(a, str_of(s->error)),
		.pushed_at = s->pushed_at,
		.pushes = s->pushes,
		.recent = websub_write_recent(s, a)};
}

static int websub_write_rows(struct websub *w, struct store *store, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < w->n_rows && rc == 0; i++)
		rc = w->drops[i] ? store_websub_drop(store, w->rows[i].feed, e)
				 : store_websub_put(store, &w->rows[i], e);
	return rc;
}

static void websub_run_save(void *arg, struct desk *desk, struct store *store)
{
	struct websub *w = arg;
	struct err e;

	(void)desk;
	w->rc = store_begin_relaxed(store, &e);
	if (w->rc == 0)
		w->rc = store_end(store, websub_write_rows(w, store, &e), &e);
}

static void websub_on_save_timer(void *arg);

static void websub_save_after(struct websub *w, int64_t ms)
{
	const struct port_timer *port = &w->o.ports->timer;

	if (!w->save_timer && !w->job_out && w->running && !TAILQ_EMPTY(&w->dirty))
		w->save_timer = port->start(port->ctx, ms, websub_on_save_timer, w);
}

static void websub_on_saved(void *arg)
{
	struct websub *w = arg;
	int rc = w->rc;

	for (size_t i = 0; i < w->n_rows; i++) {
		struct websub_subscription *s = w->saved[i];

		if (rc)
			websub_save(w, s);
		else if (w->drops[i] && s->doomed && !s->dirty)
			websub_remove(w, s);
	}
	websub_end_job(w);
	websub_save_after(w, rc ? SAVE_AGAIN : SAVE_AFTER);
}

static void websub_on_save_timer(void *arg)
{
	struct websub *w = arg;
	struct websub_subscription *s;

	w->save_timer = NULL;
	w->arena = arena_new(LOAD_ARENA_MAX);
	w->rows = w->arena ? arena_array(w->arena, WEBSUB_SAVE_MAX, sizeof(*w->rows)) : NULL;
	if (!w->rows) {
		websub_end_job(w);
		websub_save_after(w, SAVE_AGAIN);
		return;
	}
	while (w->n_rows < WEBSUB_SAVE_MAX && (s = TAILQ_FIRST(&w->dirty)) != NULL) {
		TAILQ_REMOVE(&w->dirty, s, dirty_link);
		s->dirty = false;
		w->drops[w->n_rows] = s->doomed;
		w->saved[w->n_rows] = s;
		websub_fill_row(s, w->arena, &w->rows[w->n_rows++]);
	}
	websub_post(w, websub_run_save, websub_on_saved);
}

void websub_save(struct websub *w, struct websub_subscription *s)
{
	if (!s->dirty)
		TAILQ_INSERT_TAIL(&w->dirty, s, dirty_link);
	s->dirty = true;
	websub_save_after(w, SAVE_AFTER);
}

void websub_save_stop(struct websub *w)
{
	port_timer_stop(&w->o.ports->timer, &w->save_timer);
	port_timer_stop(&w->o.ports->timer, &w->load_timer);
}

/* --- reading --- */

static void websub_run_load(void *arg, struct desk *desk, struct store *store)
{
	struct websub *w = arg;
	struct err e;

	(void)desk;
	w->rc = store_websub_read(store, STR_NONE, w->arena, &w->rows, &w->n_rows, &e);
	if (w->rc)
		log_error("websub-lost", LOG_E(&e),
			LOG_S("state", "hubs are asked again as feeds are read"));
}

/* A row whose callback belongs to another public-url is asked for again at once. */
static bool websub_load_row(struct websub *w, const struct store_websub *row)
{
	struct websub_subscription *s = websub_add(w, row);
	int64_t wait = row->next_at - clock_wall();

	if (!s)
		return false;
	if (w->conf->websub.public_url &&
		!str_starts(row->callback, str_of(w->conf->websub.public_url))) {
		(void)websub_renew(w, s);
		websub_set_state(s, STORE_WEBSUB_ASKED);
		wait = 0;
	}
	websub_plan(w, s, wait > 0 ? wait : 0);
	return true;
}

static void websub_on_load_step(void *arg)
{
	struct websub *w = arg;
	const struct port_timer *port = &w->o.ports->timer;
	size_t end = w->row + LOAD_STEP;

	w->load_timer = NULL;
	for (; w->row < w->n_rows && w->row < end; w->row++)
		if (!websub_load_row(w, &w->rows[w->row]))
			parts_fail_nomem(&w->o);
	if (w->row < w->n_rows) {
		w->load_timer = port->start(port->ctx, 0, websub_on_load_step, w);
		return;
	}
	websub_end_job(w);
	w->on_loaded(w);
}

static void websub_on_load(void *arg)
{
	struct websub *w = arg;

	if (w->rc)
		w->n_rows = 0;
	if (w->running)
		websub_on_load_step(w);
	else
		websub_end_job(w);
}

void websub_load(struct websub *w, void (*loaded)(struct websub *w))
{
	w->on_loaded = loaded;
	w->arena = arena_new(LOAD_ARENA_MAX);
	if (w->arena)
		websub_post(w, websub_run_load, websub_on_load);
	else
		parts_fail_nomem(&w->o);
}
