/* SPDX-License-Identifier: MIT */
/*
 * White space, quotation marks and dashes of queries, including those that word processors insert.
 */
#ifndef TEXT_DELIMITER_H
#define TEXT_DELIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ascii.h"
#include "base/str.h"

/* The same as below, for a character beyond ASCII. */
size_t text_space_length_unicode(const char *p, size_t n);
size_t text_quote_length_unicode(const char *p, size_t n);

/*
 * Return the length in bytes of the white space (a byte order mark included), or of the double
 * quotation mark (straight or curly), at p; 0 if there is none. n is the length of the buffer.
 */
static inline size_t text_space_length(const char *p, size_t n)
{
	if (n && (unsigned char)p[0] < 0x80) /* the common case */
		return ascii_is_space(p[0]);
	return text_space_length_unicode(p, n);
}

static inline size_t text_quote_length(const char *p, size_t n)
{
	if (n && (unsigned char)p[0] < 0x80)
		return p[0] == '"';
	return text_quote_length_unicode(p, n);
}

/* Is the quotation mark at s.p[at], of n bytes, part of a Hebrew word, as in צה"ל? */
bool text_quote_is_gershayim(struct str s, size_t at, size_t n);

/*
 * Returns the length of the quotation mark at s.p[at]; 0 if there is none, or if it is part of a
 * Hebrew word.
 */
static inline size_t text_quote_at(struct str s, size_t at)
{
	size_t n = text_quote_length(s.p + at, s.n - at);

	return n && !text_quote_is_gershayim(s, at, n) ? n : 0;
}

/* Returns the length of the typographic dash at p, which is not the minus of a keyboard; or 0. */
size_t text_dash_length(const char *p, size_t n);
/* Returns the length of the invisible mark or control of text direction at p; or 0. */
size_t text_direction_length(const char *p, size_t n);
/* Returns the length of the letters at p, of any script, with their marks. */
size_t text_letters_length(const char *p, size_t n);

/* Has the code point the Unicode property White_Space? */
bool text_is_space(uint32_t code_point);

#endif
