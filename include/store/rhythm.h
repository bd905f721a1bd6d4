/* SPDX-License-Identifier: MIT */
/*
 * The posting rhythm of each feed, as stored: one row for a feed, written with its new items.
 * desk/rhythm.h learns it and says what follows from it.
 */
#ifndef STORE_RHYTHM_H
#define STORE_RHYTHM_H

#include "store/store.h"

#define RHYTHM_HOURS 168 /* of a week; hour 0 begins on Monday 00:00 UTC */
#define RHYTHM_UNIT  64	 /* of struct store_rhythm.hours: a posting */

/*
 * A posting is one or more new items within RHYTHM_SLOT. All counts decay: those of the last five
 * weeks or so have most of the weight.
 */
struct store_rhythm {
	int64_t since;	     /* wall ms, from here on it is learnt; STAMP_NONE: nothing is */
	int64_t until;	     /* to here */
	int64_t last;	     /* last posting; STAMP_NONE: none yet */
	int64_t silent_at;   /* without a posting until then the feed is silent; STAMP_NONE: unknown
			      */
	int64_t milli_items; /* new items, in thousandths */
	/*
	 * The gaps between postings, as the postings that were expected meanwhile: how many, their
	 * sum, the sum of their squares, the longest; in thousandths.
	 */
	int64_t gaps, gap_sum, gap_squares, gap_max;
	uint16_t hours[RHYTHM_HOURS]; /* postings by hour of the week, times RHYTHM_UNIT */
};

/* Sets out->since to STAMP_NONE if nothing is stored. feed: row of the feed, not 0. */
int store_rhythm_get(struct store *s, int64_t feed, struct store_rhythm *out, struct err *e);
int store_rhythm_put(struct store *s, int64_t feed, const struct store_rhythm *r, struct err *e);
/* Nothing is known of the rhythm any more: the feed has another url. */
int store_rhythm_drop(struct store *s, int64_t feed, struct err *e);

#endif
