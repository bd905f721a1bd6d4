/* SPDX-License-Identifier: MIT */
/* Letters without case and accent, for the words in dates and for names made of titles. */
#ifndef FEED_FOLD_H
#define FEED_FOLD_H

#include <stdint.h>

/* Latin to the letter a to z that it looks like; Greek and Cyrillic to small letters. */
uint32_t feed_letter_fold(uint32_t cp);

#endif
