/* SPDX-License-Identifier: MIT */
/* Two texts side by side: the words they have in common, and the facts they exchange. */
#ifndef STORY_COMPARE_H
#define STORY_COMPARE_H

#include "keyed.h"
#include "story/match.h"
#include "text.h"

#define COMPARE_SLOTS  2048 /* more than twice STORY_BODY_WORDS */
#define STORY_BODY_MIN 8    /* words of a body that can be compared */

/* What two texts have in common. Shares are of words, 0 to 1. */
struct comparison {
	double new_share, old_share;	 /* of each body in runs of four words or more */
	double new_opening, old_opening; /* of the first 25 words of each */
	size_t common;			 /* words of the new body in runs */
	size_t run;			 /* the longest one */
	size_t n_numbers, n_names; /* exchanged in the bodies, as far as they were looked for */
	bool title_numbers;	   /* similar titles exchange numbers */
	double title_share;	   /* of the words of the shorter title in the other */
	size_t title_words;	   /* different words of both */
	double title_found; /* of the words of the title of the longer text, in the shorter one */
	bool same_title;
	struct story_difference difference[STORY_DIFFERENCES_MAX];
	size_t n_differences;
	size_t steps; /* words and letters that were compared */
};

/* Words that both texts have in a row. */
struct compare_run {
	size_t fresh, old; /* where it begins */
	size_t n;
};

/* The caller keeps it from call to call: it is too large to be cleared for each. */
struct compare_room {
	struct keyed key;
	/* The grams of the old body, by hash. */
	uint64_t hash[COMPARE_SLOTS];
	uint16_t at[COMPARE_SLOTS]; /* 1 + the first place of the gram; 0: free */
	uint64_t grams[STORY_GRAMS_MAX];
	struct compare_run runs[STORY_BODY_WORDS];
	bool cover[STORY_BODY_WORDS];
};

/* Compares the titles, and the bodies unless one has less than STORY_BODY_MIN words. */
void compare_texts(struct compare_room *room, struct comparison *c, const struct story_text *fresh,
	const struct story_text *old);

#endif
