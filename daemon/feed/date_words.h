/* SPDX-License-Identifier: MIT */
/* The words in dates, in the languages found in feeds. */
#ifndef FEED_DATE_WORDS_H
#define FEED_DATE_WORDS_H

#include <stddef.h>

#include "base/str.h"

enum date_word_kind {
	DATE_WORD_NONE,
	DATE_WORD_MONTH, /* value: 1-12 */
	DATE_WORD_ZONE,	 /* value: minutes east of UTC */
	DATE_WORD_AM,
	DATE_WORD_PM,
	DATE_WORD_YEAR, /* unit of the preceding number: 年 */
	DATE_WORD_MONTH_NUMBER,
	DATE_WORD_DAY,
	DATE_WORD_HOUR,
	DATE_WORD_MINUTE,
	DATE_WORD_SECOND,
};

struct date_word {
	enum date_word_kind kind;
	int value;
};

/* Length in bytes of the word at the start of s, of letters of any script; may be 0. */
size_t date_word_length(struct str s);
struct date_word date_word_find(struct str word);

#endif
