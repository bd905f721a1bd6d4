/* SPDX-License-Identifier: MIT */
/* Headlines as words, to find out whether two items are about the same. */
#ifndef STORY_HEADLINE_H
#define STORY_HEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "text/words.h"

#define HEADLINE_WORDS_MAX 64

/* Hashes of words, in their order. */
struct headline {
	const uint64_t *v;
	size_t n;
};

/*
 * Sets v to the hashes of the normal forms of the words of s, at most max, and returns how many
 * there are; 0 if memory runs out. w is reused from call to call.
 */
size_t headline_words(struct text_words *w, struct str s, uint64_t *v, size_t max);
/* How many words both have, in any order. */
size_t headline_common(struct headline a, struct headline b);
/* The same in percent of the words of the longer one. */
unsigned headline_overlap(struct headline a, struct headline b);
/* Are the words of the headline one after the other in the text? */
bool headline_is_in(struct headline text, struct headline h);
/*
 * The last part of the path of a link, if it seems to be made of a headline: no query, no ending
 * such as .html, 16 bytes or more with two hyphens at least. Else absent.
 */
struct str headline_slug(struct str link);
/* Are they the same, or does one begin or end with the other? False if one is absent. */
bool headline_same_slug(struct str a, struct str b);

#endif
