/* SPDX-License-Identifier: MIT */
/* SENDING: one delivery rendered, sent, and its answer judged. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "delivery_queue.h"
#include "engine/schedule.h"
#include "engine/secrets.h"
#include "sink/sink.h"

static void trouble(struct lane *l)
{
	struct courier *c = l->courier;

	c->failures++;
	if (++l->failures == LANE_TROUBLE)
		log_warn("notify-failing", LOG_S("notify", l->name), LOG_I("failures", l->failures),
			LOG_S("state", "probed with one message now and then"));
	if (l->failures >= LANE_TROUBLE)
		l->wait_to = clock_mono() + schedule_probe(l->failures, c->o.rng);
}

static void works(struct lane *l)
{
	if (l->failures >= LANE_TROUBLE) {
		l->recovered = true;
		log_notice("notify-recovered", LOG_S("notify", l->name));
	}
	l->failures = 0;
	l->gone = false;
}

static void well(struct lane *l)
{
	l->courier->delivered++;
	works(l);
}

static void set_result(struct lane *l, enum store_delivery_state state, int64_t wait)
{
	l->marked.state = state;
	courier_look_at_clock(l->courier);
	l->marked.next_at = clock_wall() + wait;
	l->counted = true;
}

static void tell_failure(const struct lane *l, const char *what, int64_t wait)
{
	const struct store_delivery *d = &l->marked;

	log_warn("delivery-failed", LOG_S("notify", l->name), LOG_STR("alert", d->alert_id),
		LOG_I("attempt", d->attempts + 1), LOG_STR("answer", d->answer),
		LOG_S("state", what), LOG_I("next_s", wait / 1000));
}

static void failed_for_now(struct lane *l)
{
	int64_t wait = schedule_next_attempt(l->marked.attempts + 1, l->courier->o.rng);

	/* Who refuses some recipients, and took it for others, is not in trouble. */
	l->recovered = false;
	if (str_present(l->marked.served))
		l->courier->failures++;
	else
		trouble(l);
	set_result(l, wait < 0 ? STORE_DEAD : STORE_PENDING, wait < 0 ? 0 : wait);
	tell_failure(l, wait < 0 ? "dead" : "pending", wait < 0 ? 0 : wait);
}

static void failed_for_good(struct lane *l)
{
	l->courier->failures++;
	set_result(l, STORE_FAILED, 0);
	tell_failure(l, "failed", 0);
}

static void receiver_gone(struct lane *l)
{
	if (!l->gone)
		log_error("notify-gone", LOG_S("notify", l->name),
			LOG_STR("answer", l->marked.answer),
			LOG_S("advice", "its receiver says that it is no more: set a new url"));
	l->gone = true;
	l->wait_to = clock_mono() + LANE_GONE_RETRY;
	failed_for_good(l);
}

static void asked_to_wait(struct lane *l, int64_t wait)
{
	if (wait > SCHEDULE_ASK_MAX)
		wait = SCHEDULE_ASK_MAX;
	if (wait <= 0)
		wait = CLOCK_SECOND;
	l->wait_to = clock_mono() + wait;
	set_result(l, STORE_PENDING, wait);
	l->counted = false;
	log_info("delivery-waits", LOG_S("notify", l->name), LOG_STR("alert", l->marked.alert_id),
		LOG_STR("answer", l->marked.answer), LOG_I("next_s", wait / 1000));
}

/* Without memory it is forgotten who has it: they get it again, under the same id. */
static void some_have_it(struct lane *l, struct str served)
{
	struct str before = l->marked.served;
	const char *all = arena_printf(
		l->arena, "%.*s%s%.*s", STR_ARG(before), before.n ? " " : "", STR_ARG(served));

	l->marked.served = str_of(all);
}

static void act(struct lane *l, const struct sink_verdict *v)
{
	l->marked.answer = v->answer;
	if (str_present(v->served))
		some_have_it(l, v->served);
	l->wait_to = clock_mono() + sink_type_of(l->sending)->pace_ms;
	switch (v->kind) {
	case SINK_DELIVERED:
		well(l);
		set_result(l, STORE_DELIVERED, 0);
		log_info("delivered", LOG_S("notify", l->name),
			LOG_STR("alert", l->marked.alert_id),
			LOG_I("attempt", l->marked.attempts + 1),
			LOG_I("ms", clock_mono() - l->sent_at));
		break;
	case SINK_TEMPORARY: failed_for_now(l); break;
	case SINK_PERMANENT: failed_for_good(l); break;
	case SINK_GONE: receiver_gone(l); break;
	case SINK_WAIT: asked_to_wait(l, v->wait); break;
	}
	if (str_present(v->served))
		works(l);
	conf_unref(l->conf);
	l->conf = NULL;
	l->sending = NULL;
	lane_post(l, LANE_MARKING);
}

static void on_answer(void *arg, const struct sink_answer *a)
{
	struct lane *l = arg;
	struct sink_verdict v;

	l->op = NULL;
	sink_judge(l->sending, a, l->arena, &v);
	act(l, &v);
}

static void on_not_sent(void *arg)
{
	struct lane *l = arg;
	struct sink_verdict v = {.kind = SINK_TEMPORARY};

	l->timer = NULL;
	if (l->rc == 0) {
		v.kind = SINK_DELIVERED;
		v.answer = STR("all of its recipients have it");
		act(l, &v);
		return;
	}
	if (l->rc == -ERR_CONF || l->rc == -ERR_LIMIT || l->rc == -ERR_INPUT)
		v.kind = SINK_PERMANENT;
	v.answer = arena_str(l->arena, str_of(l->error.text));
	if (!str_present(v.answer))
		v.answer = STR("out of memory");
	act(l, &v);
}

/* A secret that cannot be read may be back soon; a message that cannot be written never is. */
static int start(struct lane *l)
{
	struct courier *c = l->courier;
	const struct port_send *port = &c->o.ports->send;
	struct sink_request request = {0};
	struct secrets secrets;
	struct sink_context ctx = {
		.notify = l->sending,
		.secrets = &secrets.shown,
		.now = clock_wall(),
		.hostname = c->o.hostname,
		.pid = c->o.pid,
		.served = l->marked.served,
	};
	struct notice notice = notice_of_alert(&l->due[0].alert);
	int rc = secrets_read(l->conf, l->sending, &secrets, &l->error);

	if (rc != 0)
		rc = -ERR_TEMP;
	else
		rc = sink_render(&ctx, &notice, l->arena, &request, &l->error);
	if (rc == 0 && !request.needless) {
		l->op = port->start(port->ctx, &request, on_answer, l);
		if (!l->op)
			rc = err_nomem(&l->error);
	}
	secrets_wipe(&secrets);
	return rc;
}

void lane_send(struct lane *l)
{
	const struct port_timer *port = &l->courier->o.ports->timer;

	l->state = LANE_SENDING;
	l->marked = l->due[0].d;
	l->conf = conf_ref(l->courier->conf);
	l->sending = l->cn;
	l->sent_at = clock_mono();
	l->rc = start(l);
	if (!l->op)
		l->timer = port->start(port->ctx, 0, on_not_sent, l);
}

void lane_send_cancel(struct lane *l)
{
	const struct port_send *port = &l->courier->o.ports->send;

	if (l->op)
		port->cancel(port->ctx, l->op);
	l->op = NULL;
	conf_unref(l->conf);
	l->conf = NULL;
	l->sending = NULL;
}
