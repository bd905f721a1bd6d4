/* SPDX-License-Identifier: MIT */
#include "ack_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/zone.h"
#include "engine/secrets.h"

#define READER_ARENA_MAX ((size_t)4 * 1024 * 1024)
#define READER_MESSAGES	 ((size_t)2000)
/* Between two questions about a message: while it is new, in its first hour, and later. */
#define READER_PAUSE	 (5 * CLOCK_SECOND)
#define READER_PAUSE_OLD (10 * CLOCK_SECOND)
#define READER_PAUSE_MAX (30 * CLOCK_SECOND)
#define READER_NEW	 (10 * CLOCK_MINUTE)
#define READER_FAIL_MAX	 (5 * CLOCK_MINUTE)
#define READER_FAILS	 3 /* in a row: the receiver is in trouble */
#define READER_DESK	 (30 * CLOCK_SECOND)

static void ack_reader_look(struct ack_reader *r);
static void ack_reader_next(struct ack_reader *r);

/* --- life --- */

void ack_reader_free(struct ack_reader *r)
{
	LIST_REMOVE(r, link);
	conf_unref(r->conf);
	arena_free(r->arena);
	free(r);
}

static void ack_reader_on_timer(void *arg)
{
	struct ack_reader *r = arg;

	r->timer = NULL;
	ack_reader_look(r);
}

static void ack_reader_wait(struct ack_reader *r, int64_t ms)
{
	const struct port_timer *port = &r->all->o.ports->timer;

	conf_unref(r->conf);
	r->conf = NULL;
	if (r->all->running)
		r->timer = port->start(port->ctx, ms, ack_reader_on_timer, r);
}

/* Nothing waits for somebody there, or the receiver is not configured any more. */
static void ack_reader_end(struct ack_reader *r)
{
	trouble_end(r->all->o.troubles, TROUBLE_ACKS_UNREAD, str_of(r->name));
	log_debug("acks-read", LOG_S("notify", r->name), LOG_S("state", "nobody is asked"));
	ack_reader_free(r);
}

static void ack_reader_pause(struct ack_reader *r)
{
	int64_t age = clock_mono() - r->since, wait = READER_PAUSE_MAX;

	if (age < READER_NEW)
		wait = READER_PAUSE;
	else if (age < CLOCK_HOUR)
		wait = READER_PAUSE_OLD;
	if (!r->source->whole && r->n_asked)
		wait /= (int64_t)r->n_asked;
	if (wait < r->source->pace_ms || r->acks.more)
		wait = r->source->pace_ms;
	ack_reader_wait(r, wait);
}

/* asked: ms that the service wants to be left alone; 0: it does not say. */
static void ack_reader_fail(struct ack_reader *r, struct str why, int64_t asked)
{
	unsigned shift = r->fails < 10 ? r->fails : 10;
	int64_t wait = READER_PAUSE << shift;

	r->fails++;
	log_info("acks-unread", LOG_S("notify", r->name), LOG_STR("answer", why));
	if (r->fails >= READER_FAILS)
		trouble_begin(r->all->o.troubles, TROUBLE_ACKS_UNREAD, str_of(r->name), why);
	if (wait > READER_FAIL_MAX)
		wait = READER_FAIL_MAX;
	ack_reader_wait(r, wait > asked ? wait : asked);
}

/* The desk had no time or memory, or its disk is full: that is reported where it happens more. */
static void ack_reader_wait_for_desk(struct ack_reader *r)
{
	struct err e = r->error;

	if (r->rc == -(int)ERR_IO) {
		r->all->o.fatal(r->all->o.arg, &e);
		return;
	}
	log_debug("acks-wait", LOG_S("notify", r->name), LOG_E(&e));
	ack_reader_wait(r, READER_DESK);
}

static void ack_reader_post(struct ack_reader *r, job_run_fn *run, job_done_fn *done)
{
	r->job_out = true;
	r->now = clock_wall();
	r->job = (struct job){.run = run, .done = done, .arg = r};
	jobs_post(r->all->o.jobs, &r->job);
}

/* --- requests --- */

static const char *ack_reader_reply_text(const struct ack_reader *r)
{
	const struct store_ack *v = &r->stored[r->at];
	char stamp[STAMP_TEXT_MAX];
	const char *text = NULL;

	if (v->result == STORE_ACK_FIRST)
		return "You have it. The others see that.";
	if (v->result == STORE_ACK_EARLIER)
		text = arena_printf(r->arena, "%.*s has it since %s.", STR_ARG(v->by),
			zone_minute_text(r->notify->zone, v->at, stamp));
	return text ? text : "This alert does not wait for anybody any more.";
}

static int ack_reader_render(
	struct ack_reader *r, const struct sink_secrets *secrets, struct sink_request *out)
{
	const struct sink_context ctx = {.notify = r->notify,
		.secrets = secrets,
		.now = clock_wall(),
		.hostname = r->all->o.hostname,
		.pid = r->all->o.pid};
	const struct sink_ack *ack = &r->acks.v[r->at];

