/* SPDX-License-Identifier: MIT */
/*
 * One pass over numbers, words and signs, without a list of formats: the first number that can be
 * the day is the day, and so on. Parses RFC 850, asctime, ISO 8601 and handwritten dates.
 */
#include "date_free.h"

#include <stddef.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "date_words.h"

#define UNSET (-1)

struct date_parser {
	struct str s;
	size_t i; /* offset of the next byte */
	int year, month, day;
	int hour, minute, second, ms;
	int week, weekday, ordinal;
	int zone; /* minutes east */
	bool zoned, after_t, short_year, impossible;
	enum date_word_kind half; /* DATE_WORD_AM, DATE_WORD_PM or DATE_WORD_NONE */
};

static char date_at(const struct date_parser *d, size_t i)
{
	return i < d->s.n ? d->s.p[i] : '\0';
}

/* Value of the digits from i on; *n: their number. */
static int64_t date_number(const struct date_parser *d, size_t i, size_t *n)
{
	int64_t v = 0;
	size_t start = i;

	for (; ascii_is_digit(date_at(d, i)); i++) {
		if (i - start < 15)
			v = v * 10 + (date_at(d, i) - '0');
	}
	*n = i - start;
	return v;
}

/* RFC 5322 §4.3: 00 to 49 are 20xx, 50 to 99 and three digits count from 1900. */
static int date_full_year(int64_t year, size_t digits)
{
	if (digits > 4)
		return UNSET;
	if (digits == 2)
		return (int)year + (year < 50 ? 2000 : 1900);
	return (int)year + (digits == 3 ? 1900 : 0);
}

