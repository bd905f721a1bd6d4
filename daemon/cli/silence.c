/* SPDX-License-Identifier: MIT */
/* nightdesk silence: no alerts of a watch for a time. The daemon carries out changes if it runs. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/user.h"
#include "conf/form.h"
#include "conf_dir.h"
#include "daemon_ask.h"
#include "deliveries_decide.h"
#include "document/document.h"
#include "document/silence.h"
#include "feed/date.h"
#include "print.h"
#include "report.h"

#define ANSWER_MS 30000
#define ARENA_MAX ((size_t)1024 * 1024)

static void silence_print(const struct store_silence *v, bool json)
{
	if (json) {
		document_print(document_silence(v), stdout);
		return;
	}
	printf("%lld  ", (long long)v->id);
	print_text("", v->watch, "  until ");
	print_stamp(v->until);
	print_text("  by ", v->author, ": ");
	print_text("", v->why, "\n");
}

/* --- list --- */

static int silence_print_all(struct store *store, struct arena *arena, bool json)
{
	struct store_silence *v;
	struct err e;
	size_t n;

	if (store_silences(store, clock_wall(), arena, &v, &n, &e))
		return report_access(-(int)e.cls, &e);
	for (size_t i = 0; i < n; i++)
		silence_print(&v[i], json);
	if (n == 0 && !json)
		puts("no silences");
	return CLI_OK;
}

static int silence_list(const struct cli_call *call)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct store *store = NULL;
	struct err e;
	int code = arena ? conf_dir_open_database(call->cli, call->options.dir, &store)
			 : report_access(err_nomem(&e), &e);

	if (code == CLI_OK)
		code = silence_print_all(store, arena, call->options.json);
	store_close(store);
	arena_free(arena);
	return code;
}

/* --- add and remove --- */

struct silence_change {
	const struct cli_call *call;
	const struct conf *conf;
	struct store *store;
	struct arena *arena;
	struct store_silence v; /* add: to be stored; remove: its id */
	bool add;
};

static int silence_report(const struct silence_change *c)
{
	if (!c->v.id) {
		report_error("there is no silence %s", c->call->operands[0]);
		return CLI_FINDINGS;
	}
	if (c->add || c->call->options.json) {
		silence_print(&c->v, c->call->options.json);
		return CLI_OK;
	}
	printf("silence %lld of ", (long long)c->v.id);
	print_text("", c->v.watch, " is over\n");
	return CLI_OK;
}

static int silence_change_stored(struct silence_change *c)
{
	struct err e;
	int rc, code = conf_dir_open_writer(c->conf, &c->store);

	if (code)
		return code;
	rc = c->add ? store_silence_add(c->store, &c->v, &e)
		    : store_silence_end(c->store, c->v.id, clock_wall(), c->arena, &c->v, &e);
	return rc ? report_access(rc, &e) : silence_report(c);
}

static json_t *silence_request(const struct silence_change *c)
{
	if (!c->add)
		return json_pack(
			"{ss sI}", "command", "silence-remove", "silence", (json_int_t)c->v.id);
	return json_pack("{ss ss sI ss}", "command", "silence-add", "watch", c->v.watch.p, "ms",
		(json_int_t)(c->v.until - c->v.since), "why", c->v.why.p);
}

static struct str silence_text_of(const json_t *answer, const char *key)
{
	const json_t *v = json_object_get(answer, key);

	return str_slice(json_string_value(v), json_string_length(v));
}

static int64_t silence_stamp_of(const json_t *answer, const char *key)
{
	bool implausible;

	return feed_date_parse(silence_text_of(answer, key), &implausible);
}

static int silence_change(struct silence_change *c)
{
	bool down = false;
	int code = CLI_OK;
	json_t *answer = daemon_ask(c->conf, silence_request(c), ANSWER_MS, &down, &code);

	if (down)
		return silence_change_stored(c);
	if (!answer)
		return code;
	c->v.id = json_integer_value(json_object_get(answer, "id"));
	c->v.watch = silence_text_of(answer, "watch");
	c->v.author = silence_text_of(answer, "author");
	c->v.why = silence_text_of(answer, "why");
	c->v.since = silence_stamp_of(answer, "since");
	c->v.until = silence_stamp_of(answer, "until");
	code = silence_report(c);
	json_decref(answer);
	return code;
}

static int silence_run(struct silence_change *c)
{
	struct err e;
	int code = CLI_OK;
	struct conf *conf = conf_dir_load_daemon(c->call->cli, c->call->options.dir, &code);

	c->conf = conf;
	c->arena = arena_new(ARENA_MAX);
	if (conf && !c->arena)
		code = report_access(err_nomem(&e), &e);
	if (c->arena && c->add)
		c->v.author = user_name(getuid(), c->arena);
	if (code == CLI_OK)
		code = silence_change(c);
	store_close(c->store);
	arena_free(c->arena);
	conf_unref(conf);
	return code;
}

static int silence_add(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct silence_change c = {.call = call, .add = true};
	int code;

	if (!o->watch || !o->lasts || !o->why)
		return report_usage(call->command, "add takes --watch, --for and --why");
	if (o->lasts > STORE_SILENCE_MAX)
		return report_usage(call->command, "--for is at most 365d");
	if (!*o->why || !conf_form_line(str_of(o->why)))
		return report_usage(call->command, "--why is one line of text");
	code = conf_dir_check_watch(call->cli, o->dir, o->watch);
	if (code)
		return code;
	c.v = (struct store_silence){.watch = str_of(o->watch),
		.since = clock_wall(),
		.until = clock_wall() + o->lasts,
		.why = str_of(o->why)};
	return silence_run(&c);
}

static int silence_remove(const struct cli_call *call)
{
	struct silence_change c = {.call = call};

	c.v.id = deliveries_read_id(call->operands[0]);
	return c.v.id ? silence_run(&c) : silence_report(&c);
}

static const struct cli_option silence_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--watch", "NAME", CLI_TEXT, watch, "add: the watch that is silent"),
		.values = CLI_WATCHES},
	{CLI_OPTION("--for", "2h", CLI_DURATION, lasts, "add: for how long, 365d at most")},
	{CLI_OPTION("--why", "TEXT", CLI_TEXT, why, "add: the reason, which is kept")},
	{0},
};

const struct cli_command cmd_silence = {
	.name = "silence",
	.summary = "silence a watch for a time: its matches are recorded, nobody is alerted",
	.verbs = (const struct cli_verb[]){{"list", NULL, silence_list, CLI_ANY, false},
		{"add", NULL, silence_add, CLI_ANY, false},
		{"remove", "ID", silence_remove, CLI_ANY, false}, {0}},
	.options = silence_options,
	.detail =
		"While a silence lasts, alerts of its watch are stored in the state silenced and "
		"are not\n"
		"sent, not even later; corrections of what was sent are. list shows those that "
		"last,\n"
		"each with its author, who is the user that added it, and its reason. remove ends "
		"one\n"
		"early. All work whether or not the daemon runs.",
};
