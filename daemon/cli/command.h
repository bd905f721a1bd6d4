/* SPDX-License-Identifier: MIT */
/*
 * One command is one file daemon/cli/NAME.c that defines `const struct cli_command cmd_NAME` and
 * one row in the table of main.c. Parser, --help and `nightdesk help` come from these rows; the
 * manual and the shell completion are held against them by a test.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "conf/conf.h"

/* Exit codes: sysexits where one fits. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FINDINGS = 1, /* broken configuration, unparsable feed, no such thing */
	CLI_USAGE = 2,
	CLI_DATAERR = 65,
	CLI_UNAVAILABLE = 69,
	CLI_SOFTWARE = 70,
	CLI_OSERR = 71,
	CLI_CANTCREAT = 73,
	CLI_IOERR = 74,
	CLI_TEMPFAIL = 75,
	CLI_NOPERM = 77,
	CLI_CONFIG = 78,
};

/* What main found out once, before any command ran. */
struct cli {
	struct conf_env env;
	bool out_is_terminal, err_is_terminal;
	bool color;				   /* standard output is a terminal that wants it */
	bool under_systemd;			   /* standard error goes to the journal */
	const char *notify_socket, *watchdog_usec; /* sd_notify(3); NULL: none */
};

struct cli_option {
	int id;		   /* > 0, the command's own */
	const char *name;  /* "--json", "-c" */
	const char *value; /* NULL: a flag; else what it takes, for help: "DIR" */
	const char *help;  /* one line */
};

struct cli_command {
	const char *name;
	const char *operands;		  /* for the usage line: "FILE…"; NULL: none */
	const char *summary;		  /* one line, lower case */
	const struct cli_option *options; /* ends with id 0; NULL: none */
	const char *detail;		  /* paragraphs for --help; NULL: none */
	int (*run)(const struct cli *cli, const struct cli_command *self, int argc, char **argv);
};

/* `-c DIR`, which every command takes that reads a configuration. */
#define CLI_OPT_CONF 1000
#define CLI_OPT_JSON 1001
#define CLI_CONF_DIR "/etc/nightdesk"
#define CLI_OPTION_CONF                                                                            \
	{                                                                                          \
		CLI_OPT_CONF, "-c", "DIR", "configuration directory (default " CLI_CONF_DIR ")"    \
	}
#define CLI_OPTION_JSON                                                                            \
	{                                                                                          \
		CLI_OPT_JSON, "--json", NULL, "for programs: JSON, one object a line"              \
	}

/* --- reading the arguments of one command --- */

struct cli_args {
	const struct cli_command *command;
	int argc, next;
	char **argv;
	bool ended; /* after "--" */
};

/* argv[0] is the command's name. */
void cli_args_init(struct cli_args *a, const struct cli_command *c, int argc, char **argv);
/*
 * The next option's id, *value set where it takes one ("--x V", "--x=V", "-cV"). 0: no more
 * options; then operands are argv[next] to argv[argc - 1]. Options may stand between operands.
 * -1: wrong, a message and the usage line are on standard error; return CLI_USAGE. `--help` is
 * answered by main.
 */
int cli_args_next(struct cli_args *a, const char **value);
/* All options of a command that has no others than CLI_OPTION_CONF and CLI_OPTION_JSON; exit code.
 */
int cli_args_conf_json(struct cli_args *a, const char **dir, bool *json);

/* "nightdesk NAME: text" and a usage line on standard error. Returns CLI_USAGE. */
int cli_usage(const struct cli_command *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "nightdesk: text" on standard error, foreign bytes escaped. */
void cli_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The exit code that an error class stands for. */
int cli_exit_of(const struct err *e);

/* --- input --- */

/*
 * A file, or "-" for standard input, to out; no further than out takes it: see buf_failed().
 * CLI_OK, or CLI_FINDINGS and a complaint.
 */
int cli_read_file(const char *path, struct buf *out);

/* --- output --- */

/* Flushes standard output; CLI_IOERR and a complaint when that failed (disk full, closed pipe). */
int cli_finish(int code);

/*
 * Loads the configuration of -c, printing what is wrong with it as `check` does. NULL: broken, and
 * *code is what to exit with. Warnings are not printed.
 */
struct conf *cli_conf(const struct cli *cli, const char *dir, int *code);

/* The same with that watch alone (see conf_load_watch); watch NULL: all. */
struct conf *cli_conf_watch(const struct cli *cli, const char *dir, const char *watch, int *code);
/* Says that there is no such watch, and which one may be meant. CLI_FINDINGS. */
int cli_no_watch(const struct cli *cli, const char *dir, const char *watch);
/* The same where a configuration that can be read has none of that name; else CLI_OK. */
int cli_check_watch(const struct cli *cli, const char *dir, const char *watch);

/*
 * The same for commands that need none: with dir NULL (-c was not given) and no directory at its
 * usual place, the defaults.
 */
struct conf *cli_conf_or_defaults(const struct cli *cli, const char *dir, int *code);

/*
 * Where the running daemon and its database are, whatever is wrong with the configuration apart
 * from that: it is no reason not to ask a daemon that runs with a sound one. The caller releases
 * both; control is NULL where the configuration has none.
 */
struct cli_places {
	char *control, *state;
};
int cli_find_places(const struct cli *cli, const char *dir, struct cli_places *out); /* exit code */
void cli_places_release(struct cli_places *p);

extern const struct cli_command *const cli_commands[]; /* in help's order, ends with NULL */

#endif
