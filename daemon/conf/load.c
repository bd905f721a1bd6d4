/* SPDX-License-Identifier: MIT */
#include "compile.h"
#include "draft.h"
#include "files.h"
#include "generation.h"
#include "grammar.h"

#include <stdlib.h>

#define SCRATCH_MAX ((size_t)1 << 32)

/* State of one load. */
struct load_state {
	struct arena *scratch;
	struct conf_files files;
	struct conf_tree tree;
	struct conf_diags *diags;
	struct str only; /* absent: all watches */
};

/* The other watches were parsed and checked; they are not compiled. */
static void load_select_watch(struct conf_draft *d, struct str only)
{
	struct conf_names *blocks = &d->blocks[CONF_KIND_WATCH];
	size_t i = conf_names_find(blocks, only);

	if (i != TABLE_NONE) {
		d->watches += i;
		blocks->v += i;
	}
	blocks->n = i != TABLE_NONE;
}

static int load_build(struct load_state *l, struct conf_generation *g, const struct conf_env *env)
{
	const struct conf_source nothing = {.name = "nightdesk.conf"};
	const struct conf_source *first = l->files.n ? &l->files.v[0] : &nothing;
	struct conf_draft d = {.arena = g->arena,
		.scratch = l->scratch,
		.diags = l->diags,
		.dir = g->conf.dir,
		.env = env};
	int rc;

	conf_tree_init(&l->tree, l->scratch, env->notify_types);
	for (size_t i = 0; i < l->files.n; i++)
		if ((rc = conf_tree_read(&l->tree, &l->files.v[i], l->diags)) != 0)
			return rc;
	if ((rc = conf_draft_read(&d, &l->tree)) != 0 || (rc = conf_draft_link(&d, first)) != 0)
		return rc;
	if (str_present(l->only))
		load_select_watch(&d, l->only);
	rc = conf_compile(&d, first, &g->conf.set);
	return rc ? rc : conf_generation_fill(g, &d);
}

static int load_read_and_build(
	struct load_state *l, struct conf_generation *g, const struct conf_env *env)
{
	int rc = conf_files_read(&l->files, g->conf.dir, g->arena, l->scratch, l->diags);

	/* Without any file there is nothing to check. */
	if (rc == 0 && (l->files.n || !l->diags->errors))
		rc = load_build(l, g, env);
	free(l->files.v);
	return rc;
}

int conf_load(
	const char *dir, const struct conf_env *env, struct conf **out, struct conf_diags *diags)
{
	return conf_load_watch(dir, env, STR_NONE, out, diags);
}

int conf_load_watch(const char *dir, const struct conf_env *env, struct str watch,
	struct conf **out, struct conf_diags *diags)
{
	const struct conf_source whole = {.name = dir};
	struct conf_generation *g = conf_generation_new(dir, env);
	struct load_state l = {.scratch = arena_new(SCRATCH_MAX), .diags = diags, .only = watch};
	int rc = -ERR_NOMEM;

	*out = NULL;
	conf_diags_init(diags);
	if (g && l.scratch && diags->arena)
		rc = load_read_and_build(&l, g, env);
	arena_free(l.scratch);
	if (rc == -ERR_NOMEM)
		conf_error_file(diags, &whole, NULL, "out of memory");
	conf_diags_sort(diags);
	if (diags->errors) {
		if (g)
			conf_unref(&g->conf);
		return -ERR_CONF;
	}
	*out = &g->conf;
	return 0;
}

/* Reads the daemon and poll blocks as far as possible; the rest has its defaults. */
static int load_read_daemon(
	struct load_state *l, struct conf_generation *g, const struct conf_env *env)
{
	struct conf_draft d = {.arena = g->arena,
		.scratch = l->scratch,
		.diags = l->diags,
		.dir = g->conf.dir,
		.env = env};
	int rc = conf_files_read(&l->files, g->conf.dir, g->arena, l->scratch, l->diags);

	conf_tree_init(&l->tree, l->scratch, env->notify_types);
	for (size_t i = 0; rc == 0 && i < l->files.n; i++)
		rc = conf_tree_read(&l->tree, &l->files.v[i], l->diags);
	if (rc == 0)
		rc = conf_draft_read(&d, &l->tree);
	if (rc == 0)
		conf_draft_link_paths(&d);
	if (rc == 0 && d.nomem)
		rc = -ERR_NOMEM;
	g->conf.daemon = d.daemon;
	g->conf.poll = d.poll;
	free(l->files.v);
	return rc;
}

int conf_load_daemon(const char *dir, const struct conf_env *env, struct conf **out)
{
	struct conf_diags diags;
	struct conf_generation *g = conf_generation_new(dir, env);
	struct load_state l = {.scratch = arena_new(SCRATCH_MAX), .diags = &diags};
	int rc = -ERR_NOMEM;

	*out = NULL;
	conf_diags_init(&diags);
	if (g && l.scratch && diags.arena)
		rc = load_read_daemon(&l, g, env);
	arena_free(l.scratch);
	conf_diags_release(&diags);
	if (rc == 0)
		*out = &g->conf;
	else if (g)
		conf_unref(&g->conf);
	return rc;
}
