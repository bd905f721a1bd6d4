/* SPDX-License-Identifier: MIT */
/* White space and quotation marks, as queries are typed and word processors set them. */
#ifndef TEXT_DELIMITER_H
#define TEXT_DELIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the white space (a byte order mark included), or of the double quotation mark (straight
 * or curly), that p starts with; 0 if it starts with anything else. n: bytes that may be read.
 */
size_t text_space_length(const char *p, size_t n);
size_t text_quote_length(const char *p, size_t n);

/* White_Space of the Unicode character database. */
bool text_is_space(uint32_t code_point);

#endif
