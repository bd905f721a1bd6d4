/* SPDX-License-Identifier: MIT */
/* Paths in a configuration. */
#include <string.h>
#include <unistd.h>

#include "draft.h"

static const char *link_join_path(struct conf_draft *d, struct str dir, const char *name)
{
	const char *path = arena_printf(d->arena, "%.*s/%s", STR_ARG(dir), name);

	d->nomem |= !path;
	return path;
}

/* systemd separates several directories by colons; the first one is used. */
static struct str link_first_dir(const char *dirs, const char *otherwise)
{
	struct str dir = str_of(dirs && *dirs ? dirs : otherwise);
	const char *colon = memchr(dir.p, ':', dir.n);

	return str_slice(dir.p, colon ? (size_t)(colon - dir.p) : dir.n);
}

/* Relative paths are relative to the configuration directory. */
static const char *link_absolute_path(struct conf_draft *d, const char *path)
{
	return path[0] == '/' || !d->dir ? path : link_join_path(d, str_of(d->dir), path);
}

void conf_draft_link_paths(struct conf_draft *d)
{
	struct conf_daemon *c = &d->daemon;

	c->state = c->state && *c->state
			   ? link_absolute_path(d, c->state)
			   : link_join_path(d,
				     link_first_dir(d->env->state_directory, "/var/lib/nightdesk"),
				     "nightdesk.db");
	if (!c->control)
		c->control = link_join_path(d,
			link_first_dir(d->env->runtime_directory, "/run/nightdesk"),
			"control.sock");
	else if (!*c->control)
		c->control = NULL;
	else
		c->control = link_absolute_path(d, c->control);
	/* sun_path has 108 bytes, with the NUL. */
	if (c->control && strlen(c->control) > 107) {
		const struct conf_names *daemon = &d->blocks[CONF_KIND_DAEMON];
		const struct conf_node *key =
			daemon->n ? conf_draft_key(daemon->v[0].node, "control") : NULL;

		if (key)
			conf_error(d->diags, key->values[0].at, NULL,
				"control: the path of a socket has at most 107 bytes");
	}
}

const char *conf_draft_link_file(
	struct conf_draft *d, const char *path, const struct conf_node *block, const char *name)
{
	const struct conf_node *key = block ? conf_draft_key(block, name) : NULL;

	if (!path || !*path)
		return NULL;
	path = link_absolute_path(d, path);
	if (path && key && access(path, R_OK) != 0)
		conf_error_read(d->diags, key->values[0].at, NULL, name);
	return path;
}
