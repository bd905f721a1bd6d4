/* SPDX-License-Identifier: MIT */
/* nightdesk reload: the running daemon reads its configuration anew, or says why not. */
#include "base/utf8.h"
#include "command.h"
#include "document/document.h"
#include "io/control.h"

#define PATIENCE_MS 120000

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{0},
};

static void print_list(FILE *to, const json_t *list, const char *prefix)
{
	const json_t *v;
	size_t i;

	json_array_foreach (list, i, v) {
		fputs(prefix, to);
		utf8_print(to, str_slice(json_string_value(v), json_string_length(v)));
		fputc('\n', to);
	}
}

static int show(const json_t *a)
{
	const char *error = json_string_value(json_object_get(a, "error"));

	if (error) {
		cli_complain("the reload was not begun: %s", error);
		return CLI_UNAVAILABLE;
	}
	print_list(stderr, json_object_get(a, "warnings"), "warning: ");
	if (!json_is_true(json_object_get(a, "ok"))) {
		print_list(stderr, json_object_get(a, "errors"), "");
		cli_complain("the configuration was refused; the old one goes on");
		return CLI_FINDINGS;
	}
	printf("reloaded: %lld feeds, %lld watches\n",
		(long long)json_integer_value(json_object_get(a, "feeds")),
		(long long)json_integer_value(json_object_get(a, "watches")));
	return cli_finish(CLI_OK);
}

static int ask(const char *path, bool json)
{
	json_t *answer = NULL;
	struct err e;
	int code;

	if (control_ask_command(path, "reload", PATIENCE_MS, &answer, &e)) {
		cli_complain("%s", e.text);
		return e.cls == ERR_PERM ? CLI_NOPERM : CLI_UNAVAILABLE;
	}
	if (json) {
		code = json_is_true(json_object_get(answer, "ok")) ? CLI_OK : CLI_FINDINGS;
		document_print(json_incref(answer), stdout);
		code = cli_finish(code);
	} else {
		code = show(answer);
	}
	json_decref(answer);
	return code;
}

static int reload(const struct cli *cli, const char *dir, bool json)
{
	struct cli_places places;
	int code = cli_find_places(cli, dir, &places);

	if (code == CLI_OK && !places.control) {
		cli_complain("the configuration has no control socket; send SIGHUP instead");
		code = CLI_UNAVAILABLE;
	} else if (code == CLI_OK) {
		code = ask(places.control, json);
	}
	cli_places_release(&places);
	return code;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	const char *dir = CLI_CONF_DIR;
	struct cli_args args;
	bool json = false;

	cli_args_init(&args, self, argc, argv);
	if (cli_args_conf_json(&args, &dir, &json))
		return CLI_USAGE;
	if (args.next < argc)
		return cli_usage(self, "takes no arguments");
	return reload(cli, dir, json);
}

const struct cli_command cmd_reload = {
	.name = "reload",
	.summary = "have the running daemon read its configuration anew",
	.options = options,
	.detail = "Waits until it is done. With an error anywhere the old configuration goes on, "
		  "the\n"
		  "errors are printed, and the exit code is 1. 69: no daemon answers. 77: not "
		  "allowed.",
	.run = run,
};
