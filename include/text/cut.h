/* SPDX-License-Identifier: MIT */
/* Truncation of text between the characters that people see. */
#ifndef TEXT_CUT_H
#define TEXT_CUT_H

#include <stddef.h>

#include "base/str.h"

/*
 * Returns the longest prefix of at most max bytes that ends between extended grapheme clusters
 * (UAX #29): never inside an emoji sequence, nor between a letter and its marks. If the first one
 * is larger than max, the prefix ends between code points. s is valid UTF-8.
 */
struct str text_cut(struct str s, size_t max);

#endif
