/* SPDX-License-Identifier: MIT */
/* nightdesk run: the daemon. */
#include "command.h"
#include "serve/serve.h"

#define OPT_ONCE 1

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	{OPT_ONCE, "--once", NULL, "poll every feed once, deliver what that brings, and end"},
	{0},
};

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct serve_options o = {
		.dir = CLI_CONF_DIR,
		.env = cli->env,
		.journal = cli->under_systemd,
		.notify_socket = cli->notify_socket,
		.watchdog_usec = cli->watchdog_usec,
	};
	struct cli_args args;
	const char *value;
	int id;

	cli_args_init(&args, self, argc, argv);
	while ((id = cli_args_next(&args, &value)) > 0) {
		if (id == CLI_OPT_CONF)
			o.dir = value;
		else
			o.once = true;
	}
	if (id < 0)
		return CLI_USAGE;
	if (args.next < argc)
		return cli_usage(self, "takes no arguments");
	return serve_run(&o);
}

const struct cli_command cmd_run = {
	.name = "run",
	.summary = "the daemon, in the foreground",
	.options = options,
	.detail =
		"SIGTERM or Ctrl-C stops it within five seconds. SIGHUP, or `nightdesk reload`,\n"
		"reads the configuration anew: whole, or not at all when there is an error in it.\n"
		"\n"
		"Exit codes: 0 stopped; 65 the database is damaged or not ours; 71 out of memory\n"
		"or descriptors; 73 the database cannot be created; 74 the disk failed; 75 "
		"another\n"
		"nightdesk has it open; 78 the configuration has errors.",
	.run = run,
};
