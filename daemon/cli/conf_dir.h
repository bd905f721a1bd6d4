/* SPDX-License-Identifier: MIT */
/* The configuration directory that -c names, as commands use it. */
#ifndef CLI_CONF_DIR_H
#define CLI_CONF_DIR_H

#include "command.h"
#include "store/store.h"

/*
 * Loads the configuration. On errors prints them as `check` does and returns NULL; *code is the
 * exit code then. Warnings are not printed. The caller unrefs.
 */
struct conf *conf_dir_load(const struct cli *cli, const char *dir, int *code);
/* The same without the other watches, see conf_load_watch(); watch NULL: with all. */
struct conf *conf_dir_load_watch(
	const struct cli *cli, const char *dir, const char *watch, int *code);
/* The same; the defaults if dir is NULL (no -c) and the usual directory does not exist. */
struct conf *conf_dir_load_or_default(const struct cli *cli, const char *dir, int *code);

/*
 * conf_dir_load_watch(); if the configuration on disk has errors, says so and loads the one that
 * the running daemon has, or the last one that it had.
 */
struct conf *conf_dir_load_sound(
	const struct cli *cli, const char *dir, const char *watch, int *code);

/*
 * The configuration of the daemon, without watches: where it and its database are. Errors must not
 * keep a command from the running daemon: then it is the one that conf_dir_load_sound() returns,
 * or if there is none, the block daemon alone, with defaults, and `broken` is set. NULL: *code is
 * the exit code.
 */
struct conf *conf_dir_load_daemon(const struct cli *cli, const char *dir, int *code);
/* The same without a message about errors, for reload, whose answer lists them. */
struct conf *conf_dir_find_daemon(const struct cli *cli, const char *dir, int *code);

/* --- names that do not exist: these return CLI_FINDINGS --- */

/* Prints that dir has no such watch, and the nearest name. */
int conf_dir_report_no_watch(const struct cli *cli, const char *dir, const char *watch);
/* The same if it has none; CLI_OK if it has one, or if that is not known. */
int conf_dir_check_watch(const struct cli *cli, const char *dir, const char *watch);
/*
 * Prints "BEFORE NAME; did you mean OTHER?" if a feed of c has a similar name, or "BEFORE
 * NAMEAFTER".
 */
int conf_dir_report_no_feed(
	const struct conf *c, const char *before, const char *name, const char *after);
/* Prints that there is no notify block of that name in c, and the nearest name. */
int conf_dir_report_no_notify(const struct conf *c, const char *name);

/* --- the database --- */

/* Opens the database of c for reading. Returns an exit code; *out is NULL on errors. */
int conf_dir_open_store(const struct conf *c, struct store **out);
/* Both: the database of conf_dir_load_daemon(). */
int conf_dir_open_database(const struct cli *cli, const char *dir, struct store **out);
/* Opens the database for writing, which must exist, while no daemon runs. Returns an exit code. */
int conf_dir_open_writer(const struct conf *c, struct store **out);

#endif
