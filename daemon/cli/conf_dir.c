/* SPDX-License-Identifier: MIT */
#include "conf_dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "report.h"

#define TEXT_MAX  ((size_t)16 * 1024 * 1024)
#define PATH_ROOM ((size_t)64 * 1024)

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
			conf_diag_print(&text, &diags.v[i]);
	if (rc) {
		fputs(buf_z(&text), stderr);
		report_error("%zu error%s in the configuration of %s", diags.errors,
			diags.errors == 1 ? "" : "s", dir);
		*code = CLI_FINDINGS;
	}
	buf_release(&text);
	conf_diags_release(&diags);
	return c;
}

int conf_dir_report_no_watch(const struct cli *cli, const char *dir, const char *watch)
{
	struct nearest near;
	int code = CLI_OK;
	struct conf *c = conf_dir_load(cli, dir, &code);

	nearest_init(&near, str_of(watch));
	for (size_t i = 0; c && i < c->n_watches; i++)
		nearest_try(&near, str_of(c->watches[i].name));
	if (str_present(near.best))
		report_error("there is no watch %s in %s; did you mean %.*s?", watch, dir,
			STR_ARG(near.best));
	else if (c)
		report_error("there is no watch %s in %s", watch, dir);
	conf_unref(c);
	return CLI_FINDINGS;
}

int conf_dir_check_watch(const struct cli *cli, const char *dir, const char *watch)
{
	struct conf_diags diags;
	struct conf *c = NULL;
	bool missing = conf_load_watch(dir, &cli->env, str_of(watch), &c, &diags) == 0 &&
		       !conf_find_watch(c, str_of(watch));

	conf_diags_release(&diags);
	conf_unref(c);
	return missing ? conf_dir_report_no_watch(cli, dir, watch) : CLI_OK;
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

int conf_dir_find_paths(const struct cli *cli, const char *dir, struct conf_dir_paths *out)
{
	struct conf *c = NULL;
	int code = conf_dir_check_readable(dir);

	*out = (struct conf_dir_paths){0};
	if (code)
		return code;
	if (conf_load_daemon(dir, &cli->env, &c) == 0) {
		out->control = c->daemon.control ? strdup(c->daemon.control) : NULL;
		out->database = strdup(c->daemon.state);
	}
	conf_unref(c);
	if (out->database)
		return CLI_OK;
	conf_dir_release_paths(out);
	return report_nomem();
}

void conf_dir_release_paths(struct conf_dir_paths *p)
{
	free(p->control);
	free(p->database);
	*p = (struct conf_dir_paths){0};
}

int conf_dir_open_database(const struct cli *cli, const char *dir, struct store **out)
{
	struct conf_dir_paths paths;
	struct err e = {0};
	int code = conf_dir_find_paths(cli, dir, &paths);

	*out = NULL;
	if (code)
		return code;
	code = report_access(store_open(out, paths.database, STORE_READ, &e), &e);
	if (e.cls == ERR_INPUT && access(paths.database, F_OK) == 0)
		code = CLI_DATAERR; /* the file is damaged, or of another program */
	conf_dir_release_paths(&paths);
	return code;
}
