/* SPDX-License-Identifier: MIT */
/*
 * Poller, courier and upkeep over one set of ports.
 *
 *	NEW ──► RUNNING ──► ENDING ──► ENDED
 *
 *	RUNNING  polls and delivers
 *	ENDING   all operations are cancelled; jobs of the desk have not returned yet
 *	ENDED    ended() was called, from a timer, so that it may free the engine
 */
#include "engine/engine.h"

#include <stdlib.h>

#include "ack_reader.h"
#include "base/clock.h"
#include "base/log.h"
#include "canary.h"
#include "courier.h"
#include "health_job.h"
#include "heartbeat.h"
#include "poller.h"
#include "release_job.h"
#include "trouble_notices.h"
#include "upkeep.h"
#include "websub.h"

enum engine_state { ENGINE_NEW, ENGINE_RUNNING, ENGINE_ENDING, ENGINE_ENDED };

struct engine {
	struct ports ports; /* as given, except that timer is engine_start_timer */
	struct port_timer timers;
	struct engine_options o;
	enum engine_state state;
	struct rng rng;
	struct jobs jobs;
	struct marks marks;
	struct poller *poller;
	struct courier *courier;
	struct upkeep upkeep;
	struct release_job release;
	struct heartbeat heartbeat;
	struct ack_readers acks;
	struct health_job health;
	struct canary canary;
	struct websub websub;
	struct trouble_notices notices;
	struct test_message_list tests;
	struct clock_proof clock;
	struct timer_op *end_timer;
	bool failed;		/* fatal was called */
	struct metrics metrics; /* counted by the poller and the courier */
};

static void engine_end(void *arg)
{
	struct engine *e = arg;

	e->end_timer = NULL;
	e->state = ENGINE_ENDED;
	e->o.ended(e->o.arg); /* may free e */
}

static void engine_end_when_settled(void *arg)
{
	struct engine *e = arg;
	const struct port_timer *port = &e->ports.timer;

	if (e->state == ENGINE_ENDING && e->jobs.open == 0 && !e->end_timer)
		e->end_timer = port->start(port->ctx, 0, engine_end, e);
}

static void engine_check_clock(void *arg)
{
	struct engine *e = arg;

	courier_check_clock(e->courier);
}

static void engine_on_alerts(void *arg)
{
	struct engine *e = arg;

	if (e->state != ENGINE_RUNNING)
		return;
	courier_poke(e->courier);
	release_job_poke(&e->release);
	if (e->o.alerts)
		e->o.alerts(e->o.arg);
}

bool engine_retry(struct engine *e, struct str notify)
{
	return courier_retry(e->courier, notify);
}

size_t engine_sending(const struct engine *e, int64_t *ids, size_t max)
{
	return courier_sending(e->courier, ids, max);
}

void engine_check_orphans(struct engine *e)
{
	courier_check_orphans(e->courier);
}

void engine_check_held(struct engine *e)
{
	release_job_check(&e->release);
	courier_poke(e->courier);
}

static void engine_on_acked(void *arg)
{
	engine_check_held(arg);
}

static void engine_on_asked(void *arg, bool any)
{
	struct engine *e = arg;

	ack_readers_poke(&e->acks, any);
}

enum engine_asked engine_ask_feed(struct engine *e, const char *name, int64_t *until)
{
	return poller_ask(e->poller, name, until);
}

int engine_test_notify(struct engine *e, struct str notify, test_message_fn *done, void *arg)
{
	const struct test_message_sender by = {
		.ports = &e->ports,
		.conf = e->upkeep.conf,
		.hostname = e->o.hostname,
		.pid = e->o.pid,
	};
	const struct conf_notify *cn = conf_find_notify(by.conf, notify);

	if (!cn)
		return -(int)ERR_INPUT;
	return test_message_start(&e->tests, &by, cn, done, arg) ? 0 : -(int)ERR_NOMEM;
}

void engine_receiver_works(struct engine *e, struct str notify)
{
	trouble_end(e->notices.troubles, TROUBLE_RECEIVER_FAILING, notify);
	trouble_end(e->notices.troubles, TROUBLE_RECEIVER_GONE, notify);
	(void)courier_retry(e->courier, notify);
}

