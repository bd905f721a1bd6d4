/* SPDX-License-Identifier: MIT */
#include "text/cut.h"

#include <unigbrk.h>

#define CUT_WINDOW ((size_t)1024) /* bytes: longer clusters are cut between code points */

/* Of the code point whose first byte that is; 0 for a byte inside of one. */
static size_t cut_weight(unsigned char first, enum text_unit unit)
{
	switch (unit) {
	case TEXT_BYTES: return 1;
	case TEXT_CODE_POINTS: return (first & 0xc0) != 0x80;
	case TEXT_UTF16: return (size_t)((first & 0xc0) != 0x80) + (first >= 0xf0);
	}
	return 1;
}

size_t text_size(struct str s, enum text_unit unit)
{
	size_t n = 0;

	if (unit == TEXT_BYTES)
		return s.n;
	for (size_t i = 0; i < s.n; i++)
		n += cut_weight((unsigned char)s.p[i], unit);
	return n;
}

/* The end of the longest prefix of at most max units that ends between code points. */
static size_t cut_code_points(struct str s, size_t max, enum text_unit unit)
{
	size_t end = 0, n = 0;

	for (size_t i = 0; i < s.n && n <= max; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			end = i;
		n += cut_weight((unsigned char)s.p[i], unit);
	}
	return n <= max ? s.n : end;
}

/*
 * Where to look for clusters from: at the last ASCII character before end, where one begins. If
 * none is near, at some code point.
 */
static size_t cut_find_start(struct str s, size_t end)
{
	size_t i = end;

	for (; i > 0 && end - i < CUT_WINDOW; i--)
		if ((unsigned char)s.p[i - 1] < 0x80)
			return i - 1;
	while (i < end && ((unsigned char)s.p[i] & 0xc0) == 0x80)
		i++;
	return i;
}

struct str text_cut_by(struct str s, size_t max, enum text_unit unit)
{
	char breaks[CUT_WINDOW + 8];
	size_t end, from, n, at;

	if (s.n <= max)
		return s;
	end = cut_code_points(s, max, unit);
	if (end == s.n)
		return s;
	from = cut_find_start(s, end);
	n = end - from;
	/* With the code point after the end: only then is it known whether a cluster ends there. */
	for (at = n + 1; from + at < s.n && ((unsigned char)s.p[from + at] & 0xc0) == 0x80;)
		at++;
	u8_grapheme_breaks((const uint8_t *)s.p + from, at, breaks);
	for (at = n; at > 0 && !breaks[at];)
		at--;
	if (at == 0 && (from == 0 || (s.p[from] & 0x80)))
		at = n;
	return str_slice(s.p, from + at);
}

struct str text_cut(struct str s, size_t max)
{
	return text_cut_by(s, max, TEXT_BYTES);
}