int date_days_in_month(int year, int month)
{
	static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* ISO 8601: week 1 is the one that contains 4 January. */
static void date_resolve_week(struct date_parser *d)
{
	struct civil c = {.year = d->year, .month = 1, .day = 4};

	c = clock_to_civil(clock_from_civil(&c));
	d->month = 1;
	d->day = 4 - (c.weekday + 6) % 7 + (d->week - 1) * 7 +
		 (d->weekday == UNSET ? 0 : d->weekday - 1);
}

static int64_t date_finish(struct date_parser *d)
{
	struct civil c;
	bool counted = true; /* from the start of the year: day may exceed the month */

	if (d->year == UNSET)
		return STAMP_NONE;
	if (d->week != UNSET) {
		date_resolve_week(d);
	} else if (d->ordinal != UNSET) {
		d->month = 1;
		d->day = d->ordinal;
	} else {
		counted = false;
	}
	if (d->month == UNSET)
		return STAMP_NONE;
	if (d->day == UNSET)
		d->day = 1;
	if (d->month < 1 || d->month > 12 || (!counted && (d->day < 1 || d->day > 31)))
		return STAMP_NONE;
	if (!counted && d->day > date_days_in_month(d->year, d->month))
		d->impossible = true;
	if (d->half == DATE_WORD_PM && d->hour != UNSET && d->hour < 12)
		d->hour += 12;
	else if (d->half == DATE_WORD_AM && d->hour == 12)
		d->hour = 0;
	c = (struct civil){.year = d->year,
		.month = d->month,
		.day = d->day,
		.hour = d->hour,
		.minute = d->minute,
		.second = d->second};
	if (d->hour == UNSET)
		c.hour = c.minute = c.second = d->ms = 0;
	if (c.hour > 24 || c.minute > 59 || c.second > 60) {
		c.hour = c.minute = c.second = 0;
		d->impossible = true;
	}
	return clock_from_civil(&c) - d->zone * CLOCK_MINUTE + d->ms;
}

/* ".123456": three digits are used */
static void date_read_fraction(struct date_parser *d)
{
	int scale = 100;

	if ((date_at(d, d->i) != '.' && date_at(d, d->i) != ',') ||
		!ascii_is_digit(date_at(d, d->i + 1)))
		return;
	d->ms = 0;
	for (d->i++; ascii_is_digit(date_at(d, d->i)); d->i++, scale /= 10)
		d->ms += scale * (date_at(d, d->i) - '0');
}

/* "h:mm", "h:mm:ss" and a fraction; the sign between them may be a dot */
static void date_read_clock(struct date_parser *d)
{
	size_t n;
	char sign;

	d->hour = (int)(date_number(d, d->i, &n) % 1000);
	d->i += n;
	sign = date_at(d, d->i);
	d->minute = d->second = 0;
	if (ascii_is_digit(date_at(d, d->i + 1))) {
		d->minute = (int)(date_number(d, d->i + 1, &n) % 1000);
		d->i += n + 1;
	}
	if (date_at(d, d->i) == sign && ascii_is_digit(date_at(d, d->i + 1))) {
		d->second = (int)(date_number(d, d->i + 1, &n) % 1000);
		d->i += n + 1;
	}
	date_read_fraction(d);
}

/* "hh", "hhmm", "hhmmss" */
static void date_read_packed_clock(struct date_parser *d, int64_t v, size_t n)
{
	d->i += n;
	d->hour = (int)(n <= 2 ? v : n == 4 ? v / 100 : v / 10000);
	d->minute = (int)(n <= 2 ? 0 : n == 4 ? v % 100 : v / 100 % 100);
	d->second = (int)(n == 6 ? v % 100 : 0);
	date_read_fraction(d);
}

/* Length of the sign of an offset: plus, hyphen, or U+2212, which some locales write. */
static size_t date_sign_length(struct str s)
{
	if (s.n && (*s.p == '+' || *s.p == '-'))
		return 1;
	return str_starts(s, STR("\u2212")) ? 3 : 0;
}

/* d->i is at the sign, of n_sign bytes: "+hh", "+hhmm", "+hh:mm", "+h". */
static void date_read_offset(struct date_parser *d, size_t n_sign)
{
	int sign = date_at(d, d->i) == '+' ? 1 : -1;
	size_t n;
	int64_t v = date_number(d, d->i + n_sign, &n), hours = v, minutes = 0;

	d->i += n + n_sign;
	if (n >= 3) {
		hours = v / 100;
		minutes = v % 100;
	} else if (date_at(d, d->i) == ':' && ascii_is_digit(date_at(d, d->i + 1))) {
		minutes = date_number(d, d->i + 1, &n);
		d->i += n + 1;
	}
	d->zoned = true;
	if (hours > 15 || minutes > 59) {
		d->impossible = true; /* invalid offset: UTC */
		return;
	}
	d->zone = sign * (int)(hours * 60 + minutes);
}

/* ISO week at offset w: "2003-W12-3", "2003W123". */
static bool date_read_week(struct date_parser *d, size_t w)
{
	if ((date_at(d, w) != 'W' && date_at(d, w) != 'w') || !ascii_is_digit(date_at(d, w + 1)) ||
		!ascii_is_digit(date_at(d, w + 2)))
		return false;
	d->week = (date_at(d, w + 1) - '0') * 10 + (date_at(d, w + 2) - '0');
	d->i = w + 3;
	if (date_at(d, d->i) == '-' && ascii_is_digit(date_at(d, d->i + 1)) &&
		!ascii_is_digit(date_at(d, d->i + 2)))
		d->i++;
	if (ascii_is_digit(date_at(d, d->i)) && !ascii_is_digit(date_at(d, d->i + 1)))
		d->weekday = date_at(d, d->i++) - '0';
	return true;
}

/* Decides which of three numbers are year, month and day. */
static void date_assign_triple(
	struct date_parser *d, const int64_t v[3], const size_t n[3], char sign)
{
	bool year_first = n[0] >= 3 || (n[2] <= 2 && sign == '-') || v[0] > 31;
	int64_t day = year_first ? v[2] : v[0], month = v[1];

	d->year = year_first ? date_full_year(v[0], n[0]) : date_full_year(v[2], n[2]);
	/* With slashes and the year last, the month is first if it can be. */
	if (!year_first && ((sign == '/' && v[0] <= 12) || month > 12)) {
		month = v[0];
		day = v[1];
	}
	d->month = (int)(month % 1000);
	d->day = (int)(day % 1000);
}

/* first has n_first digits and is followed by '-', '/' or '.' and a digit. */
static void date_read_triple(struct date_parser *d, int64_t first, size_t n_first)
{
	int64_t v[3] = {first, 0, 0};
	size_t n[3] = {n_first, 0, 0};
	char sign = date_at(d, d->i + n_first);
	size_t i = d->i + n_first + 1;

	v[1] = date_number(d, i, &n[1]);
	i += n[1];
	if (n_first == 4 && n[1] == 3) {
		d->year = (int)first;
		d->ordinal = (int)v[1];
	} else if (date_at(d, i) == sign && ascii_is_digit(date_at(d, i + 1))) {
		v[2] = date_number(d, i + 1, &n[2]);
		i += n[2] + 1;
		date_assign_triple(d, v, n, sign);
	} else if (n_first == 4) {
		d->year = (int)first;
		d->month = (int)(v[1] % 1000);
	} else if (n[1] == 4) {
		d->month = (int)(first % 1000);
		d->year = (int)v[1];
	}
	d->i = i;
}

/* A number of six digits or more: date, or date and time. False if it is neither. */
static bool date_read_packed(struct date_parser *d, int64_t v, size_t n)
{
	if (n == 14 || n == 12) {
		int64_t clock = n == 14 ? v % 1000000 : v % 10000 * 100;

		v /= n == 14 ? 1000000 : 10000;
		d->hour = (int)(clock / 10000);
		d->minute = (int)(clock / 100 % 100);
		d->second = (int)(clock % 100);
	} else if (n == 7) {
		d->year = (int)(v / 1000);
		d->ordinal = (int)(v % 1000);
		return true;
	} else if (n == 6 && v / 10000 >= 19 && v / 10000 <= 20 && v % 100 >= 1 && v % 100 <= 12) {
		d->year = (int)(v / 100);
		d->month = (int)(v % 100);
		return true;
	} else if (n != 8 && n != 6) {
		return false;
	}
	d->year = n == 6 ? date_full_year(v / 10000, 2) : (int)(v / 10000);
	d->month = (int)(v / 100 % 100);
	d->day = (int)(v % 100);
	return true;
}

/* A number without sign or unit: takes the first part that is still missing. */
static void date_read_lone_number(struct date_parser *d, int64_t v, size_t n)
{
	bool dated =
		d->year != UNSET && (d->month != UNSET || d->ordinal != UNSET || d->week != UNSET);

	if (d->hour == UNSET && dated && (d->after_t || (n == 4 && d->day != UNSET)) &&
		(n == 2 || n == 4 || n == 6 || n == 1)) {
		date_read_packed_clock(d, v, n);
		return;
	}
	d->i += n;
	if (n == 4 && d->short_year && d->day == UNSET) {
		/* "45 Feb 2022": the number before was not the year but the day */
		d->day = d->year % 100;
		d->year = (int)v;
	} else if (n >= 6 && d->year == UNSET) {
		date_read_packed(d, v, n);
	} else if (n <= 2 && d->day == UNSET && v >= 1 && v <= 31) {
		d->day = (int)v;
	} else if (d->year == UNSET && n >= 2) {
		d->year = date_full_year(v, n);
		d->short_year = n == 2;
	} else if (d->hour == UNSET && dated && n <= 2) {
		d->hour = (int)v;
		d->minute = d->second = 0;
	}
}

/* A number followed by a unit: "2004년", "14h30". False if the word is not a unit. */
static bool date_read_unit(struct date_parser *d, int64_t v, size_t n)
{
	struct str rest = {d->s.p + d->i + n, d->s.n - d->i - n};
	size_t length = date_word_length(rest);
	struct date_word w = {DATE_WORD_NONE, 0};
	int value = (int)(v % 10000);
	size_t minutes;

	if (length)
		w = date_word_find(str_slice(rest.p, length));
	if (w.kind == DATE_WORD_YEAR)
		d->year = date_full_year(v, n);
	else if (w.kind == DATE_WORD_MONTH_NUMBER)
		d->month = value;
	else if (w.kind == DATE_WORD_DAY)
		d->day = value;
	else if (w.kind == DATE_WORD_MINUTE)
		d->minute = value;
	else if (w.kind == DATE_WORD_SECOND)
		d->second = value;
	else if (w.kind == DATE_WORD_HOUR)
		d->hour = value;
	else
		return false;
	d->i += n + length;
	if (w.kind == DATE_WORD_HOUR)
		d->minute = d->second = 0;
	if (w.kind == DATE_WORD_HOUR && ascii_is_digit(date_at(d, d->i))) {
		d->minute = (int)(date_number(d, d->i, &minutes) % 1000);
		d->i += minutes;
	}
	return true;
}

/* The number of n digits at d->i begins a time of day: "15:04", and after the date "15.04". */
static bool date_is_clock(const struct date_parser *d, size_t n)
{
	const size_t at = d->i + n;

	if (n > 2 || d->hour != UNSET || !ascii_is_digit(date_at(d, at + 1)))
		return false;
	if (date_at(d, at) == ':')
		return true;
	return date_at(d, at) == '.' && d->year != UNSET && d->day != UNSET &&
	       ascii_is_digit(date_at(d, at + 2)) && !ascii_is_digit(date_at(d, at + 3));
}

static void date_read_number(struct date_parser *d)
{
	size_t n;
	int64_t v = date_number(d, d->i, &n);
	char next = date_at(d, d->i + n);
	bool fresh = d->year == UNSET && d->day == UNSET;

	if (date_is_clock(d, n)) {
		date_read_clock(d);
	} else if (fresh && n == 4 && date_read_week(d, d->i + n + (next == '-'))) {
		d->year = (int)v;
	} else if (fresh && n <= 4 && (next == '-' || next == '/' || next == '.') &&
		   ascii_is_digit(date_at(d, d->i + n + 1))) {
		date_read_triple(d, v, n);
	} else if (!date_read_unit(d, v, n)) {
		date_read_lone_number(d, v, n);
	}
	d->after_t = false;
}

static void date_read_word(struct date_parser *d, size_t n)
{
	struct str word = {d->s.p + d->i, n};
	struct date_word w;
	char c = (char)(word.p[0] | 0x20);

	d->i += n;
	if (n == 1 && (c == 'a' || c == 'p') && date_at(d, d->i) == '.' &&
		(date_at(d, d->i + 1) | 0x20) == 'm') {
		d->half = c == 'a' ? DATE_WORD_AM : DATE_WORD_PM;
		d->i += 2;
		return;
	}
	if (n == 1 && c == 't') {
		d->after_t = d->year != UNSET;
		return;
	}
	w = date_word_find(word);
	if (w.kind == DATE_WORD_MONTH) {
		d->month = w.value; /* the last one: in "mar. 3 févr." the first is a weekday */
	} else if (w.kind == DATE_WORD_AM || w.kind == DATE_WORD_PM) {
		d->half = w.kind;
	} else if (w.kind == DATE_WORD_ZONE && !d->zoned && d->hour != UNSET) {
		d->zone = w.value;
		d->zoned = true;
	}
}

int64_t date_parse_free(struct str s, bool *impossible)
{
	struct date_parser d = {.s = s,
		.year = UNSET,
		.month = UNSET,
		.day = UNSET,
		.hour = UNSET,
		.week = UNSET,
		.weekday = UNSET,
		.ordinal = UNSET};
	int64_t stamp;
	size_t n;

	while (d.i < s.n) {
		char c = date_at(&d, d.i);
		struct str rest = {s.p + d.i, s.n - d.i};

		if (ascii_is_digit(c))
			date_read_number(&d);
		else if ((n = date_sign_length(rest)) && d.hour != UNSET &&
			 ascii_is_digit(date_at(&d, d.i + n)))
			date_read_offset(&d, n);
		else if ((n = date_word_length(rest)))
			date_read_word(&d, n);
		else
			d.i++;
	}
	/* ISO 8601 allows a year alone, but only as the whole text. */
	if (s.n == 4 && d.year != UNSET && d.month == UNSET)
		d.month = 1;
	stamp = date_finish(&d);
	*impossible = d.impossible;
	return stamp;
}