static void engine_on_hub(void *arg, const struct conf_feed *cf, const struct feed_hub *hub)
{
	struct engine *e = arg;

	if (e->state == ENGINE_RUNNING)
		websub_note_hub(&e->websub, cf, hub);
}

int engine_websub_verify(struct engine *e, const struct websub_question *q)
{
	return websub_verify(&e->websub, q);
}

int engine_websub_push(struct engine *e, const struct websub_content *c)
{
	return websub_push(&e->websub, c);
}

static void engine_on_polled(void *arg)
{
	struct engine *e = arg;

	courier_finish(e->courier);
}

/* once: the new items are indexed before the process exits. */
static void engine_on_delivered(void *arg)
{
	struct engine *e = arg;

	if (e->state == ENGINE_RUNNING)
		upkeep_finish(&e->upkeep);
}

static void engine_on_finished(void *arg)
{
	engine_stop(arg);
}

static void engine_on_fatal(void *arg, const struct err *err)
{
	struct engine *e = arg;

	if (e->failed)
		return;
	e->failed = true;
	e->o.fatal(e->o.arg, err);
}

/* Everything may depend on a timer. If one cannot be allocated, a restart is better than a hang. */
static struct timer_op *engine_start_timer(void *ctx, int64_t delay_ms, timer_fn *fn, void *arg)
{
	struct engine *e = ctx;
	struct timer_op *t = e->timers.start(e->timers.ctx, delay_ms, fn, arg);
	struct err err;

	if (!t) {
		(void)err_nomem(&err);
		engine_on_fatal(e, &err);
	}
	return t;
}

static void engine_cancel_timer(void *ctx, struct timer_op *op)
{
	struct engine *e = ctx;

	e->timers.cancel(e->timers.ctx, op);
}

static bool engine_is_idle(void *arg)
{
	const struct engine *e = arg;

	return poller_idle(e->poller) && courier_idle(e->courier);
}

static void engine_on_reloaded(void *arg)
{
	const struct engine *e = arg;

	if (e->o.reloaded)
		e->o.reloaded(e->o.arg);
}

static void engine_on_silent(void *arg, struct str feed)
{
	struct engine *e = arg;

	poller_note_silent(e->poller, feed);
}

struct engine *engine_new(
	const struct ports *ports, struct conf *conf, const struct engine_options *o)
{
	struct engine *e = calloc(1, sizeof(*e));
	struct engine_parts parts;

	if (!e)
		return NULL;
	e->ports = *ports;
	e->timers = ports->timer;
	e->ports.timer = (struct port_timer){
		.ctx = e, .start = engine_start_timer, .cancel = engine_cancel_timer};
	e->o = *o;
	LIST_INIT(&e->tests);
	metrics_init(&e->metrics);
	e->metrics.started = clock_wall();
	rng_seed(&e->rng, o->seed);
	jobs_init(&e->jobs, &e->ports);
	marks_init(&e->marks);
	e->jobs.settled = engine_end_when_settled;
	e->jobs.arg = e;
	parts = (struct engine_parts){
		.ports = &e->ports,
		.jobs = &e->jobs,
		.rng = &e->rng,
		.marks = &e->marks,
		.metrics = &e->metrics,
		.clock = &e->clock,
		.last_run = o->last_run,
		.hostname = o->hostname,
		.pid = o->pid,
		.once = o->once,
		.idle = engine_is_idle,
		.shift = engine_check_clock,
		.hub = engine_on_hub,
		.alerts = engine_on_alerts,
		.asked = engine_on_asked,
		.reloaded = engine_on_reloaded,
		.polled = engine_on_polled,
		.delivered = engine_on_delivered,
		.finished = engine_on_finished,
		.fatal = engine_on_fatal,
		.arg = e,
	};
	e->upkeep = (struct upkeep){.o = parts, .conf = conf_ref(conf)};
	parts.troubles = trouble_notices_init(&e->notices, &parts, conf);
	e->release = (struct release_job){
		.o = parts, .conf = conf_ref(conf), .arena = arena_new(RELEASE_ARENA_MAX)};
	e->upkeep.o.troubles = e->clock.troubles = parts.troubles;
	e->heartbeat = (struct heartbeat){.o = parts, .conf = conf_ref(conf)};
	e->acks =
		(struct ack_readers){.o = parts, .conf = conf_ref(conf), .acked = engine_on_acked};
	e->health = (struct health_job){.o = parts,
		.conf = conf_ref(conf),
		.silent = engine_on_silent,
		.arg = e,
		.arena = arena_new(HEALTH_ARENA_MAX)};
	e->canary = (struct canary){
		.o = parts, .conf = conf_ref(conf), .arena = arena_new(CANARY_ARENA_MAX)};
	e->poller = poller_new(&parts, conf);
	e->websub = (struct websub){.o = parts, .conf = conf_ref(conf), .poller = e->poller};
	e->courier = courier_new(&parts, conf);
	if (e->poller && e->courier && e->release.arena && e->health.arena && e->canary.arena &&
		parts.troubles)
		return e;
	engine_free(e);
	return NULL;
}

