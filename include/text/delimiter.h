/* SPDX-License-Identifier: MIT */
/* White space and quotation marks of queries, including those that word processors insert. */
#ifndef TEXT_DELIMITER_H
#define TEXT_DELIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Return the length in bytes of the white space (a byte order mark included), or of the double
 * quotation mark (straight or curly), at p; 0 if there is none. n is the length of the buffer.
 */
size_t text_space_length(const char *p, size_t n);
size_t text_quote_length(const char *p, size_t n);

/* Has the code point the Unicode property White_Space? */
bool text_is_space(uint32_t code_point);

#endif
