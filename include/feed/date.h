/* SPDX-License-Identifier: MIT */
/*
 * Dates as feeds write them: RFC 822 and its heirs, RFC 850, asctime, ISO 8601 and W3CDTF in all
 * their forms, and the localised ones seen in the wild. A time without a zone is UTC.
 */
#ifndef FEED_DATE_H
#define FEED_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

/*
 * Milliseconds since 1970, or STAMP_NONE when no date can be read. *implausible (may be NULL) is
 * set when the date is one that no article has: a year before 1990 or after 2100. Whether it lies
 * in the future is for the caller, who has a clock.
 */
int64_t feed_date_parse(struct str s, bool *implausible);

#endif
