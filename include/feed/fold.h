/* SPDX-License-Identifier: MIT */
/* Folding of letters to lower case without accents, for words in dates and names from titles. */
#ifndef FEED_FOLD_H
#define FEED_FOLD_H

#include <stdint.h>

/* Latin letters become a to z; Greek and Cyrillic ones lower case. Others are returned unchanged.
 */
uint32_t feed_letter_fold(uint32_t cp);

#endif
