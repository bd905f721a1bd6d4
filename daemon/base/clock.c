/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

/* This file wraps it. */
#undef clock_gettime

/* systemd-timesyncd(8) creates it at the first synchronisation since boot. */
#define CLOCK_TIMESYNCD "/run/systemd/timesync/synchronized"
/* The kernel speaks of its own clock, which may not be the one that this process sees. */
#define CLOCK_SAME	(10 * CLOCK_SECOND)

static atomic_bool is_virtual, virtual_synchronised;
static _Atomic int64_t virtual_wall, virtual_mono, virtual_slept; /* ms */

static int64_t clock_read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_wall(void)
{
	return is_virtual ? virtual_wall : clock_read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_mono(void)
{
	return is_virtual ? virtual_mono : clock_read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_boot(void)
{
	return is_virtual ? virtual_mono + virtual_slept : clock_read_us(CLOCK_BOOTTIME) / 1000;
}

int64_t clock_mono_us(void)
{
	return is_virtual ? virtual_mono * 1000 : clock_read_us(CLOCK_MONOTONIC);
}

int64_t clock_thread_cpu_us(void)
{
	return is_virtual ? virtual_mono * 1000 : clock_read_us(CLOCK_THREAD_CPUTIME_ID);
}

bool clock_is_synchronised(void)
{
	struct timex t = {.modes = 0};

	if (is_virtual)
		return virtual_synchronised;
	if (adjtimex(&t) < 0)
		return access(CLOCK_TIMESYNCD, F_OK) == 0;
	return !(t.status & STA_UNSYNC) &&
	       llabs((int64_t)t.time.tv_sec * 1000 - clock_wall()) < CLOCK_SAME;
}

void clock_virtual_start(int64_t wall_ms)
{
	virtual_synchronised = false;
	virtual_wall = wall_ms;
	virtual_slept = 0;
	virtual_mono = CLOCK_HOUR; /* not 0, which code may use for "not set" */
	is_virtual = true;
}

void clock_virtual_advance(int64_t ms)
{
	virtual_wall += ms;
	virtual_mono += ms;
}

void clock_virtual_step(int64_t ms)
{
	virtual_wall += ms;
}

void clock_virtual_suspend(int64_t ms)
{
	virtual_wall += ms;
	virtual_slept += ms;
}

void clock_virtual_synchronise(bool yes)
{
	virtual_synchronised = yes;
}

void clock_virtual_stop(void)
{
	is_virtual = false;
}

/* Days from 1970-01-01 to day 1 of the month (1-12). Internally years start in March. */
static int64_t clock_days_from_civil(int64_t y, int m)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t clock_from_civil(const struct civil *c)
{
	int64_t month0 = (int64_t)c->month - 1;
	int64_t year = c->year + (month0 >= 0 ? month0 : month0 - 11) / 12;
	int64_t days;

	month0 = ((month0 % 12) + 12) % 12;
	days = clock_days_from_civil(year, (int)month0 + 1) + c->day - 1;
	return (((days * 24 + c->hour) * 60 + c->minute) * 60 + c->second) * 1000;
}

struct civil clock_to_civil(int64_t ms)
{
	int64_t sec = ms / 1000 - (ms % 1000 < 0);
	int64_t days = sec / 86400 - (sec % 86400 < 0);
	int64_t rest = sec - days * 86400;
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct civil c;

	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	c.weekday = (int)(((days + 4) % 7 + 7) % 7);
	return c;
}

const char *clock_rfc3339(int64_t ms, bool with_ms, char out[STAMP_TEXT_MAX])
{
	struct civil c;
	int n;

	out[0] = '\0';
	if (ms == STAMP_NONE)
		return out;
	c = clock_to_civil(ms);
	n = snprintf(out, STAMP_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day,
		c.hour, c.minute, c.second);
	if (with_ms)
		n += snprintf(out + n, STAMP_TEXT_MAX - (size_t)n, ".%03d",
			(int)((ms % 1000 + 1000) % 1000));
	snprintf(out + n, STAMP_TEXT_MAX - (size_t)n, "Z");
	return out;
}

const char *clock_rfc5322(int64_t ms, bool gmt, char out[STAMP_TEXT_MAX])
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c;

	out[0] = '\0';
	if (ms == STAMP_NONE)
		return out;
	c = clock_to_civil(ms);
	snprintf(out, STAMP_TEXT_MAX, "%s, %02d %s %04d %02d:%02d:%02d %s", days[c.weekday], c.day,
		months[c.month - 1], c.year, c.hour, c.minute, c.second, gmt ? "GMT" : "+0000");
	return out;
}
