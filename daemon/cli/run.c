/* SPDX-License-Identifier: MIT */
/* nightdesk run: the daemon. */
#include "command.h"
#include "serve/serve.h"

static int run_daemon(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct conf_env env = call->cli->env;

	env.inspect = CONF_INSPECT_OWN;
	env.canary = true;
	return serve_run(&(struct serve_options){
		.dir = o->dir,
		.env = env,
		.journal = call->cli->under_systemd,
		.once = o->once,
		.notify_socket = call->cli->notify_socket,
		.watchdog_usec = call->cli->watchdog_usec,
		.listen_pid = call->cli->listen_pid,
		.listen_fds = call->cli->listen_fds,
		.listen_fdnames = call->cli->listen_fdnames,
	});
}

static const struct cli_option run_options[] = {
	CLI_OPTION_CONF,
	{CLI_OPTION("--once", NULL, CLI_FLAG, once,
		"poll every feed once, deliver the alerts, and exit")},
	{0},
};

const struct cli_command cmd_run = {
	.name = "run",
	.summary = "run the daemon in the foreground",
	.run = run_daemon,
	.options = run_options,
	.detail =
		"SIGTERM or Ctrl-C stops it within five seconds. SIGHUP, or `nightdesk reload`,\n"
		"reloads the configuration: completely, or not at all if it has an error.\n"
		"\n"
		"Exit status: 0 stopped; 65 the database is damaged or of another program; 71 out\n"
		"of memory or descriptors; 73 the database cannot be created; 74 a disk failure;\n"
		"75 a temporary failure, or another nightdesk has the database open; 77 a file "
		"may\n"
		"not be read or written; 78 the configuration has errors.",
};