	switch (r->step) {
	case READER_ASK: return sink_ack_ask(&ctx, &r->question, r->arena, out, &r->error);
	case READER_NAME: return sink_ack_ask_name(&ctx, ack->who, r->arena, out, &r->error);
	case READER_REPLY:
		return sink_ack_reply(
			&ctx, ack, ack_reader_reply_text(r), r->arena, out, &r->error);
	}
	return err_set(&r->error, ERR_BUG, "no such step");
}

static void ack_reader_hear(struct ack_reader *r, const struct sink_answer *a)
{
	struct sink_verdict v = {.kind = SINK_DELIVERED};

	r->acks = (struct sink_acks){.n = 0};
	if (a && a->body.n >= SINK_ACK_ANSWER_MAX) {
		v.kind = SINK_TROUBLE; /* its end is missing */
		v.answer = STR("an answer that is too long");
	} else if (a) {
		r->source->hear(&r->question, a, r->arena, &r->acks, &v);
	} else {
		v.kind = SINK_TROUBLE;
		v.answer = arena_str(r->arena, str_of(r->error.text));
	}
	switch (v.kind) {
	case SINK_DELIVERED:
		if (r->question.mark)
			r->noted = r->question.mark;
		break;
	case SINK_BAD:
	case SINK_UNTIED: break; /* that message is gone, others are not */
	case SINK_LATER:
	case SINK_TROUBLE:
	case SINK_GONE:
	case SINK_WAIT:
		ack_reader_fail(r, str_present(v.answer) ? v.answer : STR("out of memory"), v.wait);
		return;
	}
	r->fails = 0;
	trouble_end(r->all->o.troubles, TROUBLE_ACKS_UNREAD, str_of(r->name));
	r->at = 0;
	r->step = READER_NAME;
	ack_reader_next(r);
}

/* a NULL: nothing was sent, r->error says why. */
static void ack_reader_take(struct ack_reader *r, const struct sink_answer *a)
{
	struct sink_ack *ack = &r->acks.v[r->at];

	switch (r->step) {
	case READER_ASK: ack_reader_hear(r, a); return;
	case READER_NAME:
		ack->by = a && a->error == ERR_NONE ? r->source->hear_name(a, r->arena) : STR_NONE;
		if (!str_present(ack->by))
			ack->by = ack->who;
		break;
	case READER_REPLY: r->at++; break; /* what becomes of it changes nothing */
	}
	ack_reader_next(r);
}

static void ack_reader_on_answer(void *arg, const struct sink_answer *a)
{
	struct ack_reader *r = arg;

	r->send_op = NULL;
	ack_reader_take(r, a);
}

static void ack_reader_on_secrets(void *arg, const struct secrets *s, const struct err *e)
{
	struct ack_reader *r = arg;
	const struct port_send *port = &r->all->o.ports->send;
	struct sink_request request;

	r->secret_op = NULL;
	if (!s) {
		r->error = *e;
	} else if (ack_reader_render(r, &s->shown, &request) == 0) {
		r->send_op = port->start(port->ctx, &request, ack_reader_on_answer, r);
		if (!r->send_op)
			(void)err_nomem(&r->error);
	}
	if (!r->send_op)
		ack_reader_take(r, NULL);
}

static void ack_reader_request(struct ack_reader *r)
{
	const struct port_secret *port = &r->all->o.ports->secret;
	const char *names[SECRETS_MAX];
	size_t n = conf_notify_credentials(r->notify, names, SECRETS_MAX);

	r->secret_op = port->start(port->ctx, r->conf, names, n, ack_reader_on_secrets, r);
	if (!r->secret_op)
		ack_reader_fail(r, STR("out of memory"), 0);
}

/* --- storing --- */

/*
 * The alert of the message. Several receivers may share a bot, whose one reader hears of the
 * messages of all; but two servers may give the same name to theirs, so that its own goes first.
 */
static struct str ack_reader_find(const struct ack_reader *r, struct str receipt)
{
	struct str found = STR_NONE;

	for (size_t i = 0; i < r->n_asked; i++) {
		const struct conf_notify *n = conf_find_notify(r->conf, r->asked[i].notify);

		if (!str_eq(r->asked[i].receipt, receipt))
			continue;
		if (n == r->notify)
			return r->asked[i].alert;
		if (r->source->whole && n && n->type == r->notify->type && !str_present(found))
			found = r->asked[i].alert;
	}
	return found;
}

static void ack_reader_put_run(void *arg, struct desk *desk, struct store *store)
{
	struct ack_reader *r = arg;

	(void)desk;
	r->rc = store_asked(
		store, r->now, READER_MESSAGES, r->arena, &r->asked, &r->n_asked, &r->error);
	for (size_t i = 0; r->rc == 0 && i < r->acks.n; i++) {
		struct str alert = ack_reader_find(r, r->acks.v[i].receipt);

		r->stored[i] = (struct store_ack){.result = STORE_ACK_UNKNOWN};
		if (str_present(alert))
			r->rc = store_ack_put(store, alert, r->acks.v[i].by, r->now, r->arena,
				&r->stored[i], &r->error);
	}
}

