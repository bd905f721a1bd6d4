/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZONE_DIR      "/usr/share/zoneinfo/"
#define ZONE_FILE_MAX ((size_t)256 * 1024)
#define HEADER	      ((size_t)44)
#define OFFSET_HOURS  24
#define RULE_HOURS    167 /* RFC 8536: a week before or after the day */

/* When daylight saving time begins or ends: day d of week w of month m (w 5: the last). */
struct zone_rule {
	enum { RULE_MONTH, RULE_JULIAN, RULE_DAY } kind;
	int month, week, day;
	int seconds; /* of the day, local time */
};

struct zone {
	size_t n; /* transitions */
	int64_t *at;
	int32_t *offset; /* after transition i */
	int32_t before;	 /* the first one */
	bool ruled;	 /* after the last transition the rule holds */
	int standard, summer;
	bool has_summer;
	struct zone_rule begin, end;
};

/* --- rules: EET-2EEST,M3.5.0/3,M10.5.0/4 --- */

static const char *zone_skip_name(const char *s)
{
	const char *p = s;

	if (*p == '<') {
		p += strcspn(p, ">");
		return *p ? p + 1 : NULL;
	}
	while (isalpha((unsigned char)*p))
		p++;
	return p - s >= 3 ? p : NULL;
}

/* [+-]hh[:mm[:ss]]; NULL: there is none. */
static const char *zone_read_time(const char *s, int most_hours, int *seconds)
{
	int sign = *s == '-' ? -1 : 1, part[3] = {0};

	s += *s == '-' || *s == '+';
	for (int i = 0;; i++, s++) {
		if (!isdigit((unsigned char)*s))
			return NULL;
		for (; isdigit((unsigned char)*s) && part[i] < 1000; s++)
			part[i] = part[i] * 10 + (*s - '0');
		if (part[i] > (i ? 59 : most_hours))
			return NULL;
		if (i == 2 || *s != ':')
			break;
	}
	*seconds = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return s;
}

static const char *zone_read_rule(const char *s, struct zone_rule *r)
{
	char *end;

	*r = (struct zone_rule){.kind = RULE_DAY, .seconds = 7200};
	if (*s == 'M') {
		r->kind = RULE_MONTH;
		r->month = (int)strtol(s + 1, &end, 10);
		r->week = *end == '.' ? (int)strtol(end + 1, &end, 10) : 0;
		r->day = *end == '.' ? (int)strtol(end + 1, &end, 10) : 7;
		if (r->month < 1 || r->month > 12 || r->week < 1 || r->week > 5 || r->day < 0 ||
			r->day > 6)
			return NULL;
	} else {
		r->kind = *s == 'J' ? RULE_JULIAN : RULE_DAY;
		r->day = (int)strtol(s + (*s == 'J'), &end, 10);
		if (end == s || r->day < 0 || r->day > 365)
			return NULL;
	}
	return *end == '/' ? zone_read_time(end + 1, RULE_HOURS, &r->seconds) : end;
}

static bool zone_ends(const char *s)
{
	return *s == '\0' || *s == '\n';
}

static bool zone_read_rules(struct zone *z, const char *s)
{
	s = zone_skip_name(s);
	s = s ? zone_read_time(s, OFFSET_HOURS, &z->standard) : NULL;
	if (!s)
		return false;
	z->standard = -z->standard; /* POSIX counts westward */
	z->ruled = true;
	if (zone_ends(s))
		return true;
	s = zone_skip_name(s);
	if (!s)
		return false;
	z->summer = z->standard + 3600;
	if (*s != ',') {
		s = zone_read_time(s, OFFSET_HOURS, &z->summer);
		z->summer = -z->summer;
	}
	s = s && *s == ',' ? zone_read_rule(s + 1, &z->begin) : NULL;
	s = s && *s == ',' ? zone_read_rule(s + 1, &z->end) : NULL;
	z->has_summer = s && zone_ends(s);
	return z->has_summer;
}

static bool zone_is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Returns ms of the local time of the rule in that year, taken as UTC. */
static int64_t zone_rule_time(const struct zone_rule *r, int year)
{
	struct civil c = {.year = year, .month = 1, .day = 1};
	int64_t first;

	switch (r->kind) {
	case RULE_MONTH:
		c.month = r->month;
		first = clock_from_civil(&c);
		c.day = 1 + (r->day - clock_to_civil(first).weekday + 7) % 7 + 7 * (r->week - 1);
		if (clock_to_civil(clock_from_civil(&c)).month != r->month)
			c.day -= 7;
		break;
	case RULE_JULIAN: c.day = r->day + (r->day > 59 && zone_is_leap(year)); break;
	case RULE_DAY: c.day = r->day + 1; break;
	}
	return clock_from_civil(&c) + r->seconds * CLOCK_SECOND;
}

static int zone_rule_offset(const struct zone *z, int64_t ms)
{
	int year = clock_to_civil(ms + z->standard * CLOCK_SECOND).year;
	int64_t begin, end;
	bool summer;

	if (!z->has_summer)
		return z->standard;
	begin = zone_rule_time(&z->begin, year) - z->standard * CLOCK_SECOND;
	end = zone_rule_time(&z->end, year) - z->summer * CLOCK_SECOND;
	/* South of the equator it begins late in the year. */
	summer = begin < end ? ms >= begin && ms < end : ms >= begin || ms < end;
	return summer ? z->summer : z->standard;
}

/* --- TZif --- */

