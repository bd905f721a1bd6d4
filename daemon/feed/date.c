/* SPDX-License-Identifier: MIT */
/* Fast path for the two formats of nearly all dates; date_free.c parses the others. */
#include "feed/date.h"

#include <string.h>

#include "base/ascii.h"
#include "date_free.h"

#define DATE_MAX 128 /* bytes; longer text is not a date */

static int date_two_digits(const char *p)
{
	return ascii_is_digit(p[0]) && ascii_is_digit(p[1]) ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

/* Parses the zone of a fixed format: "Z", "GMT", "+hhmm" or "+hh:mm". */
static bool date_parse_zone(struct str z, int *minutes)
{
	size_t n = z.n;
	int hh, mm;

	if (n && (z.p[0] == '+' || z.p[0] == '-') && (n == 5 || (n == 6 && z.p[3] == ':'))) {
		hh = date_two_digits(z.p + 1);
		mm = date_two_digits(z.p + n - 2);
		*minutes = (hh * 60 + mm) * (z.p[0] == '-' ? -1 : 1);
		return hh >= 0 && mm >= 0 && hh < 15 && mm < 60;
	}
	*minutes = 0;
	return (n == 1 && z.p[0] == 'Z') ||
	       (n == 3 && z.p[0] == 'G' && z.p[1] == 'M' && z.p[2] == 'T');
}

static bool date_parse_clock(const char *p, struct civil *c)
{
	if (p[2] != ':' || p[5] != ':')
		return false;
	c->hour = date_two_digits(p);
	c->minute = date_two_digits(p + 3);
	c->second = date_two_digits(p + 6);
	return c->hour >= 0 && c->hour < 24 && c->minute >= 0 && c->minute < 60 && c->second >= 0 &&
	       c->second < 60;
}

/* "Sat, 12 Feb 2022 10:00:00 +0000" */
static bool date_parse_rfc5322(struct str s, struct civil *c, struct str *zone)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *p = s.p;

	if (s.n < 29 || p[3] != ',' || p[4] != ' ' || p[7] != ' ' || p[11] != ' ' || p[16] != ' ' ||
		p[25] != ' ' || !date_parse_clock(p + 17, c))
		return false;
	for (c->month = 1; c->month <= 12; c->month++) {
		const char *m = months + 3 * (c->month - 1);

		if (m[0] == p[8] && m[1] == p[9] && m[2] == p[10])
			break;
	}
	c->day = date_two_digits(p + 5);
	c->year = date_two_digits(p + 12) * 100 + date_two_digits(p + 14);
	*zone = str_slice(p + 26, s.n - 26);
	return date_two_digits(p + 12) >= 0 && date_two_digits(p + 14) >= 0;
}

/* "2022-02-12T10:00:00.123+00:00" */
static bool date_parse_w3cdtf(struct str s, struct civil *c, int *ms, struct str *zone)
{
	const char *p = s.p;
	size_t i = 19;

	if (s.n < 20 || p[4] != '-' || p[7] != '-' || p[10] != 'T' || !date_parse_clock(p + 11, c))
		return false;
	c->year = date_two_digits(p) * 100 + date_two_digits(p + 2);
	c->month = date_two_digits(p + 5);
	c->day = date_two_digits(p + 8);
	if (p[i] == '.') {
		int scale = 100;

		for (i++; i < s.n && ascii_is_digit(p[i]); i++, scale /= 10)
			*ms += scale * (p[i] - '0');
	}
	*zone = str_slice(p + i, s.n - i);
	return date_two_digits(p) >= 0 && date_two_digits(p + 2) >= 0;
}

/* Seconds or milliseconds since 1970, of the years 2001 to 2286. */
static int64_t date_parse_epoch(struct str s)
{
	int64_t v = 0;

	if ((s.n != 10 && s.n != 13) || s.p[0] == '0')
		return STAMP_NONE;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return STAMP_NONE;
		v = v * 10 + (s.p[i] - '0');
	}
	return s.n == 10 ? v * CLOCK_SECOND : v;
}

static int64_t date_parse_fixed(struct str s)
{
	struct civil c = {0};
	struct str zone;
	int minutes, ms = 0;

	if (!date_parse_rfc5322(s, &c, &zone) && !date_parse_w3cdtf(s, &c, &ms, &zone))
		return STAMP_NONE;
	if (!date_parse_zone(zone, &minutes) || c.month < 1 || c.month > 12 || c.day < 1 ||
		c.day > date_days_in_month(c.year, c.month))
		return STAMP_NONE;
	return clock_from_civil(&c) - minutes * CLOCK_MINUTE + ms;
}

/*
 * Year 0, 1 and -1 are the zero values of Go, .NET, SQL and PHP, which mean "no date". An offset
 * moves them by less than a day.
 */
static bool date_is_zero_value(int64_t stamp)
{
	return clock_to_civil(stamp - CLOCK_DAY).year <= 1;
}

/* "/Date(1746457445000+0200)/", as ASP.NET writes it: the text between the brackets. */
static struct str date_unwrap(struct str s)
{
	const char *end = str_starts(s, STR("/Date(")) ? memchr(s.p, ')', s.n) : NULL;
	struct str inner;

	if (!end)
		return s;
	inner = str_slice(s.p + 6, (size_t)(end - s.p) - 6);
	/* The offset is for display only. */
	if (inner.n > 5 && (inner.p[inner.n - 5] == '+' || inner.p[inner.n - 5] == '-'))
		inner.n -= 5;
	return inner;
}

int64_t feed_date_parse(struct str s, bool *implausible)
{
	bool impossible = false;
	int64_t stamp;

	s = str_trim(s);
	if (implausible)
		*implausible = false;
	if (!s.n || s.n > DATE_MAX)
		return STAMP_NONE;
	s = date_unwrap(s);
	stamp = date_parse_fixed(s);
	if (stamp == STAMP_NONE)
		stamp = date_parse_epoch(s);
	if (stamp == STAMP_NONE)
		stamp = date_parse_free(s, &impossible);
	if (stamp != STAMP_NONE && date_is_zero_value(stamp))
		return STAMP_NONE;
	if (implausible && stamp != STAMP_NONE) {
		int year = clock_to_civil(stamp).year;

		*implausible = impossible || year < 1990 || year > 2100;
	}
	return stamp;
}
