/* SPDX-License-Identifier: MIT */
/* How much happened when: alerts, items of a feed, deliveries. For pages. See store.h for errors.
 */
#ifndef STORE_ACTIVITY_H
#define STORE_ACTIVITY_H

#include "store/store.h"

/* Equal periods, the first from `since` on; what is later than the last is not counted. */
struct store_activity {
	int64_t since, step; /* wall ms */
	size_t n;
	int64_t *counts; /* n of them, the caller's; set */
};
/* By priority, of all periods together. */
struct store_activity_ranks {
	int64_t v[ALERT_LOW + 1];
};
/* Alerts of matches: no notices. watch absent: of all. ranks may be NULL. */
int store_activity_alerts(struct store *s, const struct store_activity *a, struct str watch,
	struct store_activity_ranks *ranks, struct err *e);
/* How many alerts each watch has raised since then, and when the last; sorted by its name. */
struct store_activity_watch {
	struct str watch;
	int64_t alerts, last;
};
int store_activity_watches(struct store *s, int64_t since, struct arena *arena,
	struct store_activity_watch **out, size_t *n, struct err *e);
/*
 * Sets *row to the lowest one of the newest `n` alerts of a watch with a row below `before` (0: of
 * any), and of the notices about them; 0: it has none. From the index alone, so that a list of a
 * watch with few alerts need not go through those of all others.
 */
int store_activity_oldest(
	struct store *s, struct str watch, int64_t before, size_t n, int64_t *row, struct err *e);
/* Items of a feed (row), by the time when they were first seen. Scans the feed. */
int store_activity_items(
	struct store *s, const struct store_activity *a, int64_t feed, struct err *e);

/* What became of the deliveries of the alerts that were raised since then, by receiver. */
struct store_activity_receiver {
	struct str notify;
	int64_t deliveries[STORE_STATES_STORED]; /* a part of a digest counts as the digest */
	int64_t delivered_at;			 /* last; STAMP_NONE: none was */
};
int store_activity_receivers(struct store *s, int64_t since, struct arena *arena,
	struct store_activity_receiver **out, size_t *n, struct err *e);

/* Rows of items of a feed (row), the newest first, at most max. Scans the feed. */
int store_feed_items(
	struct store *s, int64_t feed, int64_t *rows, size_t max, size_t *n, struct err *e);

#endif
