/* SPDX-License-Identifier: MIT */
/* The configured feeds as a table, the worst first. */
#ifndef WEB_FEED_TABLE_H
#define WEB_FEED_TABLE_H

#include "wall.h"

struct feed_choice {
	const struct web_wall *wall;
	int state;	/* enum document_feed_state; -1: any */
	bool not_fresh; /* only feeds with something to say */
	struct str
		text; /* in the name, title, address or a group, whatever the case; absent: any */
	size_t skip, max;
};

/*
 * Appends the table, or nothing if no feed is chosen. Sets *n to the number of chosen feeds, shown
 * or not. 0 or -class.
 */
int feed_table_put(struct html *h, struct web_call *c, struct store *store,
	const struct feed_choice *choice, size_t *n, struct err *e);
/* Why a feed is in its state, in words. Returns false if there is nothing to say. */
bool feed_table_put_reason(struct html *h, const struct document_feed *d);

#endif
