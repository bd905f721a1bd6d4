/* SPDX-License-Identifier: MIT */
/*
 * A command is a file daemon/cli/NAME.c with one row, `const struct cli_command cmd_NAME`. Argument
 * parser, usage line, --help and shell completion read the row; a test compares the manual with it.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "conf/conf.h"

/* Exit codes: those of sysexits.h where one fits. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FINDINGS = 1, /* broken configuration, not a feed, no such thing */
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

struct cli_command;

/* The process's environment, read once by main. */
struct cli {
	const struct cli_command *const *commands; /* all, NULL-terminated */
	struct conf_env env;
	bool out_is_terminal, err_is_terminal;
	bool color; /* standard output is a terminal with colour */
	/* How errors are printed there. */
	struct conf_diag_style out_style, err_style;
	bool under_systemd;				      /* standard error is the journal */
	const char *notify_socket, *watchdog_usec;	      /* sd_notify(3); NULL: none */
	const char *listen_pid, *listen_fds, *listen_fdnames; /* sd_listen_fds(3); NULL: none */
};

/* --- options --- */

#define CLI_CONF_DIR  "/etc/nightdesk"
#define CLI_TEXTS_MAX 256

struct cli_texts {
	const char *v[CLI_TEXTS_MAX];
	size_t n;
};

/* The options of all commands; the row of a command says which of them it takes. */
struct cli_options {
	const char *dir; /* -c */
	const char *against, *by, *content_language, *content_location, *content_type, *feed, *from,
		*learn, *notify, *query, *source, *to, *url, *watch, *watchlists, *why;
	struct cli_texts defines, stems;
	int64_t since;			    /* wall ms; STAMP_NONE: not given */
	int64_t lasts;			    /* ms; 0: not given */
	size_t limit, samples;		    /* limit 0: none */
	size_t sources;			    /* 0: not given */
	size_t seconds;			    /* 0: not given */
	int state, dialect, priority, tier; /* index of the words of the option; -1: not given */
	bool all, count, dry_run, evidence, json, keys, once, show, strict, unacknowledged;
};

/* What a value or an operand can be, for completion; see complete.c. */
enum cli_values {
	CLI_ANY, /* free text */
	CLI_FILES,
	CLI_DIRECTORIES,
	CLI_COMMANDS,
	CLI_LANGUAGES, /* of word stems */
	CLI_FEEDS,     /* these three by the names in the configuration */
	CLI_WATCHES,
	CLI_RECEIVERS,
	CLI_ALERTS, /* these three by the newest in the database */
	CLI_DELIVERIES,
	CLI_ITEMS,
};

/* What an option's value is, and the type of the member that it is stored in. */
enum cli_option_kind {
	CLI_FLAG,     /* bool; no value */
	CLI_TEXT,     /* const char *; NULL: not given */
	CLI_TEXTS,    /* struct cli_texts: may be given several times */
	CLI_SINCE,    /* int64_t: "2d" ago, as wall ms */
	CLI_DURATION, /* int64_t, ms, more than 0 */
	CLI_COUNT,    /* size_t */
	CLI_WORD,     /* int: index of one of `words` */
};

struct cli_option {
	const char *name;  /* "--json", "-c"; NULL ends a list */
	const char *value; /* for the usage: "DIR"; NULL for a flag */
	enum cli_option_kind kind;
	size_t field;		  /* offset in struct cli_options */
	const char *help;	  /* one line, without the default */
	const char *fallback;	  /* default, parsed like a value; NULL: none */
	size_t max;		  /* of CLI_COUNT; 0: no limit */
	const char *const *words; /* of CLI_WORD, NULL-terminated */
	enum cli_values values;	  /* of CLI_TEXT and CLI_TEXTS */
};

#define CLI_OPTION(option, value_name, option_kind, member, text)                                  \
	.name = option, .value = value_name, .kind = option_kind,                                  \
	.field = offsetof(struct cli_options, member), .help = text
