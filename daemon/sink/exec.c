/* SPDX-License-Identifier: MIT */
/*
 * A program of the operator's: started for each notice with fixed arguments, without a shell. The
 * document of the webhook is its standard input, its exit status the answer.
 */
#include "base/clock.h"
#include "sinks.h"

#define ARGUMENTS_MAX 64
#define TIMEOUT_MIN   CLOCK_SECOND
#define TIMEOUT_MAX   (10 * CLOCK_MINUTE)

struct exec {
	struct conf_list command;
	int64_t timeout;
	unsigned parallel;
};

static const struct conf_key_row exec_keys[] = {
	{CONF_KEY("command", COMMAND, exec, command), .required = true, .max = ARGUMENTS_MAX,
		.help = "the path of a program, and its arguments"},
	{CONF_KEY("timeout", DURATION, exec, timeout), .fallback = "30s", .min = TIMEOUT_MIN,
		.max = TIMEOUT_MAX, .help = "after that time the program is killed"},
	{CONF_KEY("parallel", COUNT, exec, parallel), .fallback = "8", .min = 1, .max = 64,
		.help = "how many of it may run at once"},
	{0},
};

static void exec_check(struct conf_check *c, const void *settings)
{
	const struct exec *x = settings;

	if (conf_check_given(c, "command") &&
		(x->command.n == 0 || !str_starts(x->command.v[0], STR("/"))))
		conf_check_error_at(c, "command", "write { \"/usr/local/bin/page\", \"--desk\" }",
			"command: a program is named by its path from /");
}

static int exec_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct exec *x = ctx->notify->settings;

	out->transport = SINK_EXEC;
	out->command = x->command.v;
	out->n_command = x->command.n;
	out->timeout = x->timeout;
	return sink_document_line(m, arena, &out->body, e);
}

static size_t exec_window(const void *settings)
{
	return ((const struct exec *)settings)->parallel;
}

/* sysexits.h: what says that this document is refused, not that the program fails. */
static const struct {
	long status;
	const char *name;
	enum sink_verdict_kind kind;
} exec_statuses[] = {
	{65, "data error", SINK_BAD},
	{67, "addressee unknown", SINK_BAD},
	{75, "temporary failure", SINK_TROUBLE},
};

static void exec_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	const char *name = "";

	if (a->error != ERR_NONE) {
		sink_write_judge(a, arena, out);
		return;
	}
	if (a->status == 0) {
		out->answer = STR("exit status 0");
		return;
	}
	out->kind = SINK_TROUBLE;
	for (size_t i = 0; i < sizeof(exec_statuses) / sizeof(exec_statuses[0]); i++) {
		if (exec_statuses[i].status != a->status)
			continue;
		out->kind = exec_statuses[i].kind;
		name = exec_statuses[i].name;
	}
	sink_verdict_say(out, arena_printf(arena, "exit status %ld%s%s%s", a->status,
				      *name ? ", " : "", name, sink_verdict_quote(arena, a->body)));
}

const struct sink_type sink_exec = {
	.conf = {"exec", exec_keys, sizeof(struct exec), exec_check, .utc = true},
	.render = exec_render,
	.judge = exec_judge,
	.window = 8,
	.window_of = exec_window,
	.max_bytes = SINK_LINE_MAX,
	.sends_json = true,
	.grows = true,
};
