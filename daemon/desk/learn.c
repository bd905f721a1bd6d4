/* SPDX-License-Identifier: MIT */
/*
 * Which words are rare, from the archive: a scratch that was just made looks at watches by a guess.
 * It answers the same without, only later; so what fails here is passed over.
 */
#include "taking.h"

#include "store/archive.h"

#define LEARN_ITEMS 600
#define LEARN_BYTES ((size_t)8 << 20) /* of text: an alert waits for it */

struct learning {
	struct desk *desk;
	const struct conf *conf;
	size_t bytes;
	struct err *e;
};

static int learn_item(void *ctx, const struct store_item_row *row)
{
	struct learning *l = ctx;
	struct watch_view view;

	arena_clear(l->desk->item_arena);
	if (desk_view(conf_find_feed(l->conf, row->feed), &row->item, STR_NONE, row->first_seen,
		    row->first_seen, l->desk->item_arena, &view))
		return 0;
	watch_scratch_learn(l->desk->scratch, &view, l->e);
	l->bytes += view.body.n;
	return l->bytes > LEARN_BYTES;
}

void desk_learn(struct desk *d, const struct conf *c)
{
	struct err e = {.cls = ERR_NONE};
	struct learning l = {.desk = d, .conf = c, .e = &e};
	const struct archive_period newest = {
		.since = STAMP_NONE, .until = STAMP_NONE, .newest = LEARN_ITEMS};

	archive_each(d->store, &newest, learn_item, &l, &e);
}
