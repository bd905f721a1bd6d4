/* SPDX-License-Identifier: MIT */
/* Finds the words of a phrase in a row, or in any order within a window. */
#ifndef WATCH_PHRASE_H
#define WATCH_PHRASE_H

#include "budget.h"
#include "item.h"

/*
 * Returns all matches of a phrase in the item, by first word, and their number in *n. Incomplete if
 * the budget was exceeded or item->failed is set.
 */
const struct watch_span *watch_phrase_spans(
	struct watch_item *item, struct watch_budget *b, uint32_t phrase, size_t *n);
/*
 * Returns the least number of other words in a window with all words of a sloppy phrase, in these
 * fields; UINT32_MAX if no text has all of them, or if there were too many combinations.
 */
uint32_t watch_sloppy_least(struct watch_item *item, struct watch_budget *b,
	const struct watch_phrase *ph, unsigned fields, uint32_t lead);

#endif
