/* SPDX-License-Identifier: MIT */
/*
 * A text as the words that decide whether another one is the same: without case, accents, credit
 * line and dateline, with numbers in one form ("3,000", "three" and "3bn" are "3000", "3" and
 * "3 billion"; "%" and "per cent" are "percent").
 */
#ifndef STORY_TEXT_H
#define STORY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "text/words.h"

#define STORY_BODY_WORDS  600 /* later words of a body are not compared */
#define STORY_TITLE_WORDS 100
#define STORY_GRAM	  4 /* words in a row that two texts have in common */
/* Grams of one text, of title and body. */
#define STORY_GRAMS_MAX	  (STORY_BODY_WORDS + STORY_TITLE_WORDS)

struct story_word {
	uint64_t hash;
	struct str source; /* as written */
	bool number;
	bool single; /* one character */
};

/* The words point into title and body as given. */
struct story_text {
	struct story_word title[STORY_TITLE_WORDS], body[STORY_BODY_WORDS];
	size_t n_title, n_body;
	struct str agency; /* of the credit line, as "Reuters"; absent: none */
};

/*
 * Fills in t, which the caller keeps from call to call for its size; w is a buffer. An absent text
 * has no words. Returns 0, -ERR_LIMIT or -ERR_NOMEM.
 */
int story_text_read(struct story_text *t, struct text_words *w, struct str title, struct str body,
	struct err *e);

/* Hashes of the grams of n words, in their order; returns how many there are: n - 3, or 0. */
size_t story_text_grams(const struct story_word *v, size_t n, uint64_t *grams);

#endif
