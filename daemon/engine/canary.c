/* SPDX-License-Identifier: MIT */
#include "canary.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

#define FIRST_AFTER  CLOCK_MINUTE /* the start: overdue feeds and deliveries go first */
#define AGAIN_AFTER  CLOCK_MINUTE /* one that was lost on the way */
#define DEADLINE_MAX (5 * CLOCK_MINUTE)
#define LOOK_EVERY   (5 * CLOCK_SECOND)

static void canary_on_timer(void *arg);
static void canary_on_deadline(void *arg);

static const char *const canary_stages[] = {
	[CANARY_RESTING] = "it was not sent",
	[CANARY_PARSING] = "its document is not parsed",
	[CANARY_INGESTING] = "the desk does not take it in",
	[CANARY_SENDING] = "it waits to be sent",
};

static void canary_wait(struct canary *c, int64_t ms)
{
	const struct port_timer *port = &c->o.ports->timer;

	port_timer_stop(port, &c->timer);
	if (c->running)
		c->timer = port->start(port->ctx, ms, canary_on_timer, c);
}

/* Its receiver; absent: there is no canary any more. */
static struct str canary_receiver(const struct canary *c)
{
	return c->conf->canary.every ? c->conf->canary.to.v[0] : STR_NONE;
}

/* --- how it ends --- */

static void canary_rest(struct canary *c, int64_t wait)
{
	c->stage = CANARY_RESTING;
	port_timer_stop(&c->o.ports->timer, &c->deadline);
	feed_batch_free(c->batch);
	c->batch = NULL;
	if (c->conf->canary.every)
		canary_wait(c, wait < c->conf->canary.every ? wait : c->conf->canary.every);
}

static void canary_report_lost(struct canary *c, const char *why)
{
	struct str to = canary_receiver(c);

	if (!str_present(to))
		return;
	c->o.metrics->canaries_lost_total += !c->lost;
	c->lost = true;
	trouble_begin(c->o.troubles, TROUBLE_CANARY_LOST, to, str_of(why));
}

/* again: ms until the next one. */
static void canary_lose(struct canary *c, const char *doing, const char *why, int64_t again)
{
	char text[ERR_TEXT_MAX + 64];

	snprintf(text, sizeof(text), "%s: %s", doing, why);
	canary_report_lost(c, text);
	canary_rest(c, again);
}

static void canary_arrive(struct canary *c)
{
	int64_t took = clock_mono() - c->began_at;

	c->o.metrics->canary_arrived = clock_wall();
	c->o.metrics->canary_ms = took;
	if (str_present(canary_receiver(c)))
		trouble_end(c->o.troubles, TROUBLE_CANARY_LOST, canary_receiver(c));
	log_debug("canary-arrived", LOG_I("ms", took));
	canary_rest(c, c->conf->canary.every - took > AGAIN_AFTER ? c->conf->canary.every - took
								  : AGAIN_AFTER);
}

static void canary_on_deadline(void *arg)
{
	struct canary *c = arg;
	char text[ERR_TEXT_MAX + 64];

	c->deadline = NULL;
	snprintf(text, sizeof(text), "%s", canary_stages[c->stage]);
	if (c->stage == CANARY_SENDING && c->answer[0])
		snprintf(text, sizeof(text), "it waits to be sent, last answer: %s", c->answer);
	canary_report_lost(c, text);
}

/* --- jobs --- */

static void canary_on_job_done(void *arg);

static void canary_post(struct canary *c, job_run_fn *run)
{
	c->job_out = true;
	c->job_conf = conf_ref(c->conf);
	c->job = (struct job){.run = run, .done = canary_on_job_done, .arg = c};
	jobs_post(c->o.jobs, &c->job);
}

static void canary_ingest(void *arg, struct desk *desk, struct store *store)
{
	struct canary *c = arg;

	(void)store;
	c->rc = desk_canary_ingest(desk, c->job_conf, c->batch, c->now, &c->error);
}

static void canary_look(void *arg, struct desk *desk, struct store *store)
{
	struct canary *c = arg;

	(void)desk;
	arena_clear(c->arena);
	c->rc = store_canary_get(store, c->arena, &c->found, &c->error);
}

static void canary_after_ingest(struct canary *c)
{
	feed_batch_free(c->batch);
	c->batch = NULL;
	if (c->rc) {
		canary_lose(c, "it could not be taken in", c->error.text, AGAIN_AFTER);
		return;
	}
	c->stage = CANARY_SENDING;
	c->o.alerts(c->o.arg);
	canary_wait(c, CLOCK_SECOND);
}

