/* SPDX-License-Identifier: MIT */
/*
 * Folding of letters to lower case without accents: for words in dates, names from titles, and what
 * people look for in a list.
 */
#ifndef FEED_FOLD_H
#define FEED_FOLD_H

#include <stdint.h>

#include "base/str.h"

/* Latin letters become a to z; Greek and Cyrillic ones lower case. Others are returned unchanged.
 */
uint32_t feed_letter_fold(uint32_t cp);
/* Does part occur in text, if the letters of both are folded? An empty one does. */
bool feed_fold_has(struct str text, struct str part);

#endif
