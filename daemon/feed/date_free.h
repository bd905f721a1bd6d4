/* SPDX-License-Identifier: MIT */
/* Parser of dates in any format. */
#ifndef FEED_DATE_FREE_H
#define FEED_DATE_FREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Returns milliseconds since 1970, or STAMP_NONE. *impossible: the day, hour or zone does not
 * exist, and was normalised or replaced by a default.
 */
int64_t date_parse_free(struct str s, bool *impossible);
/* month 1 to 12 */
int date_days_in_month(int year, int month);

#endif