#define CLI_OPTION_CONF                                                                            \
	{                                                                                          \
		CLI_OPTION("-c", "DIR", CLI_TEXT, dir, "configuration directory"),                 \
			.fallback = CLI_CONF_DIR, .values = CLI_DIRECTORIES                        \
	}
/* For commands that work without a configuration: NULL by default. */
#define CLI_OPTION_CONF_IF_ANY                                                                     \
	{                                                                                          \
		CLI_OPTION("-c", "DIR", CLI_TEXT, dir,                                             \
			"configuration directory (default " CLI_CONF_DIR ", if any)"),             \
			.values = CLI_DIRECTORIES                                                  \
	}
#define CLI_OPTION_JSON                                                                            \
	{                                                                                          \
		CLI_OPTION("--json", NULL, CLI_FLAG, json, "print JSON, one object a line")        \
	}

/* Of commands that have no others: -c and --json. */
extern const struct cli_option cli_plain_options[];

/* --- commands --- */

/* One call of a command. */
struct cli_call {
	const struct cli *cli;
	const struct cli_command *command;
	struct cli_options options;
	char *const *operands;
	size_t n_operands; /* as many as the row allows; without the verb */
};

/* Returns an exit code; standard output is flushed by the caller. */
typedef int cli_run_fn(const struct cli_call *call);

struct cli_verb {
	const char *name;    /* NULL ends a list */
	const char *operand; /* exactly one, unless `many`; NULL: none */
	cli_run_fn *run;
	enum cli_values values; /* of the operands */
	bool many;		/* any number of operands */
};

#define CLI_MANY SIZE_MAX

struct cli_command {
	const char *name;
	const char *summary;		  /* one line, lower case */
	const char *detail;		  /* paragraphs for --help; NULL: none */
	const struct cli_option *options; /* NULL: none */
	/* Either operands and run: */
	const char *operands; /* for the usage line: "FILE…"; NULL: none */
	size_t min, max;      /* how many */
	enum cli_values values;
	cli_run_fn *run;
	/* or verbs, the first word; the first of them is the default. */
	const struct cli_verb *verbs;
};

extern const struct cli_command cmd_alerts, cmd_backtest, cmd_backup, cmd_check, cmd_complete,
	cmd_deliveries, cmd_demo, cmd_discover, cmd_explain, cmd_feeds, cmd_fetch, cmd_help,
	cmd_match, cmd_parse, cmd_reload, cmd_restore, cmd_run, cmd_search, cmd_silence, cmd_status,
	cmd_stories, cmd_test_notify, cmd_version;

/*
 * args.c: reads the arguments of a command as its row says, and runs it. argv[0] is the name of the
 * command. Options may follow operands; "--" ends them. Values are given as "--x V", "--x=V",
 * "-cV". Reorders argv. Returns the exit code of the command, or CLI_USAGE after a message.
 */
int args_run(const struct cli *cli, const struct cli_command *c, int argc, char **argv);
/*
 * The option that the word "--x", "--x=V" or "-cV" gives, or NULL. *value: the value in the word;
 * NULL if it has none.
 */
const struct cli_option *args_find_option(
	const struct cli_command *c, const char *word, const char **value);

/* help.c: the list of the commands */
extern const struct cli_command *const cli_commands[];	      /* NULL-terminated */
const struct cli_command *cli_find_command(const char *name); /* NULL: none */
/* "there is no command chekc; did you mean check?" */
void help_report_no_command(const char *name);
void help_print_commands(FILE *to);	      /* all commands, one a line */
void help_print(const struct cli_command *c); /* the text of --help */

/* feeds_import.c */
int feeds_import(const struct cli_call *call);
/* feeds_list.c: list, or show if there is an operand */
int feeds_list(const struct cli_call *call);
/* feeds_poll.c */
int feeds_poll(const struct cli_call *call);

#endif
