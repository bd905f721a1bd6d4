/* SPDX-License-Identifier: MIT */
/* White space and quotation marks of queries, including those that word processors insert. */
#ifndef TEXT_DELIMITER_H
#define TEXT_DELIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ascii.h"

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

/* Has the code point the Unicode property White_Space? */
bool text_is_space(uint32_t code_point);

#endif
