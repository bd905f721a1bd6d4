/* SPDX-License-Identifier: MIT */
/* Hours of the day as times, over changes of the offset of a zone. */
#include "route/route.h"

#include "base/clock.h"

/* Midnight, as civil ms, of the day that clocks show at `at`. */
static int64_t civil_midnight(const struct zone *zone, int64_t at)
{
	int64_t local = at + zone_offset(zone, at) * CLOCK_SECOND;
	int64_t rest = local % CLOCK_DAY;

	return local - (rest < 0 ? rest + CLOCK_DAY : rest);
}

/*
 * The hours last from the first time at which clocks show their begin to the first time at which
 * they show their end: an hour that is repeated does not begin them again.
 */
int64_t route_quiet_end(const struct conf_hours *quiet, int64_t at)
{
	int64_t today, length;

	if (!quiet->given)
		return at;
	today = civil_midnight(quiet->zone, at);
	length = quiet->to - quiet->from;
	if (length <= 0)
		length += CLOCK_DAY / CLOCK_MINUTE;
	for (int64_t day = today - CLOCK_DAY; day <= today; day += CLOCK_DAY) {
		int64_t from = day + quiet->from * CLOCK_MINUTE;
		int64_t end = zone_instant(quiet->zone, from + length * CLOCK_MINUTE);

		if (zone_instant(quiet->zone, from) <= at && at < end)
			return end;
	}
	return at;
}

int64_t route_next_daily(const struct zone *zone, int minute, int64_t at)
{
	int64_t day = civil_midnight(zone, at) - CLOCK_DAY, next;

	do {
		next = zone_instant(zone, day + minute * CLOCK_MINUTE);
		day += CLOCK_DAY;
	} while (next <= at);
	return next;
}
