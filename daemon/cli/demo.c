/* SPDX-License-Identifier: MIT */
/* nightdesk demo: the whole system on loopback, with made-up stories. */
#include "demo/demo.h"

#include <stdlib.h>

#include "base/clock.h"
#include "report.h"

#define SECONDS_MAX 86400

static int demo_run_command(const struct cli_call *call)
{
	const struct cli_options *given = &call->options;
	struct demo_options o = {.color = call->cli->color};
	struct err e;
	char *end;
	long seconds;

	if (given->duration) {
		seconds = strtol(given->duration, &end, 10);
		end += *end == 's';
		if (*end || seconds < 1 || seconds > SECONDS_MAX)
			return report_usage(call->command, "--for takes seconds, 1 to %d, not %s",
				SECONDS_MAX, given->duration);
		o.duration = seconds * CLOCK_SECOND;
	}
	return report_result(demo_run(&o, &e), &e);
}

static const struct cli_option demo_command_options[] = {
	{CLI_OPTION("--for", "SECONDS", CLI_TEXT, duration,
		"exit after this time (without it: at Ctrl-C)")},
	{0},
};

const struct cli_command cmd_demo = {
	.name = "demo",
	.summary = "a newsroom in a box: feeds appear, watches match, alerts print",
	.run = demo_run_command,
	.options = demo_command_options,
	.detail =
		"Made-up outlets publish on a loopback port; the real daemon polls them with the\n"
		"example watchlists and sends signed webhooks back here, where they are printed.\n"
		"Nothing outside the machine is contacted and nothing is left behind.",
};
