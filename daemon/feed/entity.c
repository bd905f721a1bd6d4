/* SPDX-License-Identifier: MIT */
#include "entity.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

#define BARE_MAX 6 /* "Aacute"; no bare name is longer */
#define NAME_MAX 31

const struct feed_entity *feed_entity_find(struct str name)
{
	size_t low, high;

	if (!name.n || name.n > NAME_MAX || name.p[0] < 'A' || name.p[0] > 'z')
		return NULL;
	low = feed_entity_first[name.p[0] - 'A'];
	high = feed_entity_first[name.p[0] - 'A' + 1];
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct feed_entity *e = &feed_entity_table[mid];
		int c = memcmp(name.p, e->name, name.n);

		if (c == 0 && e->name[name.n] == '\0')
			return e;
		if (c > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/*
 * The longest reference without semicolon that s starts with ("copy" in "copyright"); its length
 * is strlen(name). NULL when there is none.
 */
static const struct feed_entity *find_bare(struct str s)
{
	for (size_t n = s.n < BARE_MAX ? s.n : BARE_MAX; n >= 2; n--) {
		const struct feed_entity *e = feed_entity_find(str_slice(s.p, n));

		if (e && e->bare)
			return e;
	}
	return NULL;
}

/* windows-1252 at 0x80; 0 where it has nothing */
static const uint16_t windows_1252[32] = {
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, /* 80 */
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,	   /* 88 */
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, /* 90 */
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178, /* 98 */
};

uint32_t feed_entity_codepoint(uint32_t number)
{
	if (number >= 0x80 && number < 0xA0)
		return windows_1252[number - 0x80];
	if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000) ||
		(number & 0xFFFE) == 0xFFFE || (number >= 0xFDD0 && number < 0xFDF0))
		return 0xFFFD;
	if (number < 0x20)
		return number == '\t' || number == '\n' || number == '\r' ? number : 0;
	return number == 0x7F ? 0 : number;
}

static int digit(char c, bool hex)
{
	if (hex)
		return ascii_hex_value(c);
	return ascii_is_digit(c) ? c - '0' : -1;
}

/* s starts with "&#" */
static size_t read_number(struct str s, char scratch[8], struct str *text)
{
	bool hex = s.n > 2 && (s.p[2] == 'x' || s.p[2] == 'X');
	size_t i = hex ? 3 : 2, start = i;
	uint32_t number = 0, cp;

	for (; i < s.n; i++) {
		int d = digit(s.p[i], hex);

		if (d < 0)
			break;
		if (number <= 0x10FFFF) /* more digits change nothing, and must not overflow */
			number = number * (hex ? 16 : 10) + (uint32_t)d;
	}
	if (i == start)
		return 0;
	cp = feed_entity_codepoint(number);
	*text = str_slice(scratch, cp ? utf8_encode(cp, scratch) : 0);
	return i < s.n && s.p[i] == ';' ? i + 1 : i;
}

size_t feed_entity_read(struct str s, bool attribute, char scratch[8], struct str *text)
{
	const struct feed_entity *e;
	size_t n = 1;

	if (s.n < 3)
		return 0;
	if (s.p[1] == '#')
		return read_number(s, scratch, text);
	while (n < s.n && n <= NAME_MAX && ascii_is_alnum(s.p[n]))
		n++;
	if (n < s.n && s.p[n] == ';') {
		e = feed_entity_find(str_slice(s.p + 1, n - 1));
		if (e) {
			*text = str_of(e->text);
			return n + 1;
		}
	}
	e = find_bare(str_slice(s.p + 1, n - 1));
	if (!e)
		return 0;
	n = 1 + strlen(e->name);
	if (attribute && n < s.n && (s.p[n] == '=' || ascii_is_alnum(s.p[n])))
		return 0;
	*text = str_of(e->text);
	return n;
}
