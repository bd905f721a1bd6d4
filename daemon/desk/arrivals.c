/* SPDX-License-Identifier: MIT */
#include "arrivals.h"

#include <math.h>

#define WINDOW (3 * CLOCK_DAY)

double arrivals_usual(const struct store_arrivals *a, int64_t now)
{
	double expected;

	if (a->since == STAMP_NONE || a->until <= a->since || now <= a->until)
		return 0;
	expected = (double)a->milli_items / 1000 / (double)(a->until - a->since) *
		   (double)(now - a->until);
	return expected + sqrt(expected);
}

void arrivals_count(struct store_arrivals *a, int64_t now, double n)
{
	/* Not learnt yet, or the wall clock was set back. */
	if (a->since == STAMP_NONE || now < a->until) {
		*a = (struct store_arrivals){.since = now, .until = now};
		return;
	}
	a->milli_items += (int64_t)(n * 1000);
	a->until = now;
	/* Past the window, keep the rate and shorten its time: older items weigh less and less. */
	if (now - a->since > WINDOW) {
		a->milli_items = (int64_t)((double)a->milli_items * (double)WINDOW /
					   (double)(now - a->since));
		a->since = now - WINDOW;
	}
}
