/* SPDX-License-Identifier: MIT */
/* One delivery attempt: renders the request, sends it, judges the answer. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "delivery_queue.h"
#include "engine/schedule.h"

#define ATTEMPT_ARENA_MAX ((size_t)4 * 1024 * 1024)

/* A trouble of a block that a reload removed during the attempt would have no end. */
static void attempt_begin_trouble(struct attempt *a, enum trouble_kind kind)
{
	const struct delivery_queue *q = a->queue;

	if (q->cn)
		trouble_begin(q->courier->o.troubles, kind, str_of(q->name), a->mark.answer);
}

static void attempt_log_failure(const struct attempt *a, const char *what, int64_t wait)
{
	log_warn("delivery-failed", LOG_S("notify", a->queue->name),
		LOG_STR("alert", a->d.alert_id), LOG_I("attempt", a->d.attempts + 1),
		LOG_STR("answer", a->mark.answer), LOG_S("state", what),
		LOG_I("next_s", wait / 1000));
}

/* --- what becomes of the receiver --- */

static void attempt_end_trouble(struct attempt *a, bool recovered)
{
	struct delivery_queue *q = a->queue;
	struct courier *c = q->courier;

	if (recovered)
		log_notice("notify-recovered", LOG_S("notify", q->name));
	trouble_end(c->o.troubles, TROUBLE_RECEIVER_FAILING, str_of(q->name));
	trouble_end(c->o.troubles, TROUBLE_RECEIVER_GONE, str_of(q->name));
}

/* One that began before the trouble proves nothing about it. */
static bool attempt_is_older(const struct attempt *a)
{
	const struct receiver *r = &a->queue->receiver;

	return !a->probe && (r->down || r->gone);
}

static void attempt_receiver_works(struct attempt *a)
{
	struct delivery_queue *q = a->queue;

	q->answer_us += (clock_mono_us() - a->sent_us - q->answer_us) / 4;
	if (attempt_is_older(a))
		return;
	attempt_end_trouble(a, receiver_works(&q->receiver));
	if (q->width < sink_window(a->sending))
		q->width *= 2;
}

static void attempt_receiver_answers(struct attempt *a)
{
	struct delivery_queue *q = a->queue;

	attempt_begin_trouble(a, TROUBLE_RECEIVER_FAILING);
	if (!attempt_is_older(a) && receiver_answers(&q->receiver))
		log_notice("notify-recovered", LOG_S("notify", q->name));
}

static void attempt_receiver_fails(struct attempt *a, const struct sink_verdict *v)
{
	struct delivery_queue *q = a->queue;
	bool was_down = q->receiver.down;
	int64_t now = clock_mono(), wait;

	if (attempt_is_older(a))
		return;
	attempt_begin_trouble(a, TROUBLE_RECEIVER_FAILING);
	wait = receiver_fails(&q->receiver, a->d.id, v, now, q->courier->o.rng, &a->next_wait);
	if (wait > 0)
		q->wait_to = now + wait;
	q->width = 1;
	if (!was_down)
		attempt_log_failure(a, "pending", wait > 0 ? wait : a->next_wait);
	else if (q->receiver.probes == RECEIVER_PROBES_TOLD)
		log_warn("notify-failing", LOG_S("notify", q->name),
			LOG_STR("answer", a->mark.answer),
			LOG_S("state", "probed with one message now and then"));
	else
		log_info("probe-failed", LOG_S("notify", q->name),
			LOG_STR("answer", a->mark.answer), LOG_I("next_s", wait / 1000));
}

static void attempt_receiver_gone(struct attempt *a)
{
	struct delivery_queue *q = a->queue;

	if (!q->receiver.gone)
		log_error("notify-gone", LOG_S("notify", q->name),
			LOG_STR("answer", a->mark.answer),
			LOG_S("advice", "the receiver does not exist any more: set a new url"));
	q->receiver.gone = true;
	q->width = 1;
	q->wait_to = clock_mono() + QUEUE_GONE_RETRY;
	attempt_begin_trouble(a, TROUBLE_RECEIVER_GONE);
	trouble_end(q->courier->o.troubles, TROUBLE_RECEIVER_FAILING, str_of(q->name));
}

static void attempt_pause(struct attempt *a, int64_t asked)
{
	int64_t wait = schedule_pause(asked);

	a->queue->wait_to = clock_mono() + wait;
	log_info("delivery-waits", LOG_S("notify", a->queue->name), LOG_STR("alert", a->d.alert_id),
		LOG_STR("answer", a->mark.answer), LOG_I("next_s", wait / 1000));
}

/* --- what becomes of the delivery --- */

/* If memory runs out, the list is lost: those recipients get a repeat, with the same id. */
static void attempt_add_served(struct attempt *a, struct str served)
{
	struct str before = a->d.served;
	const char *all = arena_printf(
		a->arena, "%.*s%s%.*s", STR_ARG(before), before.n ? " " : "", STR_ARG(served));

	a->mark.served = str_of(all);
}

