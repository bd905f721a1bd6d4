/* SPDX-License-Identifier: MIT */
/* The lanes of all notify blocks: made, kept and given up as the configuration says. */
#include "courier.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "delivery_queue.h"

#define PARKED_LIMIT   ((size_t)1000)
#define CLOCK_STEP_MIN (2 * CLOCK_SECOND)

struct courier *courier_new(const struct courier_options *o, struct conf *conf)
{
	struct courier *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->o = *o;
	c->conf = conf_ref(conf);
	LIST_INIT(&c->lanes);
	return c;
}

/* --- what waits for blocks that are no more --- */

struct parked {
	struct courier *courier;
	struct conf *conf;
	struct arena *arena;
	struct store_due *due;
	size_t n;
	int rc;
	struct job job;
};

static void parked_free(struct parked *p)
{
	arena_free(p->arena);
	conf_unref(p->conf);
	free(p);
}

static void parked_run(void *arg, struct desk *desk, struct store *store)
{
	struct parked *p = arg;

	(void)desk;
	p->rc = store_outbox_due(
		store, STR_NONE, INT64_MAX, PARKED_LIMIT, p->arena, &p->due, &p->n, NULL);
}

static bool parked_told(const struct parked *p, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (str_eq(p->due[k].d.notify, p->due[i].d.notify))
			return true;
	}
	return false;
}

static void parked_done(void *arg)
{
	struct parked *p = arg;

	for (size_t i = 0; p->rc == 0 && i < p->n; i++) {
		struct str name = p->due[i].d.notify;
		size_t n = 0;

		if (conf_find_notify(p->conf, name) || parked_told(p, i))
			continue;
		for (size_t k = i; k < p->n; k++)
			n += str_eq(p->due[k].d.notify, name);
		log_warn("deliveries-parked", LOG_STR("notify", name), LOG_I("deliveries", n),
			LOG_S("advice", "no such notify block any more: add it again, or drop "
					"them with nightdesk deliveries"));
	}
	parked_free(p);
}

/* Says what lies in the outbox for blocks that are not configured: it is kept, and not sent. */
static void report_parked(struct courier *c)
{
	struct parked *p = calloc(1, sizeof(*p));

	if (!p)
		return;
	p->courier = c;
	p->conf = conf_ref(c->conf);
	p->arena = arena_new((size_t)64 * 1024 * 1024);
	if (!p->arena) {
		parked_free(p);
		return;
	}
	p->job = (struct job){.run = parked_run, .done = parked_done, .arg = p};
	jobs_post(c->o.jobs, &p->job);
}

/* --- the wall clock --- */

struct shift {
	int64_t ms, now;
	int rc;
	struct err error;
	struct job job;
};

static void shift_run(void *arg, struct desk *desk, struct store *store)
{
	struct shift *s = arg;

	(void)desk;
	s->rc = store_outbox_shift(store, s->ms, s->now, &s->error);
}

static void shift_done(void *arg)
{
	struct shift *s = arg;

	if (s->rc != 0)
		log_warn("clock-step-failed", LOG_E(&s->error),
			LOG_S("state", "deliveries may be early or late"));
	free(s);
}

/*
 * The outbox tells time by the wall. When that is set, what waits is moved along by a job that runs
 * before all that is asked afterwards, so that nobody waits for years, or comes too soon.
 */
void courier_look_at_clock(struct courier *c)
{
	int64_t offset = clock_wall() - clock_mono();
	int64_t ms = offset - c->clock_offset;
	struct shift *s;

	if (ms > -CLOCK_STEP_MIN && ms < CLOCK_STEP_MIN)
		return;
	s = calloc(1, sizeof(*s));
	if (!s)
		return; /* the next look finds the step again */
	c->clock_offset = offset;
	log_notice("clock-stepped", LOG_I("s", ms / 1000));
	s->ms = ms;
	s->now = clock_wall();
	s->job = (struct job){.run = shift_run, .done = shift_done, .arg = s};
	jobs_post(c->o.jobs, &s->job);
}

/* --- lanes --- */

