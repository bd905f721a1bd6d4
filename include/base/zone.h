/* SPDX-License-Identifier: MIT */
/*
 * Time zones, for times that people read: TZif files of tzdata (RFC 8536) and rules as in POSIX TZ.
 * A zone is immutable; threads may share it.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct zone;

/*
 * name: "Europe/Kyiv", a rule such as "EET-2", or NULL for the zone of the system. Returns NULL if
 * there is no such zone, it cannot be read, or memory ran out.
 */
struct zone *zone_new(const char *name);
void zone_free(struct zone *z);
/* Seconds east of UTC at that time; 0 if z is NULL. */
int zone_offset(const struct zone *z, int64_t ms);
/*
 * Returns the first time at which clocks in the zone show `local`, civil ms as in
 * clock_from_civil(); the end of the gap if they skip it. Of an hour that is repeated, the first.
 */
int64_t zone_instant(const struct zone *z, int64_t local);
/* "2022-02-12 12:00:00+02:00", or "…Z" where the offset is 0. Returns out. */
const char *zone_text(const struct zone *z, int64_t ms, char out[STAMP_TEXT_MAX]);
/* "2022-02-12 12:00 +02:00", or "… UTC" where the offset is 0. Returns out. */
const char *zone_minute_text(const struct zone *z, int64_t ms, char out[STAMP_TEXT_MAX]);

#endif
