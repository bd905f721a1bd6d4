/* SPDX-License-Identifier: MIT */
/*
 * How often a feed with rhythm = "learn" is polled: what the poller keeps of its rhythm
 * (desk/rhythm.h), a byte for each hour of the week. Pure; wall-clock ms, hours of UTC, so that a
 * change of the time zone of this machine means nothing. Daylight saving time of a publisher shifts
 * his rhythm by an hour, which the hours beside one allow for.
 */
#ifndef DESK_PACE_H
#define DESK_PACE_H

#include "store/rhythm.h"

struct pace {
	int64_t ends;		     /* the feed is silent from then on: no hour counts */
	uint8_t hours[RHYTHM_HOURS]; /* postings per hour, on a logarithmic scale */
};

/* Returns false, and sets nothing, if too little is known of the rhythm. */
bool pace_set(struct pace *p, const struct store_rhythm *r);
/*
 * The wait after a poll at `now` within which a quarter of a posting is expected; at least
 * `fastest`, and at most `every`: a rhythm only hastens polls.
 */
int64_t pace_wait(const struct pace *p, int64_t now, int64_t fastest, int64_t every);

#endif
