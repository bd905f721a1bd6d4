/* SPDX-License-Identifier: MIT */
/*
 * The only source of time in the program.
 *
 * Wall time is for time stamps, monotonic time for every delay and timeout. Tests replace both by a
 * virtual clock; CPU time stops too then, so that results do not depend on the speed of the
 * machine. Thread-safe.
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

/* Absent time stamp; no clock returns it. */
#define STAMP_NONE INT64_MIN

int64_t clock_wall(void);	   /* milliseconds since 1970-01-01T00:00:00Z */
int64_t clock_mono(void);	   /* milliseconds since an unspecified start; never decreases */
int64_t clock_boot(void);	   /* as clock_mono, but counts the time of a suspend */
int64_t clock_mono_us(void);	   /* microseconds, the same clock */
int64_t clock_thread_cpu_us(void); /* CPU time of the calling thread */

/*
 * Whether the system synchronises the wall clock, and says that it is right: the kernel, or
 * systemd-timesyncd where the kernel may not be asked (ProtectClock=).
 */
bool clock_is_synchronised(void);

/* Virtual clock, for tests: time changes by the next functions only. */
void clock_virtual_start(int64_t wall_ms);
void clock_virtual_advance(int64_t ms);	  /* wall and monotonic time */
void clock_virtual_suspend(int64_t ms);	  /* all but monotonic time */
void clock_virtual_step(int64_t ms);	  /* wall time alone, like `date -s` */
void clock_virtual_synchronise(bool yes); /* what clock_is_synchronised() returns; first false */
void clock_virtual_stop(void);

/* --- time stamps: proleptic Gregorian calendar, UTC --- */

struct civil {
	int year;	/* astronomical */
	int month, day; /* 1-12, 1-31 */
	int hour, minute, second;
	int weekday; /* 0 = Sunday */
};

/* Returns milliseconds since 1970. Fields out of range are normalised, weekday is ignored. */
int64_t clock_from_civil(const struct civil *c);
struct civil clock_to_civil(int64_t ms);

#define STAMP_TEXT_MAX 40
/* RFC 3339: "2022-02-12T10:00:00Z", with ".123" when with_ms. "" for STAMP_NONE. Returns out. */
const char *clock_rfc3339(int64_t ms, bool with_ms, char out[STAMP_TEXT_MAX]);
/* RFC 5322: "Sat, 12 Feb 2022 10:00:00 +0000"; with gmt "… GMT" instead, as in HTTP headers. */
const char *clock_rfc5322(int64_t ms, bool gmt, char out[STAMP_TEXT_MAX]);

#endif
