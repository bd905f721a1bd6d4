/* SPDX-License-Identifier: MIT */
/* The configuration as commands take it: -c DIR, its errors printed as `check` prints them. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/nearest.h"

#define TEXT_MAX  ((size_t)16 * 1024 * 1024)
#define PATH_ROOM ((size_t)64 * 1024)

struct conf *cli_conf(const struct cli *cli, const char *dir, int *code)
{
	return cli_conf_watch(cli, dir, NULL, code);
}

struct conf *cli_conf_watch(const struct cli *cli, const char *dir, const char *watch, int *code)
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
		cli_complain("%zu error%s in the configuration of %s", diags.errors,
			diags.errors == 1 ? "" : "s", dir);
		*code = CLI_FINDINGS;
	}
	buf_release(&text);
	conf_diags_release(&diags);
	return c;
}

int cli_no_watch(const struct cli *cli, const char *dir, const char *watch)
{
	struct nearest near;
	int code = CLI_OK;
	struct conf *c = cli_conf(cli, dir, &code);

	nearest_init(&near, str_of(watch));
	for (size_t i = 0; c && i < c->n_watches; i++)
		nearest_try(&near, str_of(c->watches[i].name));
	if (str_present(near.best))
		cli_complain("there is no watch %s in %s; did you mean %.*s?", watch, dir,
			STR_ARG(near.best));
	else if (c)
		cli_complain("there is no watch %s in %s", watch, dir);
	conf_unref(c);
	return CLI_FINDINGS;
}

int cli_check_watch(const struct cli *cli, const char *dir, const char *watch)
{
	struct conf_diags diags;
	struct conf *c = NULL;
	bool missing = conf_load_watch(dir, &cli->env, str_of(watch), &c, &diags) == 0 &&
		       !conf_find_watch(c, str_of(watch));

	conf_diags_release(&diags);
	conf_unref(c);
	return missing ? cli_no_watch(cli, dir, watch) : CLI_OK;
}

struct conf *cli_conf_or_defaults(const struct cli *cli, const char *dir, int *code)
{
	struct conf *c = NULL;

	if (dir || access(CLI_CONF_DIR, F_OK) == 0)
		return cli_conf(cli, dir ? dir : CLI_CONF_DIR, code);
	if (conf_load_daemon(CLI_CONF_DIR, &cli->env, &c) == 0)
		return c;
	cli_complain("out of memory");
	*code = CLI_OSERR;
	return NULL;
}

static int access_in(const char *dir, const char *name, int mode)
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
 * What is wrong inside is no matter here. Where nothing of it can be read, the defaults would lead
 * to another nightdesk than the one that is meant.
 */
static int check_readable(const char *dir)
{
	int why = access_in(dir, ".", R_OK | X_OK), file = access_in(dir, "nightdesk.conf", R_OK);

	if (!why && file != ENOENT)
		why = file;
	if (!why)
		return CLI_OK;
	cli_complain("%s: the configuration cannot be read: %s; %s", dir, strerror(why),
		why == EACCES ? "become a member of the group that owns it"
			      : "name its directory with -c DIR");
	return why == EACCES ? CLI_NOPERM : CLI_FINDINGS;
}

int cli_find_places(const struct cli *cli, const char *dir, struct cli_places *out)
{
	struct conf *c = NULL;
	int code = check_readable(dir);

	*out = (struct cli_places){0};
	if (code)
		return code;
	if (conf_load_daemon(dir, &cli->env, &c) == 0) {
		out->control = c->daemon.control ? strdup(c->daemon.control) : NULL;
		out->state = strdup(c->daemon.state);
	}
	conf_unref(c);
	if (out->state)
		return CLI_OK;
	cli_complain("out of memory");
	cli_places_release(out);
	return CLI_OSERR;
}

void cli_places_release(struct cli_places *p)
{
	free(p->control);
	free(p->state);
	*p = (struct cli_places){0};
}
