/* SPDX-License-Identifier: MIT */
/*
 * The only door through which time enters.
 *
 * Wall time is for stamps that people read; monotonic time is for every delay. A test replaces all
 * with a virtual clock and lives through a day in a millisecond; then computing takes no time, so
 * that no limit of CPU time depends on how fast the machine is. Safe from any thread.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR   (60 * CLOCK_MINUTE)
#define CLOCK_DAY    (24 * CLOCK_HOUR)

/* No such time. Never a value that a clock shows. */
#define STAMP_NONE INT64_MIN

int64_t clock_wall(void);	   /* milliseconds since 1970-01-01T00:00:00Z */
int64_t clock_mono(void);	   /* milliseconds since some point in the past; never steps back */
int64_t clock_mono_us(void);	   /* microseconds, the same clock */
int64_t clock_thread_cpu_us(void); /* CPU time of the calling thread */

/* From here on time moves only by the next two calls. For tests. */
void clock_virtual_start(int64_t wall_ms);
void clock_virtual_advance(int64_t ms); /* both clocks */
void clock_virtual_step(int64_t ms);	/* wall time alone, as an administrator's `date -s` */
void clock_virtual_stop(void);

/* --- stamps: pure calendar arithmetic, proleptic Gregorian, UTC --- */

struct civil {
	int year;	/* astronomical */
	int month, day; /* 1-12, 1-31 */
	int hour, minute, second;
	int weekday; /* 0 = Sunday */
};

int64_t clock_from_civil(
	const struct civil *c); /* ms; fields may be out of range, then normalised */
struct civil clock_to_civil(int64_t ms);

#define STAMP_TEXT_MAX 40
/* RFC 3339: "2022-02-12T10:00:00Z", with ".123" when with_ms. "" for STAMP_NONE. Returns out. */
const char *clock_rfc3339(int64_t ms, bool with_ms, char out[STAMP_TEXT_MAX]);
/* RFC 5322: "Sat, 12 Feb 2022 10:00:00 +0000". Also good for HTTP when gmt: "... GMT". */
const char *clock_rfc5322(int64_t ms, bool gmt, char out[STAMP_TEXT_MAX]);

#endif
