/* SPDX-License-Identifier: MIT */
/* Display width of text in a terminal, to align columns and carets. */
#ifndef TEXT_WIDTH_H
#define TEXT_WIDTH_H

#include <stddef.h>

#include "base/str.h"

/*
 * Returns the number of columns: two for Han, Hangul, Kana and emoji, none for combining marks.
 * text is valid UTF-8.
 */
size_t text_width(struct str text);
/* Returns the bytes of the longest prefix that has at most `columns` columns; marks stay with their
 * letter. */
size_t text_width_prefix(struct str text, size_t columns);

#endif
