/* SPDX-License-Identifier: MIT */
/* What an edit changed, word by word. */
#ifndef WEB_WORD_DIFF_H
#define WEB_WORD_DIFF_H

#include "base/arena.h"
#include "html.h"

/*
 * Appends the new text with what was removed in <del> and what was added in <ins>, by a longest
 * common subsequence of words. Of long unchanged passages only the ends are shown. Texts that
 * differ in more than DIFF_WORDS words on both sides are shown as one removal and one addition.
 * Of long differences only the beginning is shown. Absent texts are empty. False: out of memory.
 */
#define DIFF_WORDS 1500
#define DIFF_BYTES ((size_t)16 * 1024) /* about so much is appended at most */
bool word_diff_put(struct html *h, struct str was, struct str is, struct arena *arena);

#endif
