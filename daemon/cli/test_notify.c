/* SPDX-License-Identifier: MIT */
/*
 * nightdesk test-notify: a test message through one notify block, sent by the running daemon, with
 * its rights and credentials; by this process only while no daemon runs.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "conf_dir.h"
#include "daemon_ask.h"
#include "document/delivery.h"
#include "document/document.h"
#include "engine/secrets.h"
#include "engine/test_message.h"
#include "io/loop.h"
#include "io/send.h"
#include "report.h"

#define HOSTNAME_SIZE 256
#define ANSWER_MS     120000

/* --- the answer --- */

static int test_notify_exit(const char *result)
{
	if (strcmp(result, "delivered") == 0)
		return CLI_OK;
	if (strcmp(result, "later") == 0 || strcmp(result, "trouble") == 0 ||
		strcmp(result, "wait") == 0)
		return CLI_TEMPFAIL;
	return CLI_FINDINGS;
}

static const char *test_notify_text(const json_t *answer, const char *key)
{
	const char *text = json_string_value(json_object_get(answer, key));

	return text ? text : "";
}

/* Takes the reference to answer, a document_test(). */
static int test_notify_print(json_t *answer, bool json)
{
	int code = test_notify_exit(test_notify_text(answer, "result"));

	if (json) {
		document_print(answer, stdout);
		return code;
	}
	printf("%s (%s): %s: ", test_notify_text(answer, "notify"),
		test_notify_text(answer, "type"), test_notify_text(answer, "result"));
	utf8_print(stdout, str_of(test_notify_text(answer, "answer")));
	printf(", after %lld ms\n", (long long)json_integer_value(json_object_get(answer, "ms")));
	json_decref(answer);
	return code;
}

/* --- without the daemon --- */

struct test_notify {
	struct loop *loop;
	struct secrets secrets;
	struct err error;
	secret_done_fn *on_secrets;
	void *arg;
	json_t *answer;
};

static void test_notify_pass_secrets(void *arg)
{
	struct test_notify *t = arg;
	bool failed = t->error.cls != ERR_NONE;

	t->on_secrets(t->arg, failed ? NULL : &t->secrets, &t->error);
	secrets_wipe(&t->secrets);
}

/* struct port_secret: nothing else runs on this loop, so it may wait for files. */
static struct secret_op *test_notify_read_secrets(void *ctx, struct conf *conf,
	const char *const *names, size_t n, secret_done_fn *done, void *arg)
{
	struct test_notify *t = ctx;

	t->on_secrets = done;
	t->arg = arg;
	(void)secrets_read(conf, names, n, &t->secrets, &t->error);
	return (struct secret_op *)loop_timer(t->loop, "secrets", 0, test_notify_pass_secrets, t);
}

static void test_notify_cancel_secrets(void *ctx, struct secret_op *op)
{
	struct test_notify *t = ctx;

	loop_timer_cancel((struct timer_op *)op);
	secrets_wipe(&t->secrets);
}

static void test_notify_done(void *arg, const struct test_message_result *r)
{
	struct test_notify *t = arg;

	if (r->verdict)
		t->answer = document_test(r->notify, r->verdict, r->took, "command");
	else
		t->error = *r->error;
	loop_stop(t->loop);
}

static void test_notify_send(struct test_notify *t, struct conf *c, const struct conf_notify *cn)
{
	struct test_message_list list = LIST_HEAD_INITIALIZER(list);
	char hostname[HOSTNAME_SIZE] = "";
	struct send *s = send_new(t->loop);
	struct ports ports = {.timer = loop_timers(t->loop),
		.secret = {.ctx = t,
			.start = test_notify_read_secrets,
			.cancel = test_notify_cancel_secrets}};
	const struct test_message_sender by = {
		.ports = &ports, .conf = c, .hostname = hostname, .pid = getpid()};

	if (gethostname(hostname, sizeof(hostname) - 1))
		hostname[0] = '\0';
	err_nomem(&t->error);
	if (s) {
		ports.send = send_port(s);
		t->error = (struct err){0};
		if (!test_message_start(&list, &by, cn, test_notify_done, t))
			err_nomem(&t->error);
		else
			(void)loop_run(t->loop, &t->error);
	}
	test_message_stop(&list, NULL);
	send_free(s);
}

static int test_notify_report_none(const struct cli_call *call, struct conf *c, const char *name)
{
	struct conf *whole;
	int code = CLI_OK;

	if (!c->broken)
		return conf_dir_report_no_notify(c, name);
	whole = conf_dir_load(call->cli, call->options.dir, &code); /* prints the errors */
	conf_unref(whole);
	return code;
}

static int test_notify_here(const struct cli_call *call, struct conf *c, const char *name)
{
	const struct conf_notify *cn = conf_find_notify(c, str_of(name));
	struct test_notify t = {0};
	int code;

	if (!cn)
		return test_notify_report_none(call, c, name);
	t.loop = loop_new();
	if (!t.loop)
		return report_nomem();
	fputs("nightdesk is not running: this command sends, with your rights and the "
	      "credentials that you can read\n",
		stderr);
	test_notify_send(&t, c, cn);
	if (t.answer) {
		code = test_notify_print(t.answer, call->options.json);
	} else {
		report_error("%s: %s", name, t.error.text);
		code = t.error.cls == ERR_CONF ? CLI_FINDINGS : report_exit_code(&t.error);
	}
	loop_free(t.loop);
	return code;
}

/* --- the command --- */

static int test_notify_run(const struct cli_call *call)
{
	const char *name = call->operands[0];
	bool down = false;
	int code = CLI_OK;
	struct conf *c = conf_dir_load_daemon(call->cli, call->options.dir, &code);
	json_t *answer = NULL;

	if (c)
		answer = daemon_ask(c,
			json_pack("{ss ss}", "command", "test-notify", "notify", name), ANSWER_MS,
			&down, &code);
	if (answer)
		code = test_notify_print(answer, call->options.json);
	else if (down)
		code = test_notify_here(call, c, name);
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
		"The running daemon sends it, with its own rights, credentials and configuration;\n"
		"while it is down this command does, and says so. Prints the server's answer. "
		"Exit\n"
		"status: 0 delivered, 1 refused or not possible with this configuration, 75 a\n"
		"temporary failure.",
};
