/* SPDX-License-Identifier: MIT */
/* Dates: a parsed date that is printed parses to the same date. */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "feed/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool odd = false;
	int64_t stamp = feed_date_parse(str_slice((const char *)data, size), &odd);
	struct civil c;
	char text[STAMP_TEXT_MAX];

	if (stamp == STAMP_NONE)
		return 0;
	c = clock_to_civil(stamp);
	if (!odd && (c.year < 1990 || c.year > 2100))
		abort();
	if (c.year < 1 || c.year > 9999)
		return 0;
	clock_rfc3339(stamp, true, text);
	if (feed_date_parse(str_of(text), NULL) != stamp)
		abort();
	return 0;
}
