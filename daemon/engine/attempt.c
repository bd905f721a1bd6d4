/* SPDX-License-Identifier: MIT */
/* One delivery attempt: reads secrets, renders the request, sends it, judges the answer. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "delivery_queue.h"
#include "engine/schedule.h"
#include "engine/secrets.h"
#include "sink/sink.h"

static void attempt_count_failure(struct delivery_queue *q)
{
	struct courier *c = q->courier;

	c->o.metrics->delivery_failures_total++;
	if (++q->failures == QUEUE_TROUBLE)
		log_warn("notify-failing", LOG_S("notify", q->name), LOG_I("failures", q->failures),
			LOG_S("state", "probed with one message now and then"));
	if (q->failures >= QUEUE_TROUBLE)
		q->wait_to = clock_mono() + schedule_probe(q->failures, c->o.rng);
}

static void attempt_count_success(struct delivery_queue *q)
{
	struct courier *c = q->courier;

	if (q->failures >= QUEUE_TROUBLE) {
		q->recovered = true;
		log_notice("notify-recovered", LOG_S("notify", q->name));
	}
	q->failures = 0;
	q->gone = false;
	trouble_end(c->o.troubles, TROUBLE_RECEIVER_FAILING, str_of(q->name));
	trouble_end(c->o.troubles, TROUBLE_RECEIVER_GONE, str_of(q->name));
}

static void attempt_begin_trouble(struct delivery_queue *q, enum trouble_kind kind)
{
	if (q->cn) /* else the reload that removed the receiver ended its troubles */
		trouble_begin(q->courier->o.troubles, kind, str_of(q->name), q->marked.answer);
}

static void attempt_set_result(
	struct delivery_queue *q, enum store_delivery_state state, int64_t wait)
{
	q->marked.state = state;
	q->next_wait = wait;
	q->counted = true;
}

static void attempt_log_failure(const struct delivery_queue *q, const char *what, int64_t wait)
{
	const struct store_delivery *d = &q->marked;

	log_warn("delivery-failed", LOG_S("notify", q->name), LOG_STR("alert", d->alert_id),
		LOG_I("attempt", d->attempts + 1), LOG_STR("answer", d->answer),
		LOG_S("state", what), LOG_I("next_s", wait / 1000));
}

static void attempt_retry_later(struct delivery_queue *q)
{
	int64_t wait = schedule_next_attempt(q->marked.attempts + 1, q->courier->o.rng);

	/* A receiver that accepts some recipients is not in trouble: no back-off for the queue. */
	q->recovered = false;
	if (str_present(q->marked.served))
		q->courier->o.metrics->delivery_failures_total++;
	else
		attempt_count_failure(q);
	attempt_set_result(q, wait < 0 ? STORE_DEAD : STORE_PENDING, wait < 0 ? 0 : wait);
	attempt_log_failure(q, wait < 0 ? "dead" : "pending", wait < 0 ? 0 : wait);
}

/* The receiver asked for a time without requests. */
static void attempt_obey_wait(struct delivery_queue *q, int64_t wait)
{
	if (wait > q->next_wait)
		q->next_wait = wait;
	if (clock_mono() + wait > q->wait_to)
		q->wait_to = clock_mono() + wait;
}

static void attempt_fail(struct delivery_queue *q)
{
	q->courier->o.metrics->delivery_failures_total++;
	attempt_set_result(q, STORE_DEAD, 0);
	attempt_log_failure(q, "dead", 0);
}

static void attempt_receiver_gone(struct delivery_queue *q)
{
	if (!q->gone)
		log_error("notify-gone", LOG_S("notify", q->name),
			LOG_STR("answer", q->marked.answer),
			LOG_S("advice", "the receiver does not exist any more: set a new url"));
	q->gone = true;
	attempt_begin_trouble(q, TROUBLE_RECEIVER_GONE);
	trouble_end(q->courier->o.troubles, TROUBLE_RECEIVER_FAILING, str_of(q->name));
	q->wait_to = clock_mono() + QUEUE_GONE_RETRY;
	attempt_fail(q);
}

