/* SPDX-License-Identifier: MIT */
/*
 * The posting rhythm of a feed: how often it posts at each hour of the week, how regular that is,
 * and when its silence is too long to be chance. Polling by rhythm, the trouble of a silent feed
 * and the listing of feeds all ask here. Pure functions over struct store_rhythm.
 *
 * Learning: rhythm_learn() with the times of the new items of each whole body (desk_ingest() does
 * that). Asking: rhythm_rates() once, then
 *
 *	rhythm_rate(rates, t)		 postings per hour at that time, smoothed: for polling
 *	rhythm_expected(rates, a, b)	 postings expected between two times
 *	rhythm_chance(r, rates, a, b)	 how likely a sound feed posts nothing from a to b
 *	rhythm_silent_at(r, rates)	 when the silence since the last posting is improbable
 *	rhythm_items_a_day(r, rates)	 for people
 *
 * All times are wall-clock ms, all hours UTC: a shift by an hour (daylight saving time) counts as
 * possible in what concerns silence.
 */
#ifndef DESK_RHYTHM_H
#define DESK_RHYTHM_H

#include "base/clock.h"
#include "store/rhythm.h"

/* Items that are closer to each other are one posting, so a batch counts once. */
#define RHYTHM_SLOT CLOCK_MINUTE

/* Learns nothing yet: counts from `now` on. */
void rhythm_start(struct store_rhythm *r, int64_t now);
/*
 * A whole body was read at `now` and had n new items, of these times: by their dates, or when they
 * were seen. Sorts times. Sets r->silent_at.
 */
void rhythm_learn(struct store_rhythm *r, int64_t *times, size_t n, int64_t now);

struct rhythm_rates {
	float rate[RHYTHM_HOURS];    /* postings per hour; 0: none, or that hour was not seen yet */
	float counted[RHYTHM_HOURS]; /* the postings that the rate is made of, decayed */
	float seen[RHYTHM_HOURS];    /* hours that this hour of the week was observed, decayed */
	float quiet[24];	     /* the rate of the quietest day; 0: not all days were seen */
	double postings;	     /* all that are counted, decayed */
	bool whole_week;	     /* each hour of the week was seen */
};
/* until: there was no posting after r->last up to then; at least r->until. */
void rhythm_rates(const struct store_rhythm *r, int64_t until, struct rhythm_rates *out);

/* Enough postings are known for a schedule: at least a day was seen, and ten postings. */
bool rhythm_is_known(const struct rhythm_rates *rates);
/*
 * Postings per hour at t. Hours beside it and the same hour of other days count a little, so that
 * single postings make no steps.
 */
double rhythm_rate(const struct rhythm_rates *rates, int64_t t);
/* Postings expected in [from, to). Hours that were not seen yet count as without postings. */
double rhythm_expected(const struct rhythm_rates *rates, int64_t from, int64_t to);
/*
 * An upper estimate of the probability that a feed with this rhythm posts nothing in [from, to),
 * 1 if too little is known. from: its last posting. It allows for a holiday: the first day that
 * would have postings may be like the quietest of the week.
 */
double rhythm_chance(
	const struct store_rhythm *r, const struct rhythm_rates *rates, int64_t from, int64_t to);
/*
 * When a silence since r->last is so improbable that it would happen once in twenty years by
 * chance; STAMP_NONE: too little is known, or that takes more than ten weeks.
 */
int64_t rhythm_silent_at(const struct store_rhythm *r, const struct rhythm_rates *rates);
/* New items in a usual day. */
double rhythm_items_a_day(const struct store_rhythm *r, const struct rhythm_rates *rates);

#endif
