/* SPDX-License-Identifier: MIT */
/*
 * Notices about alerts of an item: it was corrected or withdrawn. One for each watch that alerted
 * and each of the two, to every receiver that got the alert or will get it.
 */
#ifndef DESK_FOLLOWUP_H
#define DESK_FOLLOWUP_H

#include "ingest.h"

struct followup_news {
	enum alert_kind kind; /* ALERT_CORRECTED or ALERT_WITHDRAWN */
	int64_t item;	      /* row of the item that alerted */
	struct str cause;     /* one sentence */
	/* The item as it is now, or the one that says so; NULL: its alert says all. */
	const struct feed_item *is;
	const struct feed_item *was; /* before; NULL: unknown */
};

/* The watches whose alerts got a notice; zeroed at first, in item_arena. */
struct followup_told {
	struct followup_told_watch {
		struct str watch;
		struct str id; /* of the notice */
		bool fresh;    /* it was raised now, not earlier */
	} * v;
	size_t n, room;
};
/* That of the watch, or NULL. */
const struct followup_told_watch *followup_told_find(
	const struct followup_told *told, struct str watch);

/*
 * Raises the notices, in the transaction of the poll. Adds to *told the watches that have one now.
 * 0 or a class of the store.
 */
int followup_raise(struct ingest *t, const struct followup_news *news, struct followup_told *told,
	struct err *e);

/*
 * An update was raised with these plans: what is still held of the earlier alerts of the thread is
 * folded where the update is sent at once.
 */
int followup_replace_held(
	const struct ingest *t, int64_t thread, const struct ingest_plans *plans, struct err *e);

#endif
