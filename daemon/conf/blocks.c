/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "conf/conf.h"
#include "grammar.h"

#define SCRATCH_MAX ((size_t)1 << 32)

/* The value of the key title, or of type in blocks without a title; absent if there is neither. */
static struct str blocks_title(const struct conf_node *block)
{
	struct str title = STR_NONE;

	for (const struct conf_node *key = block->first; key; key = key->next) {
		bool is_title = str_is(key->word, "title");

		if (key->block || !key->n_values || (!is_title && !str_is(key->word, "type")))
			continue;
		if (is_title || !str_present(title))
			title = key->values[0].text;
	}
	return title;
}

static int blocks_read(const char *dir, const struct conf_env *env, struct conf_files *files,
	struct arena *scratch, struct conf_tree *tree)
{
	struct conf_diags diags;
	int rc;

	conf_diags_init(&diags);
	*tree = (struct conf_tree){.arena = scratch, .notify_types = env->notify_types};
	rc = diags.arena ? conf_files_read(files, dir, scratch, scratch, &diags) : -ERR_NOMEM;
	for (size_t i = 0; rc == 0 && i < files->n; i++)
		rc = conf_tree_read(tree, &files->v[i], &diags);
	conf_diags_release(&diags);
	return rc;
}

int conf_each_block(
	const char *dir, const struct conf_env *env, const char *kind, conf_block_fn *fn, void *ctx)
{
	struct arena *scratch = arena_new(SCRATCH_MAX);
	struct conf_files files = {0};
	struct conf_tree tree;
	int rc = scratch ? blocks_read(dir, env, &files, scratch, &tree) : -ERR_NOMEM;

	for (const struct conf_node *b = rc == 0 ? tree.root.first : NULL; b; b = b->next)
		if (b->block && str_is(b->word, kind) && str_present(b->name))
			fn(ctx, b->name, blocks_title(b));
	free(files.v);
	arena_free(scratch);
	return rc;
}