/* Alerts are repeated while they are open, to services for which they end by themselves else. */
static void attempt_plan_repeat(struct attempt *a)
{
	const struct sink_type *type = sink_type_of(a->sending);

	a->mark.repeat = a->repeat;
	if (a->alert.kind != ALERT_CREATED && a->alert.kind != ALERT_UPDATED)
		return;
	a->mark.repeat_ms = type->repeat_ms;
	a->mark.repeat_until = a->alert.created + type->open_ms;
}

/* How long an item took to its receiver, unless it was held, or is the canary. */
static void attempt_note_delay(const struct attempt *a)
{
	bool at_once = a->d.due_at - a->d.created < CLOCK_SECOND && !a->d.escalated &&
		       !str_is(a->alert.feed, ALERT_CANARY);

	switch (a->alert.kind) {
	case ALERT_CREATED:
	case ALERT_UPDATED:
	case ALERT_CORRECTED:
	case ALERT_WITHDRAWN:
		if (at_once && a->alert.fetched != STAMP_NONE && !a->alert.test)
			metrics_observe_ms(a->queue->courier->o.metrics->seen_to_delivered_ms,
				clock_wall() - a->alert.fetched);
		return;
	case ALERT_DIGEST:
	case ALERT_TROUBLE_BEGAN:
	case ALERT_TROUBLE_ENDED:
	case ALERT_REPORT:
	case ALERT_ACKNOWLEDGED:
	case ALERT_STORY: return;
	}
}

static void attempt_deliver(struct attempt *a, struct str receipt)
{
	a->mark.state = STORE_DELIVERED;
	a->mark.counted = true;
	a->mark.receipt = receipt.n <= SINK_RECEIPT_MAX ? receipt : STR_NONE;
	attempt_receiver_works(a);
	if (a->repeat)
		return;
	a->queue->courier->o.metrics->deliveries_sent_total++;
	attempt_note_delay(a);
	log_info("delivered", LOG_S("notify", a->queue->name), LOG_STR("alert", a->d.alert_id),
		LOG_I("attempt", a->d.attempts + 1),
		LOG_I("ms", (clock_mono_us() - a->sent_us) / 1000));
}

static void attempt_postpone(struct attempt *a)
{
	a->mark.counted = true;
	a->next_wait = schedule_next_attempt(a->d.attempts + 1, a->queue->courier->o.rng);
	attempt_receiver_answers(a);
	attempt_log_failure(a, "pending", a->next_wait);
}

/* It becomes a message of its own, at the pace of the receiver. */
static void attempt_untie(struct attempt *a)
{
	a->mark.untied = str_of(a->queue->name);
	a->mark.untied_of = a->copy->tie;
	attempt_receiver_works(a);
	log_info("delivery-untied", LOG_S("notify", a->queue->name),
		LOG_STR("alert", a->d.alert_id), LOG_STR("answer", a->mark.answer),
		LOG_S("state", "sent as a message of its own"));
}

static void attempt_refuse(struct attempt *a)
{
	a->mark.state = STORE_DEAD;
	a->mark.counted = true;
	attempt_receiver_answers(a);
	attempt_log_failure(a, "dead", 0);
}

static void attempt_settle(struct attempt *a, const struct sink_verdict *v)
{
	enum sink_verdict_kind kind = receiver_weigh(&a->queue->receiver, a->d.id, v, &a->mark);

	a->queue->courier->o.metrics->delivery_failures_total +=
		kind != SINK_DELIVERED && kind != SINK_WAIT && kind != SINK_UNTIED;
	switch (kind) {
	case SINK_DELIVERED: attempt_deliver(a, v->receipt); break;
	case SINK_LATER: attempt_postpone(a); break;
	case SINK_BAD: attempt_refuse(a); break;
	case SINK_TROUBLE: attempt_receiver_fails(a, v); break;
	case SINK_GONE: attempt_receiver_gone(a); break;
	case SINK_WAIT: attempt_pause(a, v->wait); break;
	case SINK_UNTIED:
		if (str_present(a->receipt.text))
			attempt_untie(a);
		else
			attempt_refuse(a);
		break;
	}
	if (str_present(v->served))
		attempt_receiver_works(a);
}

static void attempt_end(struct attempt *a)
{
	conf_unref(a->conf);
	a->conf = NULL;
	a->sending = NULL;
	a->ended(a);
}

static void attempt_finish(struct attempt *a, const struct sink_verdict *v)
{
	struct delivery_queue *q = a->queue;
	int64_t pace_to = clock_mono() + sink_type_of(a->sending)->pace_ms;

	a->state = ATTEMPT_ENDED;
	a->mark.answer = v->answer;
	a->mark.state = STORE_PENDING;
	if (str_present(v->served))
		attempt_add_served(a, v->served);
	if (q->wait_to < pace_to)
		q->wait_to = pace_to;
	attempt_plan_repeat(a);
	attempt_settle(a, v);
	attempt_end(a);
}

