/* SPDX-License-Identifier: MIT */
/*
 * The facts that two versions of a text exchange: between words that both have, one has a number or
 * a name where the other has a different one.
 */
#ifndef STORY_EXCHANGE_H
#define STORY_EXCHANGE_H

#include "compare.h"

/* Finds exchanged facts, counts them into c and keeps them, at most STORY_DIFFERENCES_MAX. */
void exchange_find(struct comparison *c, const struct story_text *fresh,
	const struct story_text *old, const struct compare_run *runs, size_t n);
/* Has v a number that w has not, or not as often? */
bool exchange_has_number(
	const struct story_word *v, size_t n, const struct story_word *w, size_t m);

#endif
