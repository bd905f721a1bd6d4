/* SPDX-License-Identifier: MIT */
/* What an edit changed: the words that differ, with a few around them. */
#ifndef DESK_TEXT_DIFF_H
#define DESK_TEXT_DIFF_H

#include "base/str.h"

/*
 * Slices of was and is from the first word that differs to the last, and up to `around` bytes
 * before and behind; at most max bytes each, cut between code points. Both empty when they are
 * the same.
 */
void desk_text_diff(struct str was, struct str is, size_t around, size_t max, struct str *was_part,
	struct str *is_part);

#endif
