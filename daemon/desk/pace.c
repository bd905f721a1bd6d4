/* SPDX-License-Identifier: MIT */
#include "desk/pace.h"

#include <math.h>

#include "base/clock.h"
#include "desk/rhythm.h"

#define MONDAY	(3 * CLOCK_DAY) /* the epoch was a Thursday */
#define WEEK	(7 * CLOCK_DAY)
#define SHARE	0.25		 /* of a posting, expected between two polls */
#define STEPS	16.0		 /* of the scale, to a factor of two */
#define LEAST	0.02		 /* postings per hour, its unit at zero */
#define UNKNOWN (14 * CLOCK_DAY) /* after its last posting, if no silence is known */

static uint8_t pace_encode(double rate)
{
	double step = round(STEPS * log2(1 + fmax(rate, 0) / LEAST));

	return (uint8_t)fmin(step, UINT8_MAX);
}

static double pace_decode(uint8_t step)
{
	return (exp2(step / STEPS) - 1) * LEAST;
}

bool pace_set(struct pace *p, const struct store_rhythm *r)
{
	struct rhythm_rates rates;

	if (r->since == STAMP_NONE || r->last == STAMP_NONE)
		return false;
	rhythm_rates(r, r->until, &rates);
	if (!rhythm_is_known(&rates))
		return false;
	p->ends = r->silent_at != STAMP_NONE ? r->silent_at : r->last + UNKNOWN;
	for (int h = 0; h < RHYTHM_HOURS; h++)
		p->hours[h] = pace_encode(rhythm_rate(&rates, h * CLOCK_HOUR - MONDAY));
	return true;
}

int64_t pace_wait(const struct pace *p, int64_t now, int64_t fastest, int64_t every)
{
	int64_t at = now, end = now + every;
	double expected = 0;

	if (fastest >= every || now >= p->ends)
		return every;
	while (at < end) {
		int64_t in_week = (at + MONDAY) % WEEK, in_hour;
		double rate;

		in_week += in_week < 0 ? WEEK : 0;
		in_hour = in_week % CLOCK_HOUR;
		rate = pace_decode(p->hours[in_week / CLOCK_HOUR]) / (double)CLOCK_HOUR;
		if (rate * (double)(CLOCK_HOUR - in_hour) >= SHARE - expected) {
			at += (int64_t)((SHARE - expected) / rate);
			break;
		}
		expected += rate * (double)(CLOCK_HOUR - in_hour);
		at += CLOCK_HOUR - in_hour;
	}
	if (at - now < fastest)
		return fastest;
	return at < end ? at - now : every;
}
