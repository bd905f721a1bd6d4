/* SPDX-License-Identifier: MIT */
/* Where the words of a phrase stand in a row, or within a window in any order. */
#ifndef WATCH_PHRASE_H
#define WATCH_PHRASE_H

#include "budget.h"
#include "item.h"

/*
 * All matches of a phrase in the item, by first word; their number in *n. Incomplete if the budget
 * ran out or item->failed.
 */
const struct watch_span *watch_phrase_spans(
	struct watch_item *item, struct watch_budget *b, uint32_t phrase, size_t *n);
/*
 * The least number of other words in a window with all words of a sloppy phrase, in these fields;
 * UINT32_MAX if no text has all of them, or if there were too many combinations.
 */
uint32_t watch_sloppy_least(struct watch_item *item, struct watch_budget *b,
	const struct watch_phrase *ph, unsigned fields, uint32_t lead);

#endif
