/* SPDX-License-Identifier: MIT */
#include "conf_dir.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "conf/kept.h"
#include "io/control.h"
#include "print.h"
#include "report.h"

#define TEXT_MAX  ((size_t)16 * 1024 * 1024)
#define PATH_ROOM ((size_t)64 * 1024)
#define NO_WATCH  "" /* of conf_load_watch(): a name that no watch has */

static void conf_dir_use_zone(const struct conf *c)
{
	if (c && c->daemon.timezone)
		print_set_zone(c->daemon.timezone);
}

struct conf *conf_dir_load(const struct cli *cli, const char *dir, int *code)
{
	return conf_dir_load_watch(cli, dir, NULL, code);
}

struct conf *conf_dir_load_watch(
	const struct cli *cli, const char *dir, const char *watch, int *code)
{
	struct conf_diags diags;
	struct conf *c = NULL;
	struct buf text;
	int rc = conf_load_watch(dir, &cli->env, str_of(watch), &c, &diags);

	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; rc && i < diags.n; i++)
		if (!diags.v[i].warning)
			conf_diag_render(&text, &diags.v[i], &cli->err_style);
	if (rc) {
		fputs(buf_z(&text), stderr);
		report_error("%zu error%s in the configuration of %s", diags.errors,
			str_plural((long long)diags.errors), dir);
		*code = rc == -(int)ERR_CONF
				? CLI_FINDINGS
				: report_exit_code(&(struct err){.cls = (enum err_class) - rc});
	}
	buf_release(&text);
	conf_diags_release(&diags);
	conf_dir_use_zone(c);
	return c;
}

/*
 * An error in the block daemon may hide the socket of a daemon that runs. Takes the reference to c,
 * and returns it, or the configuration that was kept if that has another socket.
 */
static struct conf *conf_dir_restore_control(const struct cli *cli, const char *dir, struct conf *c)
{
	const char *mine = c->daemon.control ? c->daemon.control : "";
	struct conf *kept;
	int64_t since;

	conf_kept_load(dir, c->daemon.state, &cli->env, STR(""), &kept, &since);
	if (!kept || !kept->daemon.control || strcmp(kept->daemon.control, mine) == 0 ||
		!control_listening(kept->daemon.control)) {
		conf_unref(kept);
		return c;
	}
	conf_unref(c);
	return kept;
}

/* Says so, unless errors is 0. NULL: there is none. */
static struct conf *conf_dir_load_kept(
	const struct cli *cli, const char *dir, const char *watch, size_t errors)
{
	struct conf *daemon = NULL, *c = NULL;
	char stamp[STAMP_TEXT_MAX];
	int64_t since;

	if (conf_load_daemon(dir, &cli->env, &daemon))
		return NULL;
	daemon = conf_dir_restore_control(cli, dir, daemon);
	conf_kept_load(dir, daemon->daemon.state, &cli->env, str_of(watch), &c, &since);
	conf_dir_use_zone(c);
	if (c && errors)
		report_error("%zu error%s in the configuration of %s, see nightdesk check; used is "
			     "the %s, loaded %s",
			errors, str_plural((long long)errors), dir,
			daemon->daemon.control && control_listening(daemon->daemon.control)
				? "one of the running daemon"
				: "last one without errors",
			print_stamp_text(since, stamp));
	conf_unref(daemon);
	return c;
}

struct conf *conf_dir_load_sound(
	const struct cli *cli, const char *dir, const char *watch, int *code)
{
	struct conf_diags diags;
	struct conf *c = NULL;
	int rc = conf_load_watch(dir, &cli->env, str_of(watch), &c, &diags);

	if (rc == -(int)ERR_CONF || rc == -(int)ERR_ACCESS)
		c = conf_dir_load_kept(cli, dir, watch, diags.errors);
	else
		conf_dir_use_zone(c);
	conf_diags_release(&diags);
	*code = CLI_OK;
	return c ? c : conf_dir_load_watch(cli, dir, watch, code);
}

struct conf *conf_dir_load_or_default(const struct cli *cli, const char *dir, int *code)
{
	struct conf *c = NULL;

	if (dir || access(CLI_CONF_DIR, F_OK) == 0)
		return conf_dir_load(cli, dir ? dir : CLI_CONF_DIR, code);
	if (conf_load_daemon(CLI_CONF_DIR, &cli->env, &c) == 0)
		return c;
	*code = report_nomem();
	return NULL;
}

static int conf_dir_access(const char *dir, const char *name, int mode)
{
	struct buf path;
	int rc;

	buf_init(&path, PATH_ROOM);
	buf_printf(&path, "%s/%s", dir, name);
	rc = access(buf_z(&path), mode) == 0 ? 0 : errno;
	buf_release(&path);
	return rc;
}

/*
 * If the files cannot be read at all, the defaults would lead to the socket and the database of
 * another installation.
 */
