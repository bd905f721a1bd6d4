/* SPDX-License-Identifier: MIT */
/* Letter case beyond ASCII. */
#ifndef TEXT_LETTER_CASE_H
#define TEXT_LETTER_CASE_H

#include <stddef.h>

#include "base/str.h"

/*
 * s (valid UTF-8) in lower or upper case and NFC, allocated with malloc; *n is its length. NULL:
 * out of memory.
 */
char *text_lower_case(struct str s, size_t *n);
char *text_upper_case(struct str s, size_t *n);

#endif
