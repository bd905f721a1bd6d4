/* SPDX-License-Identifier: MIT */
/* What nearly every poll stores. */
#ifndef STORE_TOUCH_H
#define STORE_TOUCH_H

#include "store/feeds.h"

/*
 * What a poll changes that succeeded and brought nothing: neither a body nor other validators, nor
 * another address. The rest of struct store_feed is as after any poll without a failure.
 */
struct store_touch {
	int64_t feed; /* id */
	int64_t at;   /* last_poll and last_ok */
	int64_t next_due, host_rest, interval, retry_after, max_age;
	unsigned interval_why, slowness;
	unsigned unmodified, probe_after; /* as in struct store_trust */
	/*
	 * A body came, the same as before, after so many 304s, and this part of the counts in
	 * struct store_health is kept, in millionths; 0: none came, or it does not count.
	 */
	unsigned same, keep;
};
int store_feed_touch(struct store *s, const struct store_touch *t, struct err *e);

#endif
