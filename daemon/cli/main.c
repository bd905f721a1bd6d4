/* SPDX-License-Identifier: MIT */
/* The entry point: reads the environment, finds the command and runs it. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/counted_memory.h"
#include "progress.h"
#include "print.h"
#include "report.h"
#include "sink/sink.h"

/* Banned elsewhere; see tests/rules/banned.sh. */
#undef getenv

static const char *main_environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* TERM=dumb and NO_COLOR are respected, COLUMNS goes before what the terminal says. */
static void main_read_style(struct cli *cli)
{
	const char *term = main_environment("TERM"), *text = main_environment("COLUMNS");
	bool color = !main_environment("NO_COLOR") && !(term && strcmp(term, "dumb") == 0);
	size_t columns = text ? strtoul(text, NULL, 10) : 0;

	cli->color = cli->out_is_terminal && color;
	cli->out_style.color = cli->color;
	cli->err_style.color = cli->err_is_terminal && color;
	cli->out_style.columns = columns		? columns
				 : cli->out_is_terminal ? progress_columns(STDOUT_FILENO)
							: 0;
	cli->err_style.columns = columns		? columns
				 : cli->err_is_terminal ? progress_columns(STDERR_FILENO)
							: 0;
	report_init(cli->err_style.color);
}

static struct cli main_read_environment(void)
{
	struct cli cli = {
		.commands = cli_commands,
		.env.state_directory = main_environment("STATE_DIRECTORY"),
		.env.runtime_directory = main_environment("RUNTIME_DIRECTORY"),
		.env.credentials_directory = main_environment("CREDENTIALS_DIRECTORY"),
		.env.timezone = main_environment("TZ"),
		.env.notify_types = sink_conf_type,
		.out_is_terminal = isatty(STDOUT_FILENO) == 1,
		.err_is_terminal = isatty(STDERR_FILENO) == 1,
		.under_systemd = main_environment("JOURNAL_STREAM") != NULL,
		.notify_socket = main_environment("NOTIFY_SOCKET"),
		.watchdog_usec = main_environment("WATCHDOG_USEC"),
		.listen_pid = main_environment("LISTEN_PID"),
		.listen_fds = main_environment("LISTEN_FDS"),
		.listen_fdnames = main_environment("LISTEN_FDNAMES"),
	};

	main_read_style(&cli);
	return cli;
}

/*
 * The next file or connection would get the number of a closed standard descriptor, and then what
 * is printed. Each is opened for the wrong direction, so that its use stays an error.
 */
static void main_occupy_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static bool main_is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Is there --help among the arguments of a command? */
static bool main_wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (main_is_help(argv[i]))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	const struct cli_command *c;
	const char *name;
	struct cli cli;

	main_occupy_descriptors();
	counted_memory_install();
	/* Past a file-size limit write(2) shall fail, not end the process. */
	signal(SIGXFSZ, SIG_IGN);
	setlocale(LC_CTYPE, "C.UTF-8");
	cli = main_read_environment();
	if (argc < 2) {
		help_print_commands(stderr);
		return CLI_USAGE;
	}
	name = main_is_help(argv[1])		   ? "help"
	       : strcmp(argv[1], "--version") == 0 ? "version"
						   : argv[1];
	c = cli_find_command(name);
	if (!c) {
		help_report_no_command(name);
		return CLI_USAGE;
	}
	if (main_wants_help(argc - 1, argv + 1)) {
		help_print(c);
		return report_end(CLI_OK);
	}
	print_set_zone(cli.env.timezone);
	return args_run(&cli, c, argc - 1, argv + 1);
}