static void ack_reader_put_done(void *arg)
{
	struct ack_reader *r = arg;
	bool acked = false;

	r->job_out = false;
	if (!r->all->running)
		return;
	for (size_t i = 0; i < r->acks.n; i++) {
		const struct store_ack *v = &r->stored[i];

		if (v->result != STORE_ACK_FIRST)
			continue;
		acked = true;
		log_notice("acknowledged", LOG_STR("alert", v->id), LOG_STR("by", v->by),
			LOG_S("notify", r->name));
	}
	if (acked)
		r->all->acked(r->all->o.arg);
	if (r->rc) {
		ack_reader_wait_for_desk(r);
		return;
	}
	if (r->acks.mark)
		r->mark = r->acks.mark;
	r->step = READER_REPLY;
	r->at = 0;
	ack_reader_next(r);
}

/* After each acknowledgement in turn. */
static void ack_reader_next(struct ack_reader *r)
{
	const struct sink_ack_source *s = r->source;

	if (r->step == READER_NAME) {
		while (r->at < r->acks.n && str_present(r->acks.v[r->at].by))
			r->at++;
		if (r->at < r->acks.n) {
			ack_reader_request(r);
		} else if (r->acks.n || (r->acks.mark && r->acks.mark != r->mark)) {
			memset(r->stored, 0, sizeof(r->stored));
			ack_reader_post(r, ack_reader_put_run, ack_reader_put_done);
		} else {
			ack_reader_pause(r);
		}
		return;
	}
	while (r->at < r->acks.n && !(s->reply && str_present(r->acks.v[r->at].token)))
		r->at++;
	if (r->at < r->acks.n)
		ack_reader_request(r);
	else
		ack_reader_pause(r);
}

/* --- looking what to ask for --- */

static void ack_reader_look_run(void *arg, struct desk *desk, struct store *store)
{
	struct ack_reader *r = arg;
	size_t n = 0;

	(void)desk;
	arena_clear(r->arena);
	r->rc = store_asked_any(store, r->now, &r->any, &r->error);
	if (r->rc == 0)
		r->rc = store_asked(store, r->now, READER_MESSAGES, r->arena, &r->asked,
			&r->n_asked, &r->error);
	for (size_t i = 0; r->rc == 0 && i < r->n_asked; i++)
		if (str_is(r->asked[i].notify, r->name))
			r->asked[n++] = r->asked[i];
	r->n_asked = r->rc ? 0 : n;
}

/*
 * Chooses the message in turn. A mark is passed on once: the numbers of another bot, whose token
 * took the place of the first, may be lower.
 */
static void ack_reader_ask(struct ack_reader *r)
{
	r->question = (struct sink_ack_question){.mark = r->mark != r->noted ? r->mark : 0};
	if (r->n_asked) {
		struct str newest = r->asked[0].alert;

		if (!str_is(newest, r->newest)) {
			snprintf(r->newest, sizeof(r->newest), "%.*s", STR_ARG(newest));
			r->since = clock_mono();
			r->turn = 0;
		}
		r->question.receipt = r->asked[r->turn++ % r->n_asked].receipt;
	}
	r->step = READER_ASK;
	ack_reader_request(r);
}

static void ack_reader_look_done(void *arg)
{
	struct ack_reader *r = arg;

	r->job_out = false;
	if (!r->all->running)
		return;
	if (r->rc) {
		ack_reader_wait_for_desk(r);
		return;
	}
	/* What is stored may be forgotten by the service, even if nothing is asked there. */
	if (r->n_asked || (r->source->whole && r->mark != r->noted))
		ack_reader_ask(r);
	else if (r->any)
		ack_reader_wait(r, READER_PAUSE);
	else
		ack_reader_end(r);
}

static void ack_reader_look(struct ack_reader *r)
{
	r->conf = conf_ref(r->all->conf);
	r->notify = conf_find_notify(r->conf, str_of(r->name));
	r->source = r->notify ? sink_ack_source_of(r->notify) : NULL;
	if (r->source)
		ack_reader_post(r, ack_reader_look_run, ack_reader_look_done);
	else
		ack_reader_end(r);
}

bool ack_reader_add(struct ack_readers *all, const char *name)
{
	size_t n = strlen(name);
	struct ack_reader *r = calloc(1, sizeof(*r) + n + 1);

	if (r)
		r->arena = arena_new(READER_ARENA_MAX);
	if (!r || !r->arena) {
		free(r);
		return false;
	}
	memcpy(r->name, name, n + 1);
	r->all = all;
	LIST_INSERT_HEAD(&all->list, r, link);
	ack_reader_wait(r, READER_PAUSE);
	return true;
}

void ack_reader_stop(struct ack_reader *r)
{
	const struct ports *ports = r->all->o.ports;

	port_timer_stop(&ports->timer, &r->timer);
	if (r->secret_op)
		ports->secret.cancel(ports->secret.ctx, r->secret_op);
	if (r->send_op)
		ports->send.cancel(ports->send.ctx, r->send_op);
	r->secret_op = NULL;
	r->send_op = NULL;
}
