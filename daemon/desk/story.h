/* SPDX-License-Identifier: MIT */
/*
 * The story window of the desk: what each new item is among those of its last days. It is in
 * memory, and has what is committed. After a start it is filled from the store in steps; an item
 * that arrives before that is done is compared with what is there, since folding never delays an
 * alert.
 */
#ifndef DESK_STORY_H
#define DESK_STORY_H

#include "ingest.h"

struct desk_story;

/* The store must outlive it. NULL: out of memory. */
struct desk_story *desk_story_new(struct store *store);
void desk_story_free(struct desk_story *s); /* NULL is allowed */

/*
 * Finds out what a new item is that is stored already, and stores that: sets t->story, with strings
 * in item_arena. 0, -ERR_NOMEM or an error of the store.
 */
int desk_story_place(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	struct err *e);

#endif
