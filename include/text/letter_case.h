/* SPDX-License-Identifier: MIT */
/* Upper and lower case beyond ASCII. */
#ifndef TEXT_LETTER_CASE_H
#define TEXT_LETTER_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/*
 * Return s (valid UTF-8) in lower or upper case and NFC, and its length in *n. The caller frees it.
 * NULL: out of memory.
 */
char *text_lower_case(struct str s, size_t *n);
char *text_upper_case(struct str s, size_t *n);
/* Is the first character of s a capital letter? */
bool text_begins_upper(struct str s);

#endif
