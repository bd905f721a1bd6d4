/* SPDX-License-Identifier: MIT */
/* The delivery queues of all receivers: created, kept and removed as the configuration changes. */
#include "courier.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "delivery_queue.h"

#define ORPHANS_MAX    ((size_t)1000)
#define CLOCK_STEP_MIN (2 * CLOCK_SECOND)

struct courier *courier_new(const struct engine_parts *o, struct conf *conf)
{
	struct courier *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->o = *o;
	c->conf = conf_ref(conf);
	LIST_INIT(&c->queues);
	return c;
}

/* --- orphaned deliveries: their notify block is not configured any more --- */

struct orphans {
	struct courier *courier;
	struct conf *conf;
	struct arena *arena;
	struct store_due *due;
	size_t n;
	int rc;
	struct job job;
};

static void orphans_free(struct orphans *p)
{
	arena_free(p->arena);
	conf_unref(p->conf);
	free(p);
}

static void orphans_run(void *arg, struct desk *desk, struct store *store)
{
	struct orphans *p = arg;

	(void)desk;
	p->rc = store_outbox_due(
		store, STR_NONE, INT64_MAX, ORPHANS_MAX, p->arena, &p->due, &p->n, NULL);
}

static bool orphans_reported(const struct orphans *p, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (str_eq(p->due[k].d.notify, p->due[i].d.notify))
			return true;
	}
	return false;
}

static void orphans_done(void *arg)
{
	struct orphans *p = arg;

	for (size_t i = 0; p->rc == 0 && i < p->n; i++) {
		struct str name = p->due[i].d.notify;
		size_t n = 0;

		if (conf_find_notify(p->conf, name) || orphans_reported(p, i))
			continue;
		for (size_t k = i; k < p->n; k++)
			n += str_eq(p->due[k].d.notify, name);
		log_warn("deliveries-orphaned", LOG_STR("notify", name), LOG_I("deliveries", n),
			LOG_S("advice", "no such notify block any more: add it again, or drop "
					"them with nightdesk deliveries"));
	}
	orphans_free(p);
}

/* Posts a job that logs the number of orphaned deliveries per receiver. They are kept, not sent. */
static void courier_report_orphans(struct courier *c)
{
	struct orphans *p = calloc(1, sizeof(*p));

	if (!p)
		return;
	p->courier = c;
	p->conf = conf_ref(c->conf);
	p->arena = arena_new((size_t)64 * 1024 * 1024);
	if (!p->arena) {
		orphans_free(p);
		return;
	}
	p->job = (struct job){.run = orphans_run, .done = orphans_done, .arg = p};
	jobs_post(c->o.jobs, &p->job);
}

/* --- the wall clock --- */

struct clock_step {
	int64_t ms, now;
	int rc;
	struct err error;
	struct job job;
};

static void clock_step_run(void *arg, struct desk *desk, struct store *store)
{
	struct clock_step *s = arg;

	(void)desk;
	s->rc = store_outbox_shift(store, s->ms, s->now, &s->error);
}

static void clock_step_done(void *arg)
{
	struct clock_step *s = arg;

	if (s->rc != 0)
		log_warn("clock-step-failed", LOG_E(&s->error),
			LOG_S("state", "deliveries may be early or late"));
	free(s);
}

/*
 * The outbox stores wall times. When the clock is set, a job shifts those of waiting deliveries by
 * the same amount; it runs before any later query, so that none waits for years or is sent early.
 */
void courier_check_clock(struct courier *c)
{
	int64_t offset = clock_wall() - clock_mono();
	int64_t ms = offset - c->clock_offset;
	struct clock_step *s;

	if (ms > -CLOCK_STEP_MIN && ms < CLOCK_STEP_MIN)
		return;
	s = calloc(1, sizeof(*s));
	if (!s)
		return; /* out of memory: the next check retries */
	c->clock_offset = offset;
	log_notice("clock-stepped", LOG_I("s", ms / 1000));
	s->ms = ms;
	s->now = clock_wall();
	s->job = (struct job){.run = clock_step_run, .done = clock_step_done, .arg = s};
	jobs_post(c->o.jobs, &s->job);
}

