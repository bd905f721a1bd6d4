/* SPDX-License-Identifier: MIT */
/* What the commands share that show what is stored. They read the database, daemon or not. */
#ifndef CLI_STORED_H
#define CLI_STORED_H

#include "command.h"
#include "store/alert_walk.h"

/* How a verb of such a command was called. */
struct stored_call {
	const struct cli *cli;
	const struct cli_command *self;
	const char *dir; /* of the configuration */
	struct store *store;
	const char *id;	   /* of "show ID" */
	const char *watch; /* options; NULL: not given */
	int64_t since;	   /* STAMP_NONE: not given */
	size_t limit;	   /* 0: none */
	int state;	   /* enum store_delivery_state; -1: any */
	bool json;
};

/*
 * Runs "list" (also without a word) or "show ID", as the operands say, on the database of dir.
 * The exit code.
 */
int cli_stored_run(struct stored_call *call, const char *dir, const struct cli_args *operands,
	int (*list)(const struct stored_call *call), int (*show)(const struct stored_call *call));
/* The database for reading; an exit code, after a complaint where it is not CLI_OK. */
int cli_open_store(const struct cli *cli, const char *dir, struct store **out);
/* Complains when rc says so; the exit code. */
int cli_stored_code(int rc, const struct err *e);

/* What --since ("2d", as a moment) and --limit of self say; CLI_USAGE after a complaint. */
int cli_read_since(const struct cli_command *self, const char *value, int64_t *out);
int cli_read_limit(const struct cli_command *self, const char *value, size_t *out);

/* "2022-02-12 10:00:00Z", or "never". */
void cli_put_stamp(int64_t ms);
/* A line of a listing for people: the name in a column, then the value. */
void cli_put_line(const char *name, struct str s); /* nothing where s is absent */
void cli_put_stamp_line(const char *name, int64_t ms);
/* The first words of an alert: title, text or link. */
void cli_put_headline(const struct alert *a, size_t max);

#endif
