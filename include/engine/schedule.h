/* SPDX-License-Identifier: MIT */
/*
 * How long to wait: pure arithmetic, no clock, no state. All times are milliseconds.
 */
#ifndef ENGINE_SCHEDULE_H
#define ENGINE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/rng.h"

#define SCHEDULE_ASK_MAX     CLOCK_DAY	      /* the longest wait that anybody's header gets */
#define SCHEDULE_BACKOFF_MAX (6 * CLOCK_HOUR) /* of a failing feed */

/* What one finished poll says about the next one. */
struct schedule_poll {
	int64_t now;   /* wall, for skip hours and days */
	int64_t every; /* as configured */
	bool force;    /* the feed's own wishes do not count */
	bool failed;
	unsigned failures;   /* in a row, with this one */
	bool gone;	     /* 410 */
	int64_t retry_after; /* -1: not said. Not even force comes before it */
	int64_t max_age;     /* -1: not said */
	int64_t ttl;	     /* -1 or 0: not said */
	uint32_t skip_hours; /* bit h: not at hour h, UTC */
	uint8_t skip_days;   /* bit d: 0 = Sunday */
};

/* The least wait that the answer and the feed ask for, as far as that counts; 0: none. */
int64_t schedule_floor(const struct schedule_poll *s);

/*
 * The wait until the next poll. A good one: `every`, 10 % up or down, yet never under what the feed
 * asks for (each wish counts for a day at most). A failed one: `every`, doubled from the second
 * failure on, up to SCHEDULE_BACKOFF_MAX. Gone: a day.
 */
int64_t schedule_next_poll(const struct schedule_poll *s, struct rng *rng);

/*
 * The wait after the n-th failed attempt (from 1) to deliver, 20 % up or down; -1: the time of
 * this delivery is over. Standard Webhooks' schedule: about three days in all.
 */
int64_t schedule_next_attempt(unsigned attempts, struct rng *rng);

/* While a receiver fails again and again (n in a row): the wait until it is probed once more. */
int64_t schedule_probe(unsigned failures, struct rng *rng);

#endif
