/* SPDX-License-Identifier: MIT */
/* The choice of the encoding; the labels are in charset_label.c, the decoding in decoder.c. */
#include "charset.h"

#include <string.h>

#include "base/ascii.h"
#include "charset_label.h"

/* Parameter "charset" of a Content-Type header, without quotes; or absent. */
static struct str charset_of_header(struct str type)
{
	const struct str want = STR("charset=");
	const char *p, *end;

	if (!type.p)
		return STR_NONE;
	end = type.p + type.n;
	for (p = memchr(type.p, ';', type.n); p; p = memchr(p, ';', (size_t)(end - p))) {
		struct str value;
		const char *stop;

		p++;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (!str_starts_nocase(str_slice(p, (size_t)(end - p)), want))
			continue;
		p += want.n;
		if (p < end && (*p == '"' || *p == '\'')) {
			char quote = *p++;

			stop = memchr(p, quote, (size_t)(end - p));
		} else {
			stop = memchr(p, ';', (size_t)(end - p));
		}
		value = str_trim(str_slice(p, (size_t)((stop ? stop : end) - p)));
		return value.n ? value : STR_NONE;
	}
	return STR_NONE;
}

/* Label in the XML declaration, which must be in an ASCII superset; or absent. */
static struct str charset_of_declaration(struct str head)
{
	static const char key[] = "encoding";
	ptrdiff_t at, end;
	struct str s;

	if (!str_starts(head, STR("<?xml")))
		return STR_NONE;
	end = str_find(head, STR(">"));
	s = str_slice(head.p, end < 0 ? (head.n < 1024 ? head.n : 1024) : (size_t)end);
	at = str_find(s, str_of(key));
	if (at < 0)
		return STR_NONE;
	s = str_trim(str_slice(s.p + at + sizeof(key) - 1, s.n - (size_t)at - sizeof(key) + 1));
	if (s.n < 3 || s.p[0] != '=')
		return STR_NONE;
	s = str_trim(str_slice(s.p + 1, s.n - 1));
	if (s.n < 2 || (s.p[0] != '"' && s.p[0] != '\''))
		return STR_NONE;
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == s.p[0])
			return str_slice(s.p + 1, i - 1);
	return STR_NONE;
}

/* Detects a byte order mark, or a '<' in UTF-16 or UTF-32. */
static const struct feed_charset *charset_by_pattern(struct str head, size_t *skip)
{
	static const struct {
		char bytes[5];
		uint8_t n, skip, charset;
	} rows[] = {
		{"\xFF\xFE\0\0", 4, 4, CHARSET_UTF_32LE},
		{"\0\0\xFE\xFF", 4, 4, CHARSET_UTF_32BE},
		{"\xEF\xBB\xBF", 3, 3, CHARSET_UTF_8},
		{"\xFF\xFE", 2, 2, CHARSET_UTF_16LE},
		{"\xFE\xFF", 2, 2, CHARSET_UTF_16BE},
		{"<\0\0\0", 4, 0, CHARSET_UTF_32LE},
		{"\0\0\0<", 4, 0, CHARSET_UTF_32BE},
		{"<\0", 2, 0, CHARSET_UTF_16LE},
		{"\0<", 2, 0, CHARSET_UTF_16BE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (head.n >= rows[i].n && memcmp(head.p, rows[i].bytes, rows[i].n) == 0) {
			*skip = rows[i].skip;
			return &feed_charsets[rows[i].charset];
		}
	return NULL;
}

static bool charset_is_wide(const struct feed_charset *c)
{
	return c->codec >= FEED_CODEC_UTF16LE && c->codec <= FEED_CODEC_UTF32BE;
}

struct feed_charset_choice feed_charset_choose(struct str head, struct str content_type)
{
	struct feed_charset_choice c = {.charset = NULL};
	struct str http = charset_of_header(content_type), declared;
	const struct feed_charset *by_http, *by_xml;

	c.charset = charset_by_pattern(head, &c.skip);
	if (c.charset)
		return c;
	declared = charset_of_declaration(str_trim(head));
	by_http = feed_charset_find(http);
	by_xml = feed_charset_find(declared);
	if (str_present(http) && !by_http)
		c.distrusted = http;
	else if (str_present(declared) && !by_xml && !by_http)
		c.distrusted = declared;
	/* charset_by_pattern() would have found a wide encoding: the label is wrong. */
	if (by_http && charset_is_wide(by_http))
		by_http = NULL;
	if (by_xml && charset_is_wide(by_xml))
		by_xml = NULL;
	c.charset = by_http ? by_http : by_xml;
	if (!c.charset) {
		c.charset = &feed_charsets[CHARSET_UTF_8];
		c.otherwise = &feed_charsets[CHARSET_WINDOWS_1252];
	} else if (c.charset == &feed_charsets[CHARSET_UTF_8]) {
		c.otherwise = by_xml ? by_xml : c.charset;
	} else if (c.charset->codec == FEED_CODEC_BYTE) {
		/* Text in another encoding is hardly ever valid UTF-8 by chance. */
		c.otherwise = c.declared = c.charset;
		c.charset = &feed_charsets[CHARSET_UTF_8];
	}
	return c;
}
