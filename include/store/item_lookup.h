/* SPDX-License-Identifier: MIT */
/* Find items by id, link or alert, for interactive commands. */
#ifndef STORE_ITEM_LOOKUP_H
#define STORE_ITEM_LOOKUP_H

#include "store/store.h"

/* A name to look for. */
struct store_name {
	struct str text;
	uint8_t key[16];   /* key of an item with that id, see feed/identity.h */
	uint64_t link_key; /* key of text as a link; 0: not a link */
};

/*
 * Finds the rows of items with that id or alert id, or whose link leads to the same page; newest
 * first, at most max. If there are none, scans all items for exactly that id or link (ids that
 * several items of a feed share), which takes seconds on a large archive.
 */
int store_items_find(struct store *s, const struct store_name *name, int64_t *rows, size_t max,
	size_t *n, struct err *e);
/*
 * Sets *yes if the item arrived with the first body of its feed; false if unknown, because
 * retention has deleted items of the feed.
 */
int store_item_is_first(struct store *s, int64_t row, bool *yes, struct err *e);

#endif