static int64_t zone_integer(const unsigned char *p, size_t n)
{
	uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

struct zone_counts {
	size_t isut, isstd, leap, time, type, chars;
};

static bool zone_read_header(const unsigned char *p, size_t left, struct zone_counts *c)
{
	size_t *const field[] = {&c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars};

	if (left < HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < 6; i++) {
		*field[i] = (size_t)(zone_integer(p + 20 + 4 * i, 4) & 0xffffffff);
		if (*field[i] > ZONE_FILE_MAX)
			return false;
	}
	return c->type > 0;
}

static size_t zone_block_size(const struct zone_counts *c, size_t stamp)
{
	return c->time * (stamp + 1) + c->type * 6 + c->chars + c->leap * (stamp + 4) + c->isstd +
	       c->isut;
}

/* The text is NUL-terminated after size bytes. */
static bool zone_parse(struct zone *z, const unsigned char *p, size_t size)
{
	const unsigned char *end = p + size, *types, *index;
	struct zone_counts c;

	/* The first block has 32-bit times. */
	if (!zone_read_header(p, size, &c) || p[4] < '2' || zone_block_size(&c, 4) > size - HEADER)
		return false;
	p += HEADER + zone_block_size(&c, 4);
	if (!zone_read_header(p, (size_t)(end - p), &c) ||
		zone_block_size(&c, 8) > (size_t)(end - p) - HEADER)
		return false;
	p += HEADER;
	index = p + c.time * 8;
	types = index + c.time;
	z->at = calloc(c.time + 1, sizeof(*z->at));
	z->offset = calloc(c.time + 1, sizeof(*z->offset));
	if (!z->at || !z->offset)
		return false;
	for (z->n = 0; z->n < c.time; z->n++) {
		if (index[z->n] >= c.type)
			return false;
		z->at[z->n] = zone_integer(p + 8 * z->n, 8);
		z->offset[z->n] = (int32_t)zone_integer(types + (size_t)6 * index[z->n], 4);
	}
	z->before = (int32_t)zone_integer(types, 4);
	p += zone_block_size(&c, 8);
	if (p < end && *p == '\n' && p[1] != '\n')
		(void)zone_read_rules(z, (const char *)p + 1);
	return true;
}

static bool zone_read_file(struct zone *z, const char *path)
{
	unsigned char *bytes = malloc(ZONE_FILE_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = bytes && fd >= 0 ? read(fd, bytes, ZONE_FILE_MAX) : -1;
	bool good = false;

	if (n > 0) {
		bytes[n] = '\0';
		good = zone_parse(z, bytes, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	free(bytes);
	return good;
}

/* --- zones --- */

struct zone *zone_new(const char *name)
{
	struct zone *z = calloc(1, sizeof(*z));
	char path[256];
	bool good = false;

	if (!z)
		return NULL;
	if (!name) {
		good = zone_read_file(z, "/etc/localtime");
	} else if (name[0] != '/' && name[0] != '.' && !strstr(name, "..") && name[0]) {
		snprintf(path, sizeof(path), ZONE_DIR "%s", name);
		good = zone_read_file(z, path) || zone_read_rules(z, name);
	}
	if (good)
		return z;
	zone_free(z);
	return NULL;
}

void zone_free(struct zone *z)
{
	if (!z)
		return;
	free(z->at);
	free(z->offset);
	free(z);
}

int zone_offset(const struct zone *z, int64_t ms)
{
	int64_t s = ms / 1000 - (ms % 1000 < 0);
	size_t low = 0, high = z ? z->n : 0;

	if (!z)
		return 0;
	if (z->ruled && (!z->n || s >= z->at[z->n - 1]))
		return zone_rule_offset(z, ms);
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (z->at[middle] <= s)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? z->offset[low - 1] : z->before;
}

/* Farther from a time than any two offsets differ, and closer than two changes of them. */
#define ZONE_REACH (26 * CLOCK_HOUR)

int64_t zone_instant(const struct zone *z, int64_t local)
{
	int before = zone_offset(z, local - ZONE_REACH), after = zone_offset(z, local + ZONE_REACH);
	int64_t low = local - after * CLOCK_SECOND, high = local - before * CLOCK_SECOND;

	if (zone_offset(z, high) == before)
		return high;
	if (zone_offset(z, low) == after)
		return low;
	/* A gap: the offset changes between the two. */
	while (high - low > CLOCK_SECOND) {
		int64_t middle = low + (high - low) / 2;

		if (zone_offset(z, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high - high % CLOCK_SECOND;
}

const char *zone_text(const struct zone *z, int64_t ms, char out[STAMP_TEXT_MAX])
{
	int offset = zone_offset(z, ms);
	unsigned minutes = (unsigned)abs(offset) / 60;

	clock_rfc3339(ms == STAMP_NONE ? ms : ms + offset * CLOCK_SECOND, false, out);
	if (out[0]) {
		char *t = strchr(out, 'T'), *end = strchr(out, 'Z');

		if (t)
			*t = ' ';
		if (offset && end)
			snprintf(end, 8, "%c%02u:%02u", offset < 0 ? '-' : '+', minutes / 60 % 100,
				minutes % 60);
	}
	return out;
}

const char *zone_minute_text(const struct zone *z, int64_t ms, char out[STAMP_TEXT_MAX])
{
	char text[STAMP_TEXT_MAX];
	size_t n = strlen(zone_text(z, ms, text));
	const char *offset = n > 0 && text[n - 1] == 'Z' ? "UTC" : n > 6 ? text + n - 6 : "";

	snprintf(out, STAMP_TEXT_MAX, "%.16s %s", text, offset);
	return out;
}
