/* SPDX-License-Identifier: MIT */
/* The earlier item that a new item of the feed corrects or withdraws. */
#ifndef DESK_REFERENTS_H
#define DESK_REFERENTS_H

#include "story/correction.h"
#include "store/store.h"

struct ingest;

/* Items of the feed that have alerted, read when the first one is needed; zeroed at first. */
struct referents {
	bool read;
	struct referent *v; /* in feed_arena, the newest first */
	size_t n;
	size_t looked; /* items for which one was searched */
};

/*
 * Sets *row to the item that alerted to which the new item clearly refers: by its link, by the
 * headline after its first words or in its text, or by the end of its link. 0: to none.
 */
int referents_find(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	const struct correction *c, int64_t *row, struct err *e);

#endif
