/* SPDX-License-Identifier: MIT */
/* How much happened in the last 24 hours and 30 days: bars, and the same in words. */
#ifndef WEB_CHART_H
#define WEB_CHART_H

#include "html.h"
#include "store/activity.h"

/* Sets the periods: whole hours or days of the zone, the last one is the current. */
#define CHART_HOURS 24
#define CHART_DAYS  30
struct chart {
	bool days;	  /* else hours */
	const char *noun; /* "alert", "item" */
	struct store_activity a;
	int64_t counts[CHART_DAYS];
};
void chart_init(struct chart *c, const struct html *h, bool days, const char *noun);
void chart_put(struct html *h, const struct chart *c);

#endif
