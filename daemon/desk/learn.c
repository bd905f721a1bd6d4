/* SPDX-License-Identifier: MIT */
/*
 * Word counts for the index of the watches, which is fastest if it knows rare words. For a new
 * configuration they come from the newest stored items; each match then adds to them. The index is
 * rebuilt from the counts only here, between polls. Errors are ignored: matches are the same
 * without.
 */
#include "burst.h"

#include "store/archive.h"

#define LEARN_ITEMS 600
#define LEARN_BYTES ((size_t)8 << 20) /* of text: bounds the delay of polls */

struct learn_run {
	struct desk *desk;
	const struct conf *conf;
	size_t bytes;
	struct err *e;
};

static int learn_item(void *ctx, const struct store_item_row *row)
{
	struct learn_run *l = ctx;
	struct watch_view view;

	arena_clear(l->desk->item_arena);
	if (desk_view(conf_find_feed(l->conf, row->feed), &row->item, STR_NONE, row->first_seen,
		    row->first_seen, l->desk->item_arena, &view))
		return 0;
	watch_scratch_learn(l->desk->scratch, &view, l->e);
	l->bytes += view.body.n;
	return l->bytes > LEARN_BYTES;
}

static void learn_archive(struct desk *d, const struct conf *c)
{
	struct err e = {.cls = ERR_NONE};
	struct learn_run l = {.desk = d, .conf = c, .e = &e};
	const struct archive_period newest = {
		.since = STAMP_NONE, .until = STAMP_NONE, .newest = LEARN_ITEMS};

	archive_each(d->store, &newest, learn_item, &l, &e);
}

void desk_learn(struct desk *d, const struct conf *c)
{
	struct err e;

	if (desk_scratch(d, c, &e))
		return;
	if (!d->learnt)
		learn_archive(d, c);
	d->learnt = true;
	desk_burst_fill(d, c);
	watch_scratch_rebuild(d->scratch);
}
