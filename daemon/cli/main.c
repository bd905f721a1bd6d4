/* SPDX-License-Identifier: MIT */
/*
 * The front door: finds the command and hands it the arguments. The environment is read here and
 * nowhere else.
 */
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "sink/sink.h"

/* This file is the wrapper. */
#undef getenv

extern const struct cli_command cmd_alerts, cmd_check, cmd_deliveries, cmd_demo, cmd_discover,
	cmd_explain, cmd_feeds, cmd_fetch, cmd_match, cmd_parse, cmd_reload, cmd_run, cmd_search,
	cmd_status, cmd_test_notify, cmd_version, cmd_help;
extern const struct cli_command cmd_backtest;

const struct cli_command *const cli_commands[] = {
	&cmd_run,
	&cmd_check,
	&cmd_demo,
	&cmd_match,
	&cmd_parse,
	&cmd_fetch,
	&cmd_discover,
	&cmd_feeds,
	&cmd_backtest,
	&cmd_search,
	&cmd_explain,
	&cmd_alerts,
	&cmd_deliveries,
	&cmd_test_notify,
	&cmd_status,
	&cmd_reload,
	&cmd_version,
	&cmd_help,
	NULL,
};

static const struct cli_command *find(const char *name)
{
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static void print_commands(FILE *to)
{
	fputs("nightdesk watches news feeds and tells the desk when a story matters.\n\n"
	      "usage: nightdesk COMMAND [OPTION…]\n\n",
		to);
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		fprintf(to, "  %-12s %s\n", (*c)->name, (*c)->summary);
	fputs("\nnightdesk COMMAND --help tells all about one of them.\n", to);
}

static void print_help(const struct cli_command *c)
{
	printf("usage: nightdesk %s%s%s%s\n%s\n", c->name, c->options ? " [OPTION…]" : "",
		c->operands ? " " : "", c->operands ? c->operands : "", c->summary);
	if (c->options)
		putchar('\n');
	for (const struct cli_option *o = c->options; o && o->id; o++) {
		char left[64];

		snprintf(left, sizeof(left), "%s%s%s", o->name, o->value ? " " : "",
			o->value ? o->value : "");
		printf("  %-22s %s\n", left, o->help);
	}
	if (c->detail)
		printf("\n%s\n", c->detail);
}

static int run_version(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	(void)cli;
	(void)argv;
	if (argc > 1)
		return cli_usage(self, "takes no arguments");
	puts("nightdesk " NIGHTDESK_VERSION);
	return cli_finish(CLI_OK);
}

static int run_help(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	const struct cli_command *c;

	(void)cli;
	if (argc < 2) {
		print_commands(stdout);
		return cli_finish(CLI_OK);
	}
	c = find(argv[1]);
	if (!c)
		return cli_usage(self, "there is no command %s", argv[1]);
	print_help(c);
	return cli_finish(CLI_OK);
}

const struct cli_command cmd_version = {
	.name = "version",
	.summary = "the version of this program",
	.run = run_version,
};

const struct cli_command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "the commands, or all about one of them",
	.run = run_help,
};

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static const char *nonempty(const char *z)
{
	return z && *z ? z : NULL;
}

static struct cli look_around(void)
{
	struct cli cli = {
		.env.state_directory = nonempty(getenv("STATE_DIRECTORY")),
		.env.runtime_directory = nonempty(getenv("RUNTIME_DIRECTORY")),
		.env.credentials_directory = nonempty(getenv("CREDENTIALS_DIRECTORY")),
		.env.notify_types = sink_conf_type,
		.out_is_terminal = isatty(STDOUT_FILENO) == 1,
		.err_is_terminal = isatty(STDERR_FILENO) == 1,
		.under_systemd = nonempty(getenv("JOURNAL_STREAM")) != NULL,
		.notify_socket = nonempty(getenv("NOTIFY_SOCKET")),
		.watchdog_usec = nonempty(getenv("WATCHDOG_USEC")),
	};

	cli.color = cli.out_is_terminal && !nonempty(getenv("NO_COLOR"));
	return cli;
}

/*
 * Where one is closed the next file or connection would take its number, and with it what is
 * printed. To use it is the error it would have been: it is opened for the other direction.
 */
static void occupy_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct cli_command *c;
	struct cli cli;

	occupy_standard_descriptors();
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc < 2) {
		print_commands(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		c = &cmd_help;
	else
		c = find(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	if (!c) {
		cli_complain("there is no command %s; nightdesk help lists them", argv[1]);
		return CLI_USAGE;
	}
	if (asks_for_help(argc - 1, argv + 1)) {
		print_help(c);
		return cli_finish(CLI_OK);
	}
	cli = look_around();
	return c->run(&cli, c, argc - 1, argv + 1);
}
