/* SPDX-License-Identifier: MIT */
/* nightdesk demo: the whole system on loopback, with made-up stories. */
#include "demo/demo.h"

#include "base/clock.h"
#include "report.h"

#define SECONDS_MAX 86400

static int demo_run_command(const struct cli_call *call)
{
	struct err e;
	int rc = demo_run(call->cli->color, (int64_t)call->options.seconds * CLOCK_SECOND, &e);

	return report_result(rc, &e);
}

static const struct cli_option demo_command_options[] = {
	{CLI_OPTION("--for", "SECONDS", CLI_COUNT, seconds,
		 "exit after this time (without it: at Ctrl-C)"),
		.max = SECONDS_MAX},
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
