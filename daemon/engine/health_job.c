/* SPDX-License-Identifier: MIT */
#include "health_job.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/zone.h"
#include "desk/rhythm.h"

#define LOOK_EVERY CLOCK_MINUTE
#define FOUND_MAX  ((size_t)10000) /* of each kind */
#define STEP_FOUND ((size_t)128)   /* reported in one callback */

static void health_job_on_timer(void *arg);

static void health_job_wait(struct health_job *h, int64_t ms)
{
	const struct port_timer *port = &h->o.ports->timer;

	if (h->running && !h->timer)
		h->timer = port->start(port->ctx, ms, health_job_on_timer, h);
}

/* --- on the desk thread --- */

static int health_job_rate(struct store *store, struct health_found *f, struct err *e)
{
	struct rhythm_rates rates;
	struct store_rhythm r;
	int rc = store_rhythm_get(store, f->feed.feed, &r, e);

	if (rc)
		return rc;
	rhythm_rates(&r, r.until, &rates);
	f->a_day = rhythm_items_a_day(&r, &rates);
	return 0;
}

static int health_job_find(struct health_job *h, struct store *store)
{
	struct store_overdue *silent, *stale;
	size_t n_silent, n_stale;
	int rc = store_feeds_silent(
		store, h->now, FOUND_MAX, h->arena, &silent, &n_silent, &h->error);

	if (!rc)
		rc = store_feeds_stale(
			store, h->now, FOUND_MAX, h->arena, &stale, &n_stale, &h->error);
	if (rc)
		return rc;
	h->found = arena_array(h->arena, n_silent + n_stale, sizeof(*h->found));
	if (!h->found)
		return err_nomem(&h->error);
	for (size_t i = 0; i < n_silent + n_stale && !rc; i++) {
		struct health_found *f = &h->found[i];

		f->kind = i < n_silent ? TROUBLE_FEED_SILENT : TROUBLE_FEED_STALE;
		f->feed = i < n_silent ? silent[i] : stale[i - n_silent];
		f->a_day = 0;
		if (i < n_silent)
			rc = health_job_rate(store, f, &h->error);
	}
	h->n = n_silent + n_stale;
	return rc;
}

static void health_job_run(void *arg, struct desk *desk, struct store *store)
{
	struct health_job *h = arg;

	(void)desk;
	h->n = h->next = 0;
	h->rc = health_job_find(h, store);
}

/* --- on the loop thread --- */

static void health_job_put_detail(
	const struct health_found *f, const struct zone *zone, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	buf_printf(out, "%s %s",
		f->kind == TROUBLE_FEED_SILENT ? "nothing new since" : "its newest item is of",
		zone_minute_text(zone, f->feed.last, stamp));
	if (f->a_day >= 1)
		buf_printf(out, "; usually about %.0f item%s a day", f->a_day,
			f->a_day < 1.5 ? "" : "s");
	else if (f->a_day > 0)
		buf_printf(out, "; usually one item in about %.0f days", 1 / f->a_day);
}

/* A feed that is silent is not called stale as well, however long that lasts. */
static void health_job_report(struct health_job *h, const struct health_found *f)
{
	const struct conf_feed *cf = conf_find_feed(h->conf, f->feed.name);
	struct buf detail;

	if (!cf || !str_is(f->feed.url, cf->url))
		return;
	if (f->kind == TROUBLE_FEED_STALE &&
		trouble_exists(h->o.troubles, TROUBLE_FEED_SILENT, f->feed.name))
		return;
	if (f->kind == TROUBLE_FEED_SILENT)
		h->silent(h->arg, f->feed.name);
	buf_init(&detail, 256);
	health_job_put_detail(f, NULL, &detail);
	trouble_begin(h->o.troubles, f->kind, f->feed.name, str_of(buf_z(&detail)));
	buf_release(&detail);
}

static void health_job_on_step(struct health_job *h)
{
	size_t end = h->next + STEP_FOUND < h->n ? h->next + STEP_FOUND : h->n;

	for (; h->next < end; h->next++)
		health_job_report(h, &h->found[h->next]);
	health_job_wait(h, end < h->n ? 0 : LOOK_EVERY);
}

static void health_job_done(void *arg)
{
	struct health_job *h = arg;

	h->job_out = false;
	if (!h->running)
		return;
	if (h->rc == -(int)ERR_IO) {
		struct err e = h->error;

		h->o.fatal(h->o.arg, &e);
		return;
	}
	if (h->rc) {
		log_debug("health-waits", LOG_E(&h->error));
		h->n = 0;
	}
	health_job_on_step(h);
}

static void health_job_on_timer(void *arg)
{
	struct health_job *h = arg;

	h->timer = NULL;
	if (h->next < h->n) {
		health_job_on_step(h);
		return;
	}
	/* By a clock that is far ahead every feed would be silent. As upkeep.c judges it. */
	if (clock_proof_judge(h->o.clock, h->conf->daemon.retention > 0) == CLOCK_WRONG) {
		health_job_wait(h, LOOK_EVERY);
		return;
	}
	arena_clear(h->arena);
	h->now = clock_wall();
	h->job_out = true;
	h->job = (struct job){.run = health_job_run, .done = health_job_done, .arg = h};
	jobs_post(h->o.jobs, &h->job);
}

void health_job_start(struct health_job *h)
{
	h->running = !h->o.once;
	health_job_wait(h, LOOK_EVERY);
}

void health_job_reload(struct health_job *h, struct conf *conf)
{
	conf_unref(h->conf);
	h->conf = conf_ref(conf);
}

void health_job_stop(struct health_job *h)
{
	h->running = false;
	port_timer_stop(&h->o.ports->timer, &h->timer);
}

void health_job_release(struct health_job *h)
{
	conf_unref(h->conf);
	h->conf = NULL;
	arena_free(h->arena);
	h->arena = NULL;
}
