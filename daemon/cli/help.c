/* SPDX-License-Identifier: MIT */
/* The list of the commands; nightdesk help and version. */

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "report.h"

/* In the order of help. */
const struct cli_command *const cli_commands[] = {
	&cmd_run,
	&cmd_check,
	&cmd_demo,
	&cmd_match,
	&cmd_stories,
	&cmd_parse,
	&cmd_fetch,
	&cmd_discover,
	&cmd_feeds,
	&cmd_backtest,
	&cmd_search,
	&cmd_explain,
	&cmd_alerts,
	&cmd_deliveries,
	&cmd_silence,
	&cmd_test_notify,
	&cmd_status,
	&cmd_reload,
	&cmd_backup,
	&cmd_restore,
	&cmd_complete,
	&cmd_version,
	&cmd_help,
	NULL,
};

const struct cli_command *cli_find_command(const char *name)
{
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

void help_report_no_command(const char *name)
{
	struct nearest near;

	nearest_init(&near, str_of(name));
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		nearest_try(&near, str_of((*c)->name));
	if (str_present(near.best))
		report_error(
			"there is no command %s; did you mean %.*s?", name, STR_ARG(near.best));
	else
		report_error("there is no command %s; nightdesk help lists them", name);
}

void help_print_commands(FILE *to)
{
	fputs("nightdesk polls news feeds, matches their items, and delivers alerts.\n\n"
	      "usage: nightdesk COMMAND [OPTION…]\n\n",
		to);
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		fprintf(to, "  %-12s %s\n", (*c)->name, (*c)->summary);
	fputs("\nnightdesk COMMAND --help shows the options of a command.\n", to);
}

void help_print(const struct cli_command *c)
{
	report_print_usage(stdout, c);
	puts(c->summary);
	if (c->options)
		putchar('\n');
	for (const struct cli_option *o = c->options; o && o->name; o++) {
		char left[64];

		snprintf(left, sizeof(left), "%s%s%s", o->name, o->value ? " " : "",
			o->value ? o->value : "");
		printf("  %-24s %s", left, o->help);
		if (o->fallback)
			printf(" (default %s)", o->fallback);
		putchar('\n');
	}
	if (c->detail)
		printf("\n%s\n", c->detail);
}

static int help_run(const struct cli_call *call)
{
	const struct cli_command *c;

	if (call->n_operands == 0) {
		help_print_commands(stdout);
		return CLI_OK;
	}
	c = cli_find_command(call->operands[0]);
	if (!c) {
		help_report_no_command(call->operands[0]);
		return CLI_USAGE;
	}
	help_print(c);
	return CLI_OK;
}

const struct cli_command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.values = CLI_COMMANDS,
	.max = 1,
	.summary = "list the commands, or show the options of one",
	.run = help_run,
};

static int version_run(const struct cli_call *call)
{
	(void)call;
	puts("nightdesk " NIGHTDESK_VERSION);
	return CLI_OK;
}

const struct cli_command cmd_version = {
	.name = "version",
	.summary = "print the version",
	.run = version_run,
};
