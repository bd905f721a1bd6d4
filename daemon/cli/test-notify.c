/* SPDX-License-Identifier: MIT */
/* nightdesk test-notify: one marked message through one notify block, and what came back. */
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "command.h"
#include "document/delivery.h"
#include "document/document.h"
#include "engine/secrets.h"
#include "io/loop.h"
#include "io/send.h"

#define ARENA_MAX     ((size_t)1024 * 1024)
#define HOSTNAME_SIZE 256

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{0},
};

struct test {
	const struct conf_notify *notify;
	struct loop *loop;
	struct arena *arena;
	bool json;
	struct sink_verdict verdict;
	int64_t started, took; /* ms */
};

static void on_answer(void *arg, const struct sink_answer *a)
{
	struct test *t = arg;

	sink_judge(t->notify, a, t->arena, &t->verdict);
	t->took = clock_mono() - t->started;
	loop_stop(t->loop);
}

static int render(const struct conf *c, struct test *t, struct sink_request *r, struct err *e)
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

static int deliver(struct test *t, const struct sink_request *r, struct err *e)
{
	struct send *s;
	struct port_send port;
	int rc = -(int)ERR_NOMEM;

	t->loop = loop_new();
	s = t->loop ? send_new(t->loop) : NULL;
	if (s) {
		port = send_port(s);
		t->started = clock_mono();
		if (port.start(port.ctx, r, on_answer, t))
			rc = loop_run(t->loop, e);
	}
	send_free(s);
	loop_free(t->loop);
	return rc == -(int)ERR_NOMEM ? err_nomem(e) : rc;
}

static void print(const struct test *t)
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

static int exit_of(enum sink_verdict_kind kind)
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

static int test_one(const struct conf *c, const char *name, bool json)
{
	struct test t = {.notify = conf_find_notify(c, str_of(name)), .json = json};
	struct sink_request r;
	struct err e;
	int code;

	if (!t.notify) {
		cli_complain("there is no notify block %s", name);
		return CLI_FINDINGS;
	}
	t.arena = arena_new(ARENA_MAX);
	err_nomem(&e);
	if (!t.arena || render(c, &t, &r, &e) || deliver(&t, &r, &e)) {
		cli_complain("%s: %s", name, e.text);
		code = e.cls == ERR_CONF ? CLI_FINDINGS : cli_exit_of(&e);
	} else {
		print(&t);
		code = cli_finish(exit_of(t.verdict.kind));
	}
	arena_free(t.arena);
	return code;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	const char *dir = CLI_CONF_DIR;
	struct cli_args args;
	struct conf *c;
	bool json = false;
	int code;

	cli_args_init(&args, self, argc, argv);
	if (cli_args_conf_json(&args, &dir, &json))
		return CLI_USAGE;
	if (argc - args.next != 1)
		return cli_usage(self, "needs the name of one notify block");
	c = cli_conf(cli, dir, &code);
	if (c)
		code = test_one(c, argv[args.next], json);
	conf_unref(c);
	return code;
}

const struct cli_command cmd_test_notify = {
	.name = "test-notify",
	.operands = "NAME",
	.summary = "send a marked test message through one notify block",
	.options = options,
	.detail = "Prints what the server answered. Exit codes: 0 delivered; 1 refused, or the "
		  "block\n"
		  "cannot work as it is; 75 a failure that may pass.",
	.run = run,
};
