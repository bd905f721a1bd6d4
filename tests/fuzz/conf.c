/* SPDX-License-Identifier: MIT */
/*
 * Configuration text: grammar, schema and cross-checks of blocks. A NUL byte starts a second file.
 */
#include <stdint.h>
#include <stdlib.h>

#include "conf/draft.h"
#include "sink/sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct conf_draft *d, struct conf_source files[2], struct conf_tree *tree)
{
	for (int i = 0; i < 2; i++)
		if (files[i].text.p && conf_tree_read(tree, &files[i], d->diags) != 0)
			abort();
	if (conf_draft_read(d, tree) != 0 || conf_draft_link(d, &files[0]) != 0)
		abort();
}

/* Every byte of every value must have a position in its file. */
static void locate_values(const struct conf_tree *tree)
{
	for (const struct conf_node *b = tree->root.first; b; b = b->next)
		for (const struct conf_node *k = b->first; k; k = k->next)
			for (size_t i = 0; i < k->n_values; i++) {
				const struct conf_value *v = &k->values[i];
				struct conf_span at = conf_value_span(v, v->text.n);

				if (at.at.offset > v->at.file->text.n || at.from > at.to)
					abort();
			}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct conf_env env = {.notify_types = sink_conf_type};
	struct arena *kept = arena_new((size_t)1 << 30), *scratch = arena_new((size_t)1 << 30);
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
	size_t first = cut ? (size_t)(cut - data) : size;
	struct conf_source files[2] = {{.name = "a"}, {.name = "b", .order = 1}};
	struct conf_tree tree = {.arena = scratch, .notify_types = sink_conf_type};
	struct conf_diags diags;
	struct conf_draft d = {
		.arena = kept, .scratch = scratch, .diags = &diags, .dir = "/c", .env = &env};
	struct buf out;

	conf_diags_init(&diags);
	conf_source_init(&files[0], str_slice((const char *)data, first), scratch, &diags);
	if (cut)
		conf_source_init(&files[1], str_slice((const char *)cut + 1, size - first - 1),
			scratch, &diags);
	read_all(&d, files, &tree);
	locate_values(&tree);
	conf_diags_sort(&diags);
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < diags.n; i++)
		conf_diag_print(&out, &diags.v[i]);
	buf_release(&out);
	conf_diags_release(&diags);
	arena_free(kept);
	arena_free(scratch);
	return 0;
}