static void attempt_wait(struct delivery_queue *q, int64_t wait)
{
	if (wait > SCHEDULE_ASK_MAX)
		wait = SCHEDULE_ASK_MAX;
	if (wait <= 0)
		wait = CLOCK_SECOND;
	q->wait_to = clock_mono() + wait;
	attempt_set_result(q, STORE_PENDING, wait);
	q->counted = false;
	log_info("delivery-waits", LOG_S("notify", q->name), LOG_STR("alert", q->marked.alert_id),
		LOG_STR("answer", q->marked.answer), LOG_I("next_s", wait / 1000));
}

/* If memory runs out, the list is lost: those recipients get a repeat, with the same id. */
static void attempt_add_served(struct delivery_queue *q, struct str served)
{
	struct str before = q->marked.served;
	const char *all = arena_printf(
		q->arena, "%.*s%s%.*s", STR_ARG(before), before.n ? " " : "", STR_ARG(served));

	q->marked.served = str_of(all);
}

static void attempt_end(struct delivery_queue *q)
{
	conf_unref(q->conf);
	q->conf = NULL;
	q->sending = NULL;
	q->attempt_done(q);
}

/*
 * Nightdesk lacked memory or descriptors: no trouble of the receiver. The attempt counts, so that a
 * message for which memory never suffices is given up in the end.
 */
static void attempt_postpone(struct delivery_queue *q, struct str why)
{
	int64_t wait = schedule_next_attempt(q->marked.attempts + 1, q->courier->o.rng);
	struct str kept = arena_str(q->arena, why);

	q->marked.answer = str_present(kept) ? kept : STR("out of memory");
	attempt_set_result(q, wait < 0 ? STORE_DEAD : STORE_PENDING, wait < 0 ? 0 : wait);
	trouble_begin(q->courier->o.troubles, TROUBLE_EXHAUSTED, STR_NONE, why);
	log_warn("delivery-postponed", LOG_S("notify", q->name),
		LOG_STR("alert", q->marked.alert_id), LOG_STR("reason", why),
		LOG_S("state", wait < 0 ? "dead" : "no fault of the receiver: tried again"),
		LOG_I("next_s", wait < 0 ? 0 : wait / 1000));
	attempt_end(q);
}

static void attempt_finish(struct delivery_queue *q, const struct sink_verdict *v)
{
	q->marked.answer = v->answer;
	if (str_present(v->served))
		attempt_add_served(q, v->served);
	q->wait_to = clock_mono() + sink_type_of(q->sending)->pace_ms;
	switch (v->kind) {
	case SINK_DELIVERED:
		q->courier->o.metrics->deliveries_sent_total++;
		attempt_count_success(q);
		attempt_set_result(q, STORE_DELIVERED, 0);
		log_info("delivered", LOG_S("notify", q->name),
			LOG_STR("alert", q->marked.alert_id),
			LOG_I("attempt", q->marked.attempts + 1),
			LOG_I("ms", clock_mono() - q->sent_at));
		break;
	case SINK_LATER:
	case SINK_TROUBLE:
		attempt_begin_trouble(q, TROUBLE_RECEIVER_FAILING);
		attempt_retry_later(q);
		attempt_obey_wait(q, v->wait);
		break;
	case SINK_BAD:
		attempt_begin_trouble(q, TROUBLE_RECEIVER_FAILING);
		attempt_fail(q);
		break;
	case SINK_GONE: attempt_receiver_gone(q); break;
	case SINK_WAIT: attempt_wait(q, v->wait); break;
	}
	if (str_present(v->served))
		attempt_count_success(q);
	attempt_end(q);
}

static bool attempt_is_lack(enum err_class cls)
{
	return cls == ERR_NOMEM || cls == ERR_IO;
}

static void attempt_on_answer(void *arg, const struct sink_answer *a)
{
	struct delivery_queue *q = arg;
	struct sink_verdict v;

	q->op = NULL;
	if (a->status == 0 && attempt_is_lack(a->error)) {
		attempt_postpone(q, a->error_text);
		return;
	}
	sink_judge(q->sending, a, q->arena, &v);
	attempt_finish(q, &v);
}

