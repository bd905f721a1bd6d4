/* SPDX-License-Identifier: MIT */
#include "entity.h"

#include <string.h>

#include "base/ascii.h"
#include "base/embed.h"
#include "base/utf8.h"

#define BARE_MAX 6 /* length of the longest bare name, "Aacute" */
#define NAME_MAX 31

/*
 * The named references of HTML 5, a line each, sorted by name in byte order: NAME CODEPOINTS, then
 * "bare" if the semicolon may be missing.
 */
EMBED(feed_entities, "daemon/feed/entities.txt");

/* p: end of the name in a line of the list */
static void entity_parse(const char *p, struct feed_entity *out)
{
	size_t n = 0;

	while (*p == ' ' && p[1] != 'b') {
		uint32_t cp = 0;

		for (p++; *p > ' '; p++)
			cp = cp << 4 | (uint32_t)ascii_hex_value(*p);
		n += utf8_encode(cp, out->text + n);
	}
	out->text[n] = '\0';
	out->bare = *p == ' ';
}

/* Nine of ten references in feeds have these names. */
static bool entity_find_common(struct str name, struct feed_entity *out)
{
	static const struct {
		struct str name;
		struct feed_entity entity;
	} common[] = {
		{STR("lt"), {"<", true}},
		{STR("gt"), {">", true}},
		{STR("amp"), {"&", true}},
		{STR("quot"), {"\"", true}},
		{STR("nbsp"), {"\xC2\xA0", true}},
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (str_eq(name, common[i].name)) {
			*out = common[i].entity;
			return true;
		}
	return false;
}

/* Binary search over the bytes of the list; each step goes back to the start of a line. */
bool feed_entity_find(struct str name, struct feed_entity *out)
{
	const char *low = feed_entities, *high = feed_entities_end;

	if (!name.n || name.n > NAME_MAX)
		return false;
	if (entity_find_common(name, out))
		return true;
	while (low < high) {
		const char *line = low + (high - low) / 2;
		size_t n = 0;

		while (line > low && line[-1] != '\n')
			line--;
		while (n < name.n && line[n] == name.p[n])
			n++;
		if (n == name.n && line[n] == ' ') {
			entity_parse(line + n, out);
			return true;
		}
		if (n < name.n && name.p[n] > line[n])
			low = strchr(line + n, '\n') + 1;
		else
			high = line;
	}
	return false;
}

/*
 * The longest reference without semicolon that s starts with ("copy" in "copyright"); returns its
 * length, 0 if there is none.
 */
static size_t entity_find_bare(struct str s, struct feed_entity *out)
{
	for (size_t n = s.n < BARE_MAX ? s.n : BARE_MAX; n >= 2; n--)
		if (feed_entity_find(str_slice(s.p, n), out) && out->bare)
			return n;
	return 0;
}

const uint16_t feed_windows_1252[32] = {
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, /* 80 */
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,	   /* 88 */
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, /* 90 */
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178, /* 98 */
};

uint32_t feed_entity_codepoint(uint32_t number)
{
	if (number >= 0x80 && number < 0xA0)
		return feed_windows_1252[number - 0x80];
	if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000) ||
		(number & 0xFFFE) == 0xFFFE || (number >= 0xFDD0 && number < 0xFDF0))
		return 0xFFFD;
	if (number < 0x20)
		return number == '\t' || number == '\n' || number == '\r' ? number : 0;
	return number == 0x7F ? 0 : number;
}

static int entity_digit(char c, bool hex)
{
	if (hex)
		return ascii_hex_value(c);
	return ascii_is_digit(c) ? c - '0' : -1;
}

/* s starts with "&#" */
static size_t entity_read_number(struct str s, char scratch[8], struct str *text)
{
	bool hex = s.n > 2 && (s.p[2] == 'x' || s.p[2] == 'X');
	size_t i = hex ? 3 : 2, start = i;
	uint32_t number = 0, cp;

	for (; i < s.n; i++) {
		int d = entity_digit(s.p[i], hex);

		if (d < 0)
			break;
		if (number <= 0x10FFFF) /* ignore further digits: no overflow */
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
	struct feed_entity e;
	size_t n = 1;

	if (s.n < 3)
		return 0;
	if (s.p[1] == '#')
		return entity_read_number(s, scratch, text);
	while (n < s.n && n <= NAME_MAX && ascii_is_alnum(s.p[n]))
		n++;
	if (!(n < s.n && s.p[n] == ';' && feed_entity_find(str_slice(s.p + 1, n - 1), &e))) {
		n = entity_find_bare(str_slice(s.p + 1, n - 1), &e);
		if (!n || (attribute && n + 1 < s.n &&
				  (s.p[n + 1] == '=' || ascii_is_alnum(s.p[n + 1]))))
			return 0;
	}
	memcpy(scratch, e.text, sizeof(e.text));
	*text = str_of(scratch);
	return n + 1;
}
