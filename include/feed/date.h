/* SPDX-License-Identifier: MIT */
/*
 * Parses the dates in feeds: RFC 822 and its successors, RFC 850, asctime, ISO 8601, W3CDTF and
 * localised formats. A time without zone is UTC.
 */
#ifndef FEED_DATE_H
#define FEED_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

/*
 * Returns milliseconds since 1970, or STAMP_NONE if s is not a date. *implausible (may be NULL): a
 * year before 1990 or after 2100, or a day or time that does not exist. The caller checks whether
 * the date is in the future.
 */
int64_t feed_date_parse(struct str s, bool *implausible);

#endif
