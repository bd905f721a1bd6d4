/* SPDX-License-Identifier: MIT */
/*
 * Alerts without a query: a rare name that many independent sources have at once, as the block
 * burst asks for. A name is rare if few items of the archive had its words before; without an
 * archive none is. It is reported once in a week.
 */
#ifndef DESK_BURST_H
#define DESK_BURST_H

#include "ingest.h"

struct desk_burst;

void desk_burst_free(struct desk_burst *b); /* NULL is allowed */
/* After a start, between polls: reads what the last items were about. */
void desk_burst_fill(struct desk *d, const struct conf *c);
/* Looks at a new item whose story is known, in the transaction that stores it. */
int desk_burst_look(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	struct err *e);

#endif
