/* SPDX-License-Identifier: MIT */
#include "feed/join.h"

#include <stdlib.h>
#include <string.h>

#include "newest.h"

static bool join_all(struct feed_newest *newest, const struct feed_batch *b, size_t part,
	struct feed_item *items)
{
	for (size_t i = 0; i < b->n_items; i++) {
		items[newest->n] = b->items[i];
		items[newest->n].part = (uint32_t)part;
		if (!feed_newest_add(
			    newest, feed_item_plausible_date(&b->items[i]), items, sizeof(*items)))
			return false;
	}
	return true;
}

/* Moves the kept items into the arena of the batch. */
static int join_take(struct feed_batch *into, const struct feed_newest *newest,
	const struct feed_item *items, struct err *e)
{
	struct feed_item *kept = arena_array(into->arena, newest->n, sizeof(*kept));

	if (!kept)
		return arena_overflowed(into->arena)
			       ? err_set(e, ERR_LIMIT, "the sitemaps hold too much in all")
			       : err_nomem(e);
	if (newest->n)
		memcpy(kept, items, newest->n * sizeof(*kept));
	into->items = kept;
	into->n_items = newest->n;
	into->left_out += newest->dropped;
	return 0;
}

static struct str join_common(struct str have, struct str part, bool first)
{
	return first || (have.p && part.p && str_eq(have, part)) ? part : STR_NONE;
}

static void join_info(struct feed_batch *into, struct feed_batch *const *parts, size_t n)
{
	struct str title = STR_NONE, language = STR_NONE;

	for (size_t i = 0; i < n; i++) {
		title = join_common(title, parts[i]->feed.title, i == 0);
		language = join_common(language, parts[i]->feed.language, i == 0);
		into->partial |= !feed_batch_is_whole(parts[i]);
		into->left_out += parts[i]->left_out;
		into->body_bytes += parts[i]->body_bytes;
	}
	if (!into->feed.title.p)
		into->feed.title = title;
	if (!into->feed.language.p)
		into->feed.language = language;
}

int feed_batch_join(struct feed_batch *into, struct feed_batch *const *parts, size_t n, size_t max,
	struct err *e)
{
	size_t total = into->n_items;
	struct feed_newest newest = {.max = 0};
	struct feed_item *items;
	bool ok;
	int rc;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		total += parts[i]->n_items;
	items = calloc(total + 1, sizeof(*items));
	feed_newest_begin(&newest, max);
	ok = items && join_all(&newest, into, 0, items);
	for (size_t i = 0; ok && i < n; i++)
		ok = join_all(&newest, parts[i], i + 1, items);
	ok = ok && feed_newest_end(&newest, items, sizeof(*items));
	rc = ok ? join_take(into, &newest, items, e) : err_nomem(e);
	if (rc == 0)
		join_info(into, parts, n);
	feed_newest_release(&newest);
	free(items);
	return rc;
}
