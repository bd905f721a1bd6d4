/* SPDX-License-Identifier: MIT */
/* The beginning of a text as words, and what is between them. Private to correction.c. */
#ifndef STORY_CORRECTION_TEXT_H
#define STORY_CORRECTION_TEXT_H

#include <stdbool.h>

#include "text/words.h"

struct correction_text {
	struct text_words words;
	struct str text; /* the first bytes of the text */
};

/* Has it letters that differ between upper and lower case, and which? */
enum letter_case { CASE_NONE, CASE_CAPITALS, CASE_OTHER };

/* What separates two words. */
enum correction_gap {
	GAP_NONE,  /* nothing */
	GAP_END,   /* of the text; perhaps spaces */
	GAP_SPACE, /* spaces */
	GAP_MARK,
	GAP_HYPHEN, /* without spaces */
	GAP_STOP,   /* a full stop */
	GAP_CLOSE,  /* a bracket */
	GAP_OTHER,
};

int correction_text_split(struct correction_text *t, struct str s);
enum letter_case correction_text_case(struct str s, bool *nomem);
/* The n words from i on, as written. */
struct str correction_text_words(const struct correction_text *t, size_t i, size_t n);
/* What separates word i, or the end of the text, from the word before. */
enum correction_gap correction_text_gap(const struct correction_text *t, size_t i);
/*
 * Sets *bracket if one opens before word i. Returns false if something opens that the publisher
 * does not say, or that is no text: a quotation, a hashtag.
 */
bool correction_text_opens(const struct correction_text *t, size_t i, bool *bracket);
/* Does a bracket close at the beginning of s? */
bool correction_text_closes(struct str s);

#endif
