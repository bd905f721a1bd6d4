/* SPDX-License-Identifier: MIT */
/* The part of a text that an edit changed, with some context. */
#ifndef DESK_TEXT_DIFF_H
#define DESK_TEXT_DIFF_H

#include "base/str.h"

/*
 * Sets was_part and is_part to slices of was and is from the first word that differs to the last,
 * with up to `around` bytes of context on both sides, truncated to max bytes between code points.
 * Both are absent if the texts are equal.
 */
void desk_text_diff(struct str was, struct str is, size_t around, size_t max, struct str *was_part,
	struct str *is_part);

#endif
