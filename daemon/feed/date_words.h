/* SPDX-License-Identifier: MIT */
/* Private to the room: the words in dates, in the languages that feeds were seen to use. */
#ifndef FEED_DATE_WORDS_H
#define FEED_DATE_WORDS_H

#include <stddef.h>

#include "base/str.h"

enum date_word_kind {
	DATE_WORD_NONE,
	DATE_WORD_MONTH, /* 1-12 */
	DATE_WORD_ZONE,	 /* minutes east of UTC */
	DATE_WORD_AM,
	DATE_WORD_PM,
	DATE_WORD_YEAR, /* the number before it is one: 年 */
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

/* Length in bytes of the word at the start of s: letters of any script; 0 when there is none. */
size_t date_word_length(struct str s);
struct date_word date_word_find(struct str word);

#endif
