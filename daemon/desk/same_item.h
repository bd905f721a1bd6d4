/* SPDX-License-Identifier: MIT */
/*
 * Several watches match one item: receivers that people read get one message, the alert with the
 * highest priority, which names the others. Programs get each alert.
 */
#ifndef DESK_SAME_ITEM_H
#define DESK_SAME_ITEM_H

#include "ingest.h"

struct same_item_plans {
	const struct store_plan *v;
	size_t n;
};

/* The waiting deliveries of one item to such receivers; zeroed at first. */
struct same_item {
	struct same_item_part *v; /* in item_arena */
	size_t n, room;
};

/* Notes the deliveries of the alert with that row. 0 or -ERR_NOMEM. */
int same_item_note(const struct ingest *t, struct same_item *s, enum alert_priority priority,
	const struct same_item_plans *plans, int64_t row, struct err *e);
/* Joins them, after all watches. */
int same_item_join(const struct ingest *t, struct same_item *s, struct err *e);

#endif
