/* SPDX-License-Identifier: MIT */
#include "engine/test_message.h"

#include <stdlib.h>

#include "base/clock.h"
#include "engine/secrets.h"

#define TEST_ARENA_MAX ((size_t)1024 * 1024)

struct test_message {
	struct test_message_sender by;
	const struct conf_notify *notify; /* in by.conf */
	struct arena *arena;
	struct secret_op *secret_op;
	struct send_op *send_op;
	struct timer_op *timer;
	struct err error;
	int64_t started; /* monotonic */
	test_message_fn *done;
	void *arg;
	LIST_ENTRY(test_message) link;
};

static void test_message_free(struct test_message *t)
{
	conf_unref(t->by.conf);
	arena_free(t->arena);
	free(t);
}

/* verdict NULL: t->error says why nothing was sent. */
static void test_message_end(struct test_message *t, const struct sink_verdict *verdict)
{
	const struct test_message_result result = {.notify = t->notify,
		.verdict = verdict,
		.error = &t->error,
		.took = clock_mono() - t->started};

	LIST_REMOVE(t, link);
	t->done(t->arg, &result);
	test_message_free(t);
}

static void test_message_on_timer(void *arg)
{
	struct test_message *t = arg;

	t->timer = NULL;
	test_message_end(t, NULL);
}

/* From a timer, since start must not call back. */
static void test_message_fail_soon(struct test_message *t)
{
	const struct port_timer *port = &t->by.ports->timer;

	t->timer = port->start(port->ctx, 0, test_message_on_timer, t);
}

static void test_message_on_answer(void *arg, const struct sink_answer *a)
{
	struct test_message *t = arg;
	struct sink_verdict verdict;

	t->send_op = NULL;
	sink_judge(t->notify, a, t->arena, &verdict);
	test_message_end(t, &verdict);
}

static void test_message_send(struct test_message *t, const struct sink_secrets *secrets)
{
	const struct port_send *port = &t->by.ports->send;
	struct sink_context ctx = {
		.notify = t->notify,
		.secrets = secrets,
		.now = clock_wall(),
		.hostname = t->by.hostname,
		.pid = t->by.pid,
	};
	struct sink_request request = {0};
	struct notice notice;
	struct alert alert;

	if (!t->by.alert)
		alert_make_test(ctx.now, t->arena, &alert);
	notice = notice_of_alert(t->by.alert ? t->by.alert : &alert);
	if (sink_render(&ctx, &notice, t->arena, &request, &t->error) == 0) {
		t->send_op = port->start(port->ctx, &request, test_message_on_answer, t);
		if (!t->send_op)
			(void)err_nomem(&t->error);
	}
	if (!t->send_op)
		test_message_fail_soon(t);
}

static void test_message_on_secrets(void *arg, const struct secrets *s, const struct err *e)
{
	struct test_message *t = arg;

	t->secret_op = NULL;
	if (s) {
		test_message_send(t, &s->shown);
		return;
	}
	t->error = *e;
	test_message_end(t, NULL);
}

static void test_message_read_secrets(struct test_message *t)
{
	static const struct sink_secrets none;
	const struct port_secret *port = &t->by.ports->secret;
	const char *names[SECRETS_MAX];
	size_t n = conf_notify_credentials(t->notify, names, SECRETS_MAX);

	if (n == 0) {
		test_message_send(t, &none);
		return;
	}
	t->secret_op = port->start(port->ctx, t->by.conf, names, n, test_message_on_secrets, t);
	if (!t->secret_op) {
		(void)err_nomem(&t->error);
		test_message_fail_soon(t);
	}
}

bool test_message_start(struct test_message_list *list, const struct test_message_sender *s,
	const struct conf_notify *notify, test_message_fn *done, void *arg)
{
	struct test_message *t = calloc(1, sizeof(*t));

	if (!t)
		return false;
	t->arena = arena_new(TEST_ARENA_MAX);
	if (!t->arena) {
		free(t);
		return false;
	}
	t->by = *s;
	t->by.conf = conf_ref(s->conf);
	t->notify = notify;
	t->done = done;
	t->arg = arg;
	t->started = clock_mono();
	LIST_INSERT_HEAD(list, t, link);
	test_message_read_secrets(t);
	return true;
}

void test_message_stop(struct test_message_list *list, const char *reason)
{
	struct test_message *t;

	while ((t = LIST_FIRST(list)) != NULL) {
		const struct ports *ports = t->by.ports;

		if (t->secret_op)
			ports->secret.cancel(ports->secret.ctx, t->secret_op);
		if (t->send_op)
			ports->send.cancel(ports->send.ctx, t->send_op);
		port_timer_stop(&ports->timer, &t->timer);
		if (!reason) {
			LIST_REMOVE(t, link);
			test_message_free(t);
			continue;
		}
		(void)err_set(&t->error, ERR_TEMP, "%s", reason);
		test_message_end(t, NULL);
	}
}