static int conf_dir_check_readable(const char *dir)
{
	int why = conf_dir_access(dir, ".", R_OK | X_OK),
	    file = conf_dir_access(dir, "nightdesk.conf", R_OK);

	if (!why && file != ENOENT)
		why = file;
	if (!why)
		return CLI_OK;
	report_error("%s: the configuration cannot be read: %s; %s", dir, strerror(why),
		why == EACCES ? "become a member of the group that owns it"
			      : "name its directory with -c DIR");
	return why == EACCES ? CLI_NOPERM : CLI_FINDINGS;
}

/* See conf_dir_load_daemon(). watch: see conf_load_watch(); report: with a message about errors. */
static struct conf *conf_dir_load_any(
	const struct cli *cli, const char *dir, const char *watch, bool report, int *code)
{
	struct conf_diags diags;
	struct conf *c = NULL;
	int rc = conf_load_watch(dir, &cli->env, str_of(watch), &c, &diags);

	if (rc && rc != -(int)ERR_NOMEM)
		c = conf_dir_load_kept(cli, dir, watch, report ? diags.errors : 0);
	else
		conf_dir_use_zone(c);
	if (!c && rc != -(int)ERR_NOMEM && conf_load_daemon(dir, &cli->env, &c) == 0) {
		conf_dir_use_zone(c);
		if (report)
			report_error("%zu error%s in the configuration of %s, see nightdesk check",
				diags.errors, str_plural((long long)diags.errors), dir);
	}
	conf_diags_release(&diags);
	if (!c)
		*code = report_nomem();
	return c;
}

struct conf *conf_dir_load_daemon(const struct cli *cli, const char *dir, int *code)
{
	*code = conf_dir_check_readable(dir);
	return *code == CLI_OK ? conf_dir_load_any(cli, dir, NO_WATCH, true, code) : NULL;
}

struct conf *conf_dir_find_daemon(const struct cli *cli, const char *dir, int *code)
{
	*code = conf_dir_check_readable(dir);
	return *code == CLI_OK ? conf_dir_load_any(cli, dir, NO_WATCH, false, code) : NULL;
}

/* --- names that do not exist --- */

static int conf_dir_report_near(
	struct str near, const char *before, const char *name, const char *after)
{
	if (str_present(near) && !str_eq(near, str_of(name)))
		report_error("%s %s; did you mean %.*s?", before, name, STR_ARG(near));
	else
		report_error("%s %s%s", before, name, after);
	return CLI_FINDINGS;
}

static int conf_dir_report_no_watch_of(const struct conf *c, const char *dir, const char *watch)
{
	struct str near = c ? conf_nearest_watch(c, str_of(watch)) : STR_NONE;

	if (str_present(near))
		report_error("there is no watch %s in %s; did you mean %.*s?", watch, dir,
			STR_ARG(near));
	else
		report_error("there is no watch %s in %s", watch, dir);
	return CLI_FINDINGS;
}

int conf_dir_report_no_watch(const struct cli *cli, const char *dir, const char *watch)
{
	int code = CLI_OK;
	struct conf *c = conf_dir_load_any(cli, dir, NULL, false, &code);

	code = conf_dir_report_no_watch_of(c, dir, watch);
	conf_unref(c);
	return code;
}

int conf_dir_check_watch(const struct cli *cli, const char *dir, const char *watch)
{
	int code = CLI_OK;
	struct conf *c = conf_dir_load_any(cli, dir, NULL, false, &code);

	if (c && !c->broken && !conf_find_watch(c, str_of(watch)))
		code = conf_dir_report_no_watch_of(c, dir, watch);
	conf_unref(c);
	return code;
}

int conf_dir_report_no_feed(
	const struct conf *c, const char *before, const char *name, const char *after)
{
	return conf_dir_report_near(conf_nearest_feed(c, str_of(name)), before, name, after);
}

int conf_dir_report_no_notify(const struct conf *c, const char *name)
{
	return conf_dir_report_near(
		conf_nearest_notify(c, str_of(name)), "there is no notify block", name, "");
}

/* --- the database --- */

int conf_dir_open_store(const struct conf *c, struct store **out)
{
	struct err e = {0};
	int code = report_access(store_open(out, c->daemon.state, STORE_READ, &e), &e);

	if (e.cls == ERR_INPUT && access(c->daemon.state, F_OK) == 0)
		code = CLI_DATAERR; /* the file is damaged, or of another program */
	return code;
}

int conf_dir_open_database(const struct cli *cli, const char *dir, struct store **out)
{
	int code;
	struct conf *c = conf_dir_load_daemon(cli, dir, &code);

	*out = NULL;
	if (c)
		code = conf_dir_open_store(c, out);
	conf_unref(c);
	return code;
}

/* For reading first: opening for writing creates a missing database. */
int conf_dir_open_writer(const struct conf *c, struct store **out)
{
	struct err e;
	int rc = store_open(out, c->daemon.state, STORE_READ, &e);

	store_close(*out);
	*out = NULL;
	if (rc == 0)
		rc = store_open(out, c->daemon.state, STORE_WRITE, &e);
	return report_access(rc, &e);
}
