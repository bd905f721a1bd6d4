/* SPDX-License-Identifier: MIT */
/* The configuration as commands take it: -c DIR, its errors printed as `check` prints them. */
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#define TEXT_MAX ((size_t)16 * 1024 * 1024)

struct conf *cli_conf(const struct cli *cli, const char *dir, int *code)
{
	struct conf_diags diags;
	struct conf *c = NULL;
	struct buf text;
	int rc = conf_load(dir, &cli->env, &c, &diags);

	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; rc && i < diags.n; i++)
		if (!diags.v[i].warning)
			conf_diag_print(&text, &diags.v[i]);
	if (rc) {
		fputs(buf_z(&text), stderr);
		cli_complain("%zu errors in the configuration of %s", diags.errors, dir);
		*code = CLI_FINDINGS;
	}
	buf_release(&text);
	conf_diags_release(&diags);
	return c;
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

int cli_find_places(const struct cli *cli, const char *dir, struct cli_places *out)
{
	struct conf *c = NULL;

	*out = (struct cli_places){0};
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