/* --- delivery queues --- */

static struct delivery_queue *courier_find_queue(struct courier *c, const char *name)
{
	struct delivery_queue *q;

	LIST_FOREACH (q, &c->queues, link) {
		if (strcmp(q->name, name) == 0)
			return q;
	}
	return NULL;
}

/* An operator acted: a receiver in trouble is tried again at once. */
static void courier_reset_queue(struct delivery_queue *q)
{
	if (q->gone || q->failures >= QUEUE_TROUBLE)
		q->wait_to = clock_mono();
	q->gone = false;
}

static void courier_keep_queue(struct delivery_queue *q, const struct conf_notify *cn)
{
	q->cn = cn;
	courier_reset_queue(q);
}

static void courier_remove_queue(struct delivery_queue *q)
{
	q->cn = NULL;
	if (q->state == QUEUE_IDLE && q->marked.id == 0)
		queue_free(q);
}

static void courier_apply_conf(struct courier *c)
{
	struct delivery_queue *q, *next;

	c->reload++;
	for (size_t i = 0; i < c->conf->n_notifies; i++) {
		const struct conf_notify *cn = &c->conf->notifies[i];

		q = courier_find_queue(c, cn->name);
		if (q)
			courier_keep_queue(q, cn);
		else
			q = queue_new(c, cn);
		if (q)
			q->reload = c->reload;
		else
			parts_fail_nomem(&c->o); /* restart rather than run without a receiver */
	}
	for (q = LIST_FIRST(&c->queues); q; q = next) {
		next = LIST_NEXT(q, link);
		if (q->reload != c->reload)
			courier_remove_queue(q);
	}
	courier_report_orphans(c);
}

void courier_start(struct courier *c)
{
	c->running = true;
	c->clock_offset = clock_wall() - clock_mono();
	courier_apply_conf(c);
	courier_poke(c);
}

void courier_reload(struct courier *c, struct conf *conf)
{
	struct conf *old = c->conf;

	if (!c->running || c->o.once)
		return;
	c->conf = conf_ref(conf);
	courier_apply_conf(c);
	conf_unref(old);
	courier_poke(c);
}

void courier_poke(struct courier *c)
{
	struct delivery_queue *q, *next;

	for (q = LIST_FIRST(&c->queues); q; q = next) {
		next = LIST_NEXT(q, link);
		queue_poke(q);
	}
}

bool courier_retry(struct courier *c, struct str notify)
{
	struct delivery_queue *q;

	LIST_FOREACH (q, &c->queues, link) {
		if (q->cn && str_eq(str_of(q->name), notify)) {
			courier_reset_queue(q);
			queue_poke(q);
			return true;
		}
	}
	return false;
}

bool courier_idle(const struct courier *c)
{
	const struct delivery_queue *q;

	LIST_FOREACH (q, &c->queues, link) {
		if (q->state != QUEUE_IDLE)
			return false;
	}
	return true;
}

void courier_queue_idle(struct courier *c)
{
	const struct delivery_queue *q;

	if (!c->finishing || !c->running)
		return;
	LIST_FOREACH (q, &c->queues, link) {
		if (!q->finished)
			return;
	}
	c->running = false;
	c->o.delivered(c->o.arg);
}

void courier_finish(struct courier *c)
{
	struct delivery_queue *q;

	c->finishing = true;
	LIST_FOREACH (q, &c->queues, link)
		q->finish_at = clock_wall();
	courier_poke(c);
	courier_queue_idle(c);
}

void courier_stop(struct courier *c)
{
	struct delivery_queue *q;

	c->running = false;
	LIST_FOREACH (q, &c->queues, link)
		queue_stop(q);
}

void courier_free(struct courier *c)
{
	if (!c)
		return;
	while (!LIST_EMPTY(&c->queues))
		queue_free(LIST_FIRST(&c->queues));
	conf_unref(c->conf);
	free(c);
}

void courier_set_gauges(const struct courier *c, struct metrics *out)
{
	const struct delivery_queue *q;

	out->deliveries_sending = 0;
	LIST_FOREACH (q, &c->queues, link)
		out->deliveries_sending += q->state == QUEUE_SENDING;
}