static void canary_after_look(struct canary *c)
{
	const struct store_canary *found = &c->found;

	if (c->rc == 0)
		snprintf(c->answer, sizeof(c->answer), "%.*s", STR_ARG(found->answer));
	if (c->rc == 0 && found->waits && !str_eq(found->notify, canary_receiver(c))) {
		canary_rest(c, FIRST_AFTER); /* the next one drops it */
	} else if (c->rc || found->waits) {
		canary_wait(c, LOOK_EVERY);
	} else if (found->delivered) {
		canary_arrive(c);
	} else if (c->answer[0]) {
		canary_lose(c, "its receiver refused it", c->answer, c->conf->canary.every);
	} else {
		canary_lose(
			c, "its delivery ended", "it was folded, or dropped by hand", AGAIN_AFTER);
	}
}

static void canary_on_job_done(void *arg)
{
	struct canary *c = arg;

	c->job_out = false;
	conf_unref(c->job_conf);
	c->job_conf = NULL;
	if (!c->running)
		return;
	if (c->rc == -(int)ERR_IO) {
		struct err e = c->error;

		c->o.fatal(c->o.arg, &e);
	} else if (!c->conf->canary.every) {
		canary_rest(c, 0);
	} else if (c->stage == CANARY_INGESTING) {
		canary_after_ingest(c);
	} else {
		canary_after_look(c);
	}
}

/* --- a canary --- */

static void canary_on_parsed(void *arg, struct feed_batch *batch, const struct err *e)
{
	struct canary *c = arg;

	c->parse_op = NULL;
	if (!batch) {
		canary_lose(c, "its document was not parsed", e->text, AGAIN_AFTER);
		return;
	}
	c->batch = batch;
	c->stage = CANARY_INGESTING;
	canary_post(c, canary_ingest);
}

/* Of receivers that are not the canary's: a process before may have had others. */
static void canary_end_others(struct canary *c)
{
	struct trouble v[TROUBLE_NAMED_MAX];
	size_t n = troubles_list(c->o.troubles, TROUBLE_CANARY_LOST, v, TROUBLE_NAMED_MAX);
	struct str to = canary_receiver(c);

	for (size_t i = 0; i < n; i++)
		if (!str_present(to) || !str_eq(v[i].subject, to))
			trouble_end(c->o.troubles, TROUBLE_CANARY_LOST, v[i].subject);
}

static void canary_begin(struct canary *c)
{
	const struct port_parse *port = &c->o.ports->parse;
	const struct port_timer *timer = &c->o.ports->timer;
	struct parse_request request = {.feed = STR(ALERT_CANARY)};
	int64_t limit = c->conf->canary.every < DEADLINE_MAX ? c->conf->canary.every : DEADLINE_MAX;

	canary_end_others(c);
	request.options.limits = &feed_limits_default;
	c->began_at = clock_mono();
	c->now = clock_wall();
	c->answer[0] = '\0';
	c->lost = false;
	request.body = desk_canary_document(c->now, &request.body_len);
	c->stage = CANARY_PARSING;
	c->parse_op = request.body ? port->start(port->ctx, &request, canary_on_parsed, c) : NULL;
	if (!c->parse_op) {
		canary_rest(c, AGAIN_AFTER); /* memory is a trouble of its own */
		return;
	}
	c->deadline = timer->start(timer->ctx, limit, canary_on_deadline, c);
}

static void canary_on_timer(void *arg)
{
	struct canary *c = arg;

	c->timer = NULL;
	if (!c->conf->canary.every) {
		canary_end_others(c);
		canary_rest(c, 0);
	} else if (c->stage == CANARY_RESTING) {
		canary_begin(c);
	} else if (c->stage == CANARY_SENDING && !c->job_out) {
		canary_post(c, canary_look);
	}
}

/* --- life --- */

void canary_start(struct canary *c)
{
	c->running = !c->o.once;
	if (c->running)
		canary_wait(c, FIRST_AFTER);
}

void canary_reload(struct canary *c, struct conf *conf)
{
	conf_unref(c->conf);
	c->conf = conf_ref(conf);
	canary_end_others(c);
	if (c->running && c->stage == CANARY_RESTING)
		canary_rest(c, FIRST_AFTER);
}

void canary_stop(struct canary *c)
{
	const struct ports *ports = c->o.ports;

	c->running = false;
	port_timer_stop(&ports->timer, &c->timer);
	port_timer_stop(&ports->timer, &c->deadline);
	if (c->parse_op)
		ports->parse.cancel(ports->parse.ctx, c->parse_op);
	c->parse_op = NULL;
}

void canary_release(struct canary *c)
{
	feed_batch_free(c->batch);
	conf_unref(c->job_conf);
	conf_unref(c->conf);
	arena_free(c->arena);
	c->batch = NULL;
	c->job_conf = c->conf = NULL;
	c->arena = NULL;
}