/* Nightdesk lacked memory or descriptors: no trouble of the receiver. */
static void attempt_lack(struct attempt *a, struct str why)
{
	struct str kept = arena_str(a->arena, why);

	a->state = ATTEMPT_ENDED;
	a->mark.repeat = a->repeat;
	a->mark.answer = str_present(kept) ? kept : STR("out of memory");
	a->mark.state = STORE_PENDING;
	a->mark.counted = true;
	a->next_wait = schedule_next_attempt(a->d.attempts + 1, a->queue->courier->o.rng);
	trouble_begin(a->queue->courier->o.troubles, TROUBLE_EXHAUSTED, STR_NONE, why);
	log_warn("delivery-postponed", LOG_S("notify", a->queue->name),
		LOG_STR("alert", a->d.alert_id), LOG_STR("reason", why),
		LOG_S("state", "no fault of the receiver: tried again"),
		LOG_I("next_s", a->next_wait / 1000));
	attempt_end(a);
}

static bool attempt_is_lack(enum err_class cls)
{
	return cls == ERR_NOMEM || cls == ERR_IO;
}

/* --- sending --- */

static void attempt_on_answer(void *arg, const struct sink_answer *answer)
{
	struct attempt *a = arg;
	struct sink_verdict v;

	a->op = NULL;
	if (answer->status == 0 && attempt_is_lack(answer->error)) {
		attempt_lack(a, answer->error_text);
		return;
	}
	sink_judge(a->sending, answer, a->arena, &v);
	attempt_finish(a, &v);
}

/* An unreadable secret is a trouble, a message that cannot be rendered is bad. */
static void attempt_on_not_sent(void *arg)
{
	struct attempt *a = arg;
	struct sink_verdict v = {.kind = SINK_TROUBLE};

	a->timer = NULL;
	if (a->rc == 0) {
		v.kind = SINK_DELIVERED;
		v.answer = a->alert.kind == ALERT_STORY
				   ? STR("there is no message that can be changed")
				   : STR("all of its recipients have it");
		attempt_finish(a, &v);
		return;
	}
	if (attempt_is_lack((enum err_class) - a->rc)) {
		attempt_lack(a, str_of(a->error.text));
		return;
	}
	if (a->rc == -ERR_LIMIT || a->rc == -ERR_INPUT)
		v.kind = SINK_BAD;
	v.answer = arena_str(a->arena, str_of(a->error.text));
	if (!str_present(v.answer))
		v.answer = STR("out of memory");
	attempt_finish(a, &v);
}

/* Ends the attempt without an answer, from a timer, since it may not end inside attempt_start. */
static void attempt_end_soon(struct attempt *a, int rc)
{
	const struct port_timer *port = &a->queue->courier->o.ports->timer;

	a->rc = rc;
	a->timer = port->start(port->ctx, 0, attempt_on_not_sent, a);
}

static void attempt_begin(struct attempt *a, struct conf *conf)
{
	a->state = ATTEMPT_SENDING;
	a->conf = conf_ref(conf);
	a->sending = conf_find_notify(conf, str_of(a->queue->name));
	a->sent_us = clock_mono_us();
}

void attempt_start(struct attempt *a, struct conf *conf, const struct sink_secrets *secrets)
{
	struct courier *c = a->queue->courier;
	const struct port_send *port = &c->o.ports->send;
	struct sink_request request;
	struct notice notice = notice_of_alert(&a->alert);
	struct sink_context ctx = {
		.secrets = secrets,
		.now = clock_wall(),
		.hostname = c->o.hostname,
		.pid = c->o.pid,
		.served = a->d.served,
	};
	int rc;

	attempt_begin(a, conf);
	ctx.notify = a->sending;
	notice.receipt = a->receipt.text;
	notice.of_digest = a->receipt.of_digest;
	notice.document = a->document;
	notice.asks = a->asks;
	rc = sink_render(&ctx, &notice, a->arena, &request, &a->error);
	if (rc == 0 && !request.needless) {
		a->op = port->start(port->ctx, &request, attempt_on_answer, a);
		if (!a->op)
			rc = err_nomem(&a->error);
	}
	if (!a->op)
		attempt_end_soon(a, rc);
}

void attempt_start_failed(struct attempt *a, struct conf *conf, const struct err *e)
{
	attempt_begin(a, conf);
	a->error = *e;
	attempt_end_soon(a, err_is_exhaustion(e->cls) ? -ERR_IO : -ERR_TEMP);
}

/* --- memory --- */

struct attempt *attempt_new(void)
{
	struct attempt *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->arena = arena_new(ATTEMPT_ARENA_MAX);
	if (!a->arena) {
		free(a);
		return NULL;
	}
	return a;
}

void attempt_free(struct attempt *a)
{
	if (a->op || a->timer) {
		const struct ports *ports = a->queue->courier->o.ports;

		if (a->op)
			ports->send.cancel(ports->send.ctx, a->op);
		port_timer_stop(&ports->timer, &a->timer);
	}
	conf_unref(a->conf);
	alert_copy_unref(a->copy);
	arena_free(a->arena);
	free(a);
}
