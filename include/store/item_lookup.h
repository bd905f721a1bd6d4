/* SPDX-License-Identifier: MIT */
/* Items by what people call them: for a person who waits. */
#ifndef STORE_ITEM_LOOKUP_H
#define STORE_ITEM_LOOKUP_H

#include "store/store.h"

/* What somebody called an item. */
struct store_name {
	struct str text;
	uint8_t key[16];   /* of an item with that id, see feed/identity.h */
	uint64_t link_key; /* of that link; 0: it is none */
};

/*
 * The rows of items with that id or alert, or with a link that is the same page; newest first, at
 * most max. Where that finds nothing all items are looked through for just that id or link (ids
 * that several items of a feed share), which takes seconds on a large archive. 0, with *n.
 */
int store_items_find(struct store *s, const struct store_name *name, int64_t *rows, size_t max,
	size_t *n, struct err *e);
/*
 * Did the item come with the first body of its feed? False when that cannot be told, because
 * retention has deleted items of the feed.
 */
int store_item_is_first(struct store *s, int64_t row, bool *yes, struct err *e);

#endif
