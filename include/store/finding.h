/* SPDX-License-Identifier: MIT */
/* Items by what people call them. Looks through all that is stored: for a person who waits. */
#ifndef STORE_FINDING_H
#define STORE_FINDING_H

#include "store/store.h"

/*
 * The rows of items with that id, link or alert, or (link_key not 0) with a link that is the same
 * page; newest first, at most max. 0, with *n.
 */
int store_items_find(struct store *s, struct str name, uint64_t link_key, int64_t *rows, size_t max,
	size_t *n, struct err *e);
/*
 * Did the item come with the first body of its feed? False when that cannot be told, because
 * retention has deleted items of the feed.
 */
int store_item_is_first(struct store *s, int64_t row, bool *yes, struct err *e);

#endif
