/* SPDX-License-Identifier: MIT */
/* nightdesk demo: the whole system on loopback, with made-up stories. */
#include "demo/demo.h"

#include <stdlib.h>

#include "base/clock.h"
#include "command.h"

#define OPT_FOR	    1
#define SECONDS_MAX 86400

static int run_demo(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct demo_options o = {.color = cli->color};
	struct cli_args args;
	const char *value;
	struct err e;
	int opt;

	cli_args_init(&args, self, argc, argv);
	while ((opt = cli_args_next(&args, &value)) > 0) {
		char *end;
		long seconds = strtol(value, &end, 10);

		if (*end == 's')
			end++;
		if (*end || seconds < 1 || seconds > SECONDS_MAX)
			return cli_usage(
				self, "--for takes seconds, 1 to %d, not %s", SECONDS_MAX, value);
		o.duration = seconds * CLOCK_SECOND;
	}
	if (opt < 0)
		return CLI_USAGE;
	if (args.next != argc)
		return cli_usage(self, "takes no operands");
	if (demo_run(&o, &e)) {
		cli_complain("demo: %s", e.text);
		return cli_finish(cli_exit_of(&e));
	}
	return cli_finish(CLI_OK);
}

static const struct cli_option options[] = {
	{OPT_FOR, "--for", "SECONDS", "end after this time (default: at Ctrl-C)"},
	{0},
};

const struct cli_command cmd_demo = {
	.name = "demo",
	.summary = "a newsroom in a box: feeds appear, watches match, alerts print",
	.options = options,
	.detail =
		"Made-up outlets publish on a loopback port; the real daemon polls them with the\n"
		"example watchlists and sends signed webhooks back here, where they are printed.\n"
		"Nothing outside the machine is reached and nothing is left behind.",
	.run = run_demo,
};
