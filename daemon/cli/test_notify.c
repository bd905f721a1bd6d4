/* SPDX-License-Identifier: MIT */
/* nightdesk test-notify: sends a test message through one notify block. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "document/delivery.h"
#include "document/document.h"
#include "engine/secrets.h"
#include "io/loop.h"
#include "io/send.h"
#include "report.h"

#define ARENA_MAX     ((size_t)1024 * 1024)
#define HOSTNAME_SIZE 256

struct test_notify {
	const struct conf_notify *notify;
	struct loop *loop;
	struct arena *arena;
	bool json;
	struct sink_verdict verdict;
	int64_t started, took; /* ms */
};

static void test_notify_on_answer(void *arg, const struct sink_answer *a)
{
	struct test_notify *t = arg;

	sink_judge(t->notify, a, t->arena, &t->verdict);
	t->took = clock_mono() - t->started;
	loop_stop(t->loop);
}

static int test_notify_render(
	const struct conf *c, struct test_notify *t, struct sink_request *r, struct err *e)
{
	static char hostname[HOSTNAME_SIZE];
	struct secrets secrets;
	struct alert alert;
	struct notice notice;
	struct sink_context ctx = {
		.notify = t->notify,
		.secrets = &secrets.shown,
		.now = clock_wall(),
		.hostname = hostname,
		.pid = getpid(),
	};
	const char *names[SECRETS_MAX];
	size_t n = conf_notify_credentials(t->notify, names, SECRETS_MAX);
	int rc = secrets_read(c, names, n, &secrets, e);

	if (gethostname(hostname, sizeof(hostname) - 1))
		hostname[0] = '\0';
	alert_make_test(ctx.now, t->arena, &alert);
	notice = notice_of_alert(&alert);
	if (rc == 0)
		rc = sink_render(&ctx, &notice, t->arena, r, e);
	secrets_wipe(&secrets);
	return rc;
}

static int test_notify_send(struct test_notify *t, const struct sink_request *r, struct err *e)
{
	struct send *s;
	struct port_send port;
	int rc = -(int)ERR_NOMEM;

	t->loop = loop_new();
	s = t->loop ? send_new(t->loop) : NULL;
	if (s) {
		port = send_port(s);
		t->started = clock_mono();
		if (port.start(port.ctx, r, test_notify_on_answer, t))
			rc = loop_run(t->loop, e);
	}
	send_free(s);
	loop_free(t->loop);
	return rc == -(int)ERR_NOMEM ? err_nomem(e) : rc;
}

static void test_notify_print(const struct test_notify *t)
{
	if (t->json) {
		document_print(document_test(t->notify->name, &t->verdict, t->took), stdout);
		return;
	}
	printf("%s (%s): %s: ", t->notify->name, t->notify->type->name,
		document_verdict_name(t->verdict.kind));
	utf8_print(stdout, t->verdict.answer);
	printf(", after %lld ms\n", (long long)t->took);
}

static int test_notify_exit(enum sink_verdict_kind kind)
{
	switch (kind) {
	case SINK_DELIVERED: return CLI_OK;
	case SINK_TEMPORARY:
	case SINK_WAIT: return CLI_TEMPFAIL;
	case SINK_PERMANENT:
	case SINK_GONE: break;
	}
	return CLI_FINDINGS;
}

static int test_notify_block(const struct conf *c, const char *name, bool json)
{
	struct test_notify t = {.notify = conf_find_notify(c, str_of(name)), .json = json};
	struct sink_request r;
	struct err e;
	int code;

	if (!t.notify) {
		report_error("there is no notify block %s", name);
		return CLI_FINDINGS;
	}
	t.arena = arena_new(ARENA_MAX);
	err_nomem(&e);
	if (!t.arena || test_notify_render(c, &t, &r, &e) || test_notify_send(&t, &r, &e)) {
		report_error("%s: %s", name, e.text);
		code = e.cls == ERR_CONF ? CLI_FINDINGS : report_exit_code(&e);
	} else {
		test_notify_print(&t);
		code = test_notify_exit(t.verdict.kind);
	}
	arena_free(t.arena);
	return code;
}

static int test_notify_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	int code = CLI_OK;
	struct conf *c = conf_dir_load(call->cli, o->dir, &code);

	if (c)
		code = test_notify_block(c, call->operands[0], o->json);
	conf_unref(c);
	return code;
}

const struct cli_command cmd_test_notify = {
	.name = "test-notify",
	.summary = "send a marked test message through one notify block",
	.operands = "NAME",
	.values = CLI_RECEIVERS,
	.min = 1,
	.max = 1,
	.run = test_notify_run,
	.options = cli_plain_options,
	.detail =
		"Prints the server's answer. Exit status: 0 delivered, 1 refused or not possible\n"
		"with this configuration, 75 a temporary failure.",
};
