/* SPDX-License-Identifier: MIT */
#include "text/delimiter.h"

#include <unictype.h>

#include "base/utf8.h"
#include "letter_kind.h"

size_t text_space_length_unicode(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	if (n >= 2 && u[0] == 0xc2 && u[1] == 0xa0) /* no-break space */
		return 2;
	if (n < 3)
		return 0;
	/* U+2000 to U+200A, U+202F, U+3000, and a byte order mark */
	if (u[0] == 0xe2 && u[1] == 0x80 && ((u[2] >= 0x80 && u[2] <= 0x8a) || u[2] == 0xaf))
		return 3;
	if ((u[0] == 0xe3 && u[1] == 0x80 && u[2] == 0x80) ||
		(u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf))
		return 3;
	return 0;
}

size_t text_quote_length_unicode(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	/* U+201C to U+201F, inserted by word processors */
	if (n >= 3 && u[0] == 0xe2 && u[1] == 0x80 && u[2] >= 0x9c && u[2] <= 0x9f)
		return 3;
	return 0;
}

static bool delimiter_is_skipped(enum text_letter_kind kind)
{
	return kind == TEXT_KIND_EXTEND || kind == TEXT_KIND_DROPPED;
}

static bool delimiter_follows_hebrew(struct str s)
{
	enum text_letter_kind kind = TEXT_KIND_DROPPED;

	for (size_t at = s.n; at && delimiter_is_skipped(kind); s.n = at) {
		uint32_t cp;

		do
			at--;
		while (at && (s.p[at] & 0xC0) == 0x80);
		if (utf8_decode(s.p + at, s.n - at, &cp) == 0)
			return false;
		kind = text_letter_kind_of(cp);
	}
	return kind == TEXT_KIND_HEBREW;
}

static bool delimiter_precedes_hebrew(struct str s)
{
	enum text_letter_kind kind = TEXT_KIND_DROPPED;

	for (size_t at = 0, n; at < s.n && delimiter_is_skipped(kind); at += n) {
		uint32_t cp;

		n = utf8_decode(s.p + at, s.n - at, &cp);
		if (n == 0)
			return false;
		kind = text_letter_kind_of(cp);
	}
	return kind == TEXT_KIND_HEBREW;
}

bool text_quote_is_gershayim(struct str s, size_t at, size_t n)
{
	bool reads_as_quote = s.p[at] == '"' || str_eq(str_slice(s.p + at, n), STR("\u201d"));

	return reads_as_quote && delimiter_follows_hebrew(str_slice(s.p, at)) &&
	       delimiter_precedes_hebrew(str_slice(s.p + at + n, s.n - at - n));
}

size_t text_dash_length(const char *p, size_t n)
{
	uint32_t cp;
	size_t length = n && (unsigned char)p[0] >= 0x80 ? utf8_decode(p, n, &cp) : 0;

	/* U+2010 to U+2015, the minus sign, small and full-width forms of - */
	if (length && ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0xFE58 ||
			      cp == 0xFE63 || cp == 0xFF0D))
		return length;
	return 0;
}

size_t text_direction_length(const char *p, size_t n)
{
	uint32_t cp;
	size_t length = n && (unsigned char)p[0] >= 0x80 ? utf8_decode(p, n, &cp) : 0;

	return length && uc_is_property_bidi_control(cp) ? length : 0;
}

size_t text_letters_length(const char *p, size_t n)
{
	size_t at = 0, length;
	uint32_t cp;

	while (at < n && (length = utf8_decode(p + at, n - at, &cp)) > 0) {
		enum text_letter_kind kind = text_letter_kind_of(cp);

		if (!text_letter_is_alphabetic(cp, kind) && !(at && delimiter_is_skipped(kind)))
			break;
		at += length;
	}
	return at;
}

bool text_is_space(uint32_t code_point)
{
	return uc_is_property_white_space(code_point);
}