static struct lane *lane_find(struct courier *c, const char *name)
{
	struct lane *l;

	LIST_FOREACH (l, &c->lanes, link) {
		if (strcmp(l->name, name) == 0)
			return l;
	}
	return NULL;
}

/* A person has looked after it, so a receiver in trouble gets its chance now. */
static void lane_give_chance(struct lane *l)
{
	if (l->gone || l->failures >= LANE_TROUBLE)
		l->wait_to = clock_mono();
	l->gone = false;
}

static void lane_keep(struct lane *l, const struct conf_notify *cn)
{
	l->cn = cn;
	lane_give_chance(l);
}

static void lane_leave(struct lane *l)
{
	l->cn = NULL;
	if (l->state == LANE_IDLE && l->marked.id == 0)
		lane_free(l);
}

static void out_of_memory(struct courier *c)
{
	struct err e;

	(void)err_nomem(&e);
	c->o.fatal(c->o.arg, &e);
}

static void take_conf(struct courier *c)
{
	struct lane *l, *next;

	c->reload++;
	for (size_t i = 0; i < c->conf->n_notifies; i++) {
		const struct conf_notify *cn = &c->conf->notifies[i];

		l = lane_find(c, cn->name);
		if (l)
			lane_keep(l, cn);
		else
			l = lane_new(c, cn);
		if (l)
			l->reload = c->reload;
		else
			out_of_memory(c); /* better anew than with a block that nobody misses */
	}
	for (l = LIST_FIRST(&c->lanes); l; l = next) {
		next = LIST_NEXT(l, link);
		if (l->reload != c->reload)
			lane_leave(l);
	}
	report_parked(c);
}

void courier_start(struct courier *c)
{
	c->running = true;
	c->clock_offset = clock_wall() - clock_mono();
	take_conf(c);
	courier_poke(c);
}

void courier_reload(struct courier *c, struct conf *conf)
{
	struct conf *old = c->conf;

	if (!c->running || c->o.once)
		return;
	c->conf = conf_ref(conf);
	take_conf(c);
	conf_unref(old);
	courier_poke(c);
}

void courier_poke(struct courier *c)
{
	struct lane *l, *next;

	for (l = LIST_FIRST(&c->lanes); l; l = next) {
		next = LIST_NEXT(l, link);
		lane_poke(l);
	}
}

bool courier_retry(struct courier *c, struct str notify)
{
	struct lane *l;

	LIST_FOREACH (l, &c->lanes, link) {
		if (l->cn && str_eq(str_of(l->name), notify)) {
			lane_give_chance(l);
			lane_poke(l);
			return true;
		}
	}
	return false;
}

bool courier_idle(const struct courier *c)
{
	const struct lane *l;

	LIST_FOREACH (l, &c->lanes, link) {
		if (l->state != LANE_IDLE)
			return false;
	}
	return true;
}

void courier_lane_rests(struct courier *c)
{
	const struct lane *l;

	if (!c->finishing || !c->running)
		return;
	LIST_FOREACH (l, &c->lanes, link) {
		if (!l->finished)
			return;
	}
	c->running = false;
	c->o.done(c->o.arg);
}

void courier_finish(struct courier *c)
{
	struct lane *l;

	c->finishing = true;
	LIST_FOREACH (l, &c->lanes, link)
		l->finish_at = clock_wall();
	courier_poke(c);
	courier_lane_rests(c);
}

void courier_stop(struct courier *c)
{
	struct lane *l;

	c->running = false;
	LIST_FOREACH (l, &c->lanes, link)
		lane_stop(l);
}

void courier_free(struct courier *c)
{
	if (!c)
		return;
	while (!LIST_EMPTY(&c->lanes))
		lane_free(LIST_FIRST(&c->lanes));
	conf_unref(c->conf);
	free(c);
}

void courier_status(const struct courier *c, struct engine_status *out)
{
	const struct lane *l;

	out->sending = 0;
	LIST_FOREACH (l, &c->lanes, link)
		out->sending += l->state == LANE_SENDING;
	out->delivered = c->delivered;
	out->send_failures = c->failures;
}
