/* SPDX-License-Identifier: MIT */
/*
 * The health of each feed, as far as polling does not need it: one row for a feed, written with its
 * bodies and failures, not with 304s.
 */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include "store/store.h"

struct store_health {
	int64_t bytes;	     /* of a body, on average; 0: unknown */
	int64_t milli_whole; /* answers with a body, decayed, in thousandths */
	int64_t milli_same;  /* 304 answers before the last of these, as many */
	int64_t latency;     /* ms from the date of an item until it was seen, geometric mean; -1 */
	int64_t newest;	     /* latest date of an item, or arrival of a new one; STAMP_NONE */
	int64_t stale_at; /* without a later item until then the feed is stale; STAMP_NONE: unknown
			   */
	int64_t failing_since; /* first failure of the last streak; STAMP_NONE: never */
	struct str reasons;    /* of that streak, one a line: "12 HTTP 503"; absent: none */
};

/* What is known of a feed that has no row. */
extern const struct store_health store_health_unknown;
/* Strings are in arena. */
int store_health_get(struct store *s, int64_t feed, struct arena *arena, struct store_health *out,
	struct err *e);
int store_health_put(struct store *s, int64_t feed, const struct store_health *h, struct err *e);

/* What the state of a feed follows from. Times as in struct store_feed and above. */
struct store_feed_state {
	struct str name; /* valid during the callback */
	int64_t last_poll, last_ok, next_due, interval;
	bool failed, gone, incomplete; /* its last poll; incomplete: it ended with an error */
	int64_t flood_at, silent_at, stale_at;
};
/* All stored feeds, in no order. A result of fn other than 0 ends it and is returned. */
typedef int store_feed_state_fn(void *ctx, const struct store_feed_state *f);
int store_feed_states(struct store *s, store_feed_state_fn *fn, void *ctx, struct err *e);

/* A feed that answers and has had nothing new for too long. */
struct store_overdue {
	struct str name, url;
	int64_t feed;
	int64_t last; /* newest item or last posting */
};
/*
 * The feeds that are silent (by store/rhythm.h), or stale, at `now`: their last poll succeeded, and
 * was after the time by which they should have had something new. At most max, the first before
 * others.
 */
int store_feeds_silent(struct store *s, int64_t now, size_t max, struct arena *arena,
	struct store_overdue **out, size_t *n, struct err *e);
int store_feeds_stale(struct store *s, int64_t now, size_t max, struct arena *arena,
	struct store_overdue **out, size_t *n, struct err *e);

#endif
