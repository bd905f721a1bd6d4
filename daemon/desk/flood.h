/* SPDX-License-Identifier: MIT */
/*
 * The flood guard: when a feed brings far more at once than it usually does (a publisher changed
 * all ids, links and dates), the first alerts of a watch are sent and the others become one digest.
 * All of them are stored.
 *
 * A poll is a flood for all watches if it has more new items than flood-items, and for a watch that
 * raises more alerts than flood-alerts; in both cases only if it is also more than three times the
 * number of new items that is usual for the feed in the time since its last whole body.
 */
#ifndef DESK_FLOOD_H
#define DESK_FLOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/err.h"
#include "feed/item.h"

struct ingest;

/* An alert that this poll raised. */
struct flood_alert {
	size_t watch;		      /* index in conf */
	const struct feed_item *item; /* in the batch */
	int64_t row;		      /* of the alert */
	struct str id;		      /* in feed_arena */
};

struct flood {
	size_t new_items; /* without those that resurfaced */
	double usual;	  /* see arrivals.h */
	bool of_items;
	struct flood_alert *alerts; /* in the order in which they were raised; in feed_arena */
	size_t n, room;
};

/* Counts the new items of the batch, after their states are known. */
void flood_begin(struct ingest *t);
/* Records an alert. 0 or -ERR_NOMEM. */
int flood_note_alert(struct ingest *t, size_t watch, const struct feed_item *item, int64_t row,
	struct str id, struct err *e);
/* Turns what is too much into digests, after all items of the batch. */
int flood_end(struct ingest *t, struct err *e);
/* Learns from a whole body what is usual. */
void flood_learn(struct ingest *t);

#endif
