/* SPDX-License-Identifier: MIT */
/* Truncation of text between the characters that people see. */
#ifndef TEXT_CUT_H
#define TEXT_CUT_H

#include <stddef.h>

#include "base/str.h"

/* In what a limit is counted: bytes of UTF-8, code points, or the code units of UTF-16. */
enum text_unit { TEXT_BYTES, TEXT_CODE_POINTS, TEXT_UTF16 };

/* Returns the size of s, which is valid UTF-8. */
size_t text_size(struct str s, enum text_unit unit);
/*
 * Returns the longest prefix of at most max units that ends between extended grapheme clusters
 * (UAX #29): never inside an emoji sequence, nor between a letter and its marks. If the first one
 * is larger than max, the prefix ends between code points. s is valid UTF-8.
 */
struct str text_cut_by(struct str s, size_t max, enum text_unit unit);
/* The same in bytes. */
struct str text_cut(struct str s, size_t max);

#endif