void engine_start(struct engine *e)
{
	e->state = ENGINE_RUNNING;
	trouble_notices_start(&e->notices);
	courier_start(e->courier);
	upkeep_start(&e->upkeep);
	ack_readers_start(&e->acks);
	release_job_start(&e->release);
	heartbeat_start(&e->heartbeat);
	health_job_start(&e->health);
	canary_start(&e->canary);
	websub_start(&e->websub);
	poller_start(e->poller);
}

void engine_reload(struct engine *e, struct conf *conf)
{
	if (e->state != ENGINE_RUNNING)
		return;
	trouble_notices_reload(&e->notices, conf);
	upkeep_reload(&e->upkeep, conf);
	courier_reload(e->courier, conf);
	ack_readers_reload(&e->acks, conf);
	release_job_reload(&e->release, conf);
	heartbeat_reload(&e->heartbeat, conf);
	health_job_reload(&e->health, conf);
	canary_reload(&e->canary, conf);
	websub_reload(&e->websub, conf);
	poller_reload(e->poller, conf);
}

void engine_network_changed(struct engine *e)
{
	if (e->state == ENGINE_RUNNING)
		poller_network_changed(e->poller);
}

void engine_resume(struct engine *e, int64_t slept)
{
	log_notice("resumed", LOG_I("slept_s", slept / CLOCK_SECOND));
	if (e->state == ENGINE_RUNNING)
		poller_resume(e->poller, slept);
}

void engine_stop(struct engine *e)
{
	if (e->state != ENGINE_RUNNING && e->state != ENGINE_NEW)
		return;
	e->state = ENGINE_ENDING;
	test_message_stop(&e->tests, "nightdesk is stopping");
	trouble_notices_stop(&e->notices);
	upkeep_stop(&e->upkeep);
	release_job_stop(&e->release);
	heartbeat_stop(&e->heartbeat);
	ack_readers_stop(&e->acks);
	health_job_stop(&e->health);
	canary_stop(&e->canary);
	websub_stop(&e->websub);
	poller_stop(e->poller);
	courier_stop(e->courier);
	engine_end_when_settled(e);
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	port_timer_stop(&e->ports.timer, &e->end_timer);
	test_message_stop(&e->tests, NULL);
	poller_free(e->poller);
	courier_free(e->courier);
	upkeep_release(&e->upkeep);
	release_job_release(&e->release);
	heartbeat_release(&e->heartbeat);
	ack_readers_release(&e->acks);
	health_job_release(&e->health);
	canary_release(&e->canary);
	websub_release(&e->websub);
	trouble_notices_release(&e->notices);
	jobs_release(&e->jobs);
	free(e);
}

struct troubles *engine_troubles(struct engine *e)
{
	return e->notices.troubles;
}

void engine_metrics(const struct engine *e, struct metrics *out)
{
	int64_t uptime = clock_wall() - e->metrics.started;

	metrics_add(out, &e->metrics);
	out->uptime_seconds = uptime > 0 ? uptime / CLOCK_SECOND : 0;
	poller_set_gauges(e->poller, out);
	courier_set_gauges(e->courier, out);
	websub_set_gauges(&e->websub, out);
}
