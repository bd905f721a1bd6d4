/* SPDX-License-Identifier: MIT */
/* nightdesk reload: has the running daemon reload its configuration. */
#include <stdio.h>

#include "base/utf8.h"
#include "conf_dir.h"
#include "document/document.h"
#include "io/control.h"
#include "report.h"

#define ANSWER_MS 120000

static void reload_print_list(FILE *to, const json_t *list, const char *prefix)
{
	const json_t *v;
	size_t i;

	json_array_foreach (list, i, v) {
		fputs(prefix, to);
		utf8_print(to, str_slice(json_string_value(v), json_string_length(v)));
		fputc('\n', to);
	}
}

static int reload_print(const json_t *a)
{
	const char *error = json_string_value(json_object_get(a, "error"));
	long long feeds, watches;

	if (error) {
		report_error("the reload did not start: %s", error);
		return CLI_UNAVAILABLE;
	}
	reload_print_list(stderr, json_object_get(a, "warnings"), "warning: ");
	if (!json_is_true(json_object_get(a, "ok"))) {
		reload_print_list(stderr, json_object_get(a, "errors"), "");
		report_error("the configuration was refused; the old one stays in force");
		return CLI_FINDINGS;
	}
	feeds = (long long)json_integer_value(json_object_get(a, "feeds"));
	watches = (long long)json_integer_value(json_object_get(a, "watches"));
	printf("reloaded: %lld feed%s, %lld watch%s\n", feeds, str_plural(feeds), watches,
		watches == 1 ? "" : "es");
	return CLI_OK;
}

static int reload_ask(const char *path, bool json)
{
	json_t *answer = NULL;
	struct err e;
	int code;

	if (control_ask_command(path, "reload", ANSWER_MS, &answer, &e)) {
		report_error("%s", e.text);
		return e.cls == ERR_PERM ? CLI_NOPERM : CLI_UNAVAILABLE;
	}
	if (json) {
		code = json_is_true(json_object_get(answer, "ok")) ? CLI_OK : CLI_FINDINGS;
		document_print(json_incref(answer), stdout);
	} else {
		code = reload_print(answer);
	}
	json_decref(answer);
	return code;
}

static int reload_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	int code;
	struct conf *c = conf_dir_find_daemon(call->cli, o->dir, &code);

	if (c && c->daemon.control) {
		code = reload_ask(c->daemon.control, o->json);
	} else if (c) {
		report_error("the configuration has no control socket; send SIGHUP instead");
		code = CLI_UNAVAILABLE;
	}
	conf_unref(c);
	return code;
}

const struct cli_command cmd_reload = {
	.name = "reload",
	.summary = "have the running daemon reload its configuration",
	.run = reload_run,
	.options = cli_plain_options,
	.detail =
		"Waits for the result. If there is any error, the old configuration stays in\n"
		"force, the errors are printed, and the exit status is 1. 69: no daemon answers.\n"
		"77: not permitted.",
};
