/* SPDX-License-Identifier: MIT */
/* Private to the room: dates of no fixed shape. */
#ifndef FEED_DATE_FREE_H
#define FEED_DATE_FREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Milliseconds since 1970, or STAMP_NONE. *impossible: it was written as a day, hour or zone that
 * there is not, and was moved to the next that is.
 */
int64_t date_read_freely(struct str s, bool *impossible);
/* month 1 to 12 */
int date_days_in(int year, int month);

#endif