static void attempt_on_not_sent(void *arg)
{
	struct delivery_queue *q = arg;
	struct sink_verdict v = {.kind = SINK_TROUBLE};

	q->timer = NULL;
	if (q->rc == 0) {
		v.kind = SINK_DELIVERED;
		v.answer = STR("all of its recipients have it");
		attempt_finish(q, &v);
		return;
	}
	if (attempt_is_lack((enum err_class) - q->rc)) {
		attempt_postpone(q, str_of(q->error.text));
		return;
	}
	if (q->rc == -ERR_CONF || q->rc == -ERR_LIMIT || q->rc == -ERR_INPUT)
		v.kind = SINK_BAD;
	v.answer = arena_str(q->arena, str_of(q->error.text));
	if (!str_present(v.answer))
		v.answer = STR("out of memory");
	attempt_finish(q, &v);
}

/* Ends the attempt without an answer, from a timer, since it may not end inside attempt_start. */
static void attempt_end_soon(struct delivery_queue *q, int rc)
{
	const struct port_timer *port = &q->courier->o.ports->timer;

	q->rc = rc;
	q->timer = port->start(port->ctx, 0, attempt_on_not_sent, q);
}

static void attempt_render_and_send(struct delivery_queue *q, const struct sink_secrets *secrets)
{
	struct courier *c = q->courier;
	const struct port_send *port = &c->o.ports->send;
	struct sink_request request = {0};
	struct sink_context ctx = {
		.notify = q->sending,
		.secrets = secrets,
		.now = clock_wall(),
		.hostname = c->o.hostname,
		.pid = c->o.pid,
		.served = q->marked.served,
	};
	struct notice notice = notice_of_alert(&q->due[0].alert);
	int rc = sink_render(&ctx, &notice, q->arena, &request, &q->error);

	if (rc == 0 && !request.needless) {
		q->op = port->start(port->ctx, &request, attempt_on_answer, q);
		if (!q->op)
			rc = err_nomem(&q->error);
	}
	if (!q->op)
		attempt_end_soon(q, rc);
}

/* An unreadable secret is temporary, a message that cannot be rendered is permanent. */
static void attempt_on_secrets(void *arg, const struct secrets *s, const struct err *e)
{
	struct delivery_queue *q = arg;

	q->secret_op = NULL;
	if (s) {
		attempt_render_and_send(q, &s->shown);
		return;
	}
	q->error = *e;
	attempt_end_soon(q, err_is_exhaustion(e->cls) ? -ERR_IO : -ERR_TEMP);
}

void attempt_start(struct delivery_queue *q, void (*done)(struct delivery_queue *q))
{
	static const struct sink_secrets no_secrets;
	const struct port_secret *port = &q->courier->o.ports->secret;
	const char *names[SECRETS_MAX];
	size_t n;

	q->attempt_done = done;
	q->state = QUEUE_SENDING;
	q->marked = q->due[0].d;
	q->conf = conf_ref(q->courier->conf);
	q->sending = q->cn;
	q->sent_at = clock_mono();
	n = conf_notify_credentials(q->sending, names, SECRETS_MAX);
	if (n == 0) {
		attempt_render_and_send(q, &no_secrets);
		return;
	}
	q->secret_op = port->start(port->ctx, q->conf, names, n, attempt_on_secrets, q);
	if (!q->secret_op)
		attempt_end_soon(q, err_nomem(&q->error));
}

void attempt_cancel(struct delivery_queue *q)
{
	const struct ports *ports = q->courier->o.ports;

	if (q->secret_op)
		ports->secret.cancel(ports->secret.ctx, q->secret_op);
	if (q->op)
		ports->send.cancel(ports->send.ctx, q->op);
	q->secret_op = NULL;
	q->op = NULL;
	conf_unref(q->conf);
	q->conf = NULL;
	q->sending = NULL;
}
