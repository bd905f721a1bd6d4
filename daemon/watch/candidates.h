/* SPDX-License-Identifier: MIT */
/* The watches worth evaluating on an item, and those that match it. */
#ifndef WATCH_CANDIDATES_H
#define WATCH_CANDIDATES_H

#include "item.h"

struct watch_candidates {
	uint32_t *seen; /* by watch: generation in which it became a candidate */
	uint32_t *v;	/* room for all watches */
	size_t n;
	uint64_t *matched;  /* bitmap of watches that match the item */
	uint64_t *matching; /* bitmap of the words of matched that are not 0 */
	size_t n_watches;
	uint32_t generation; /* of the item */
};

/* False: out of memory; release is safe. */
bool watch_candidates_init(struct watch_candidates *c, size_t n_watches);
void watch_candidates_release(struct watch_candidates *c);

/* Before an item: none are candidates. */
void watch_candidates_begin_item(struct watch_candidates *c, uint32_t generation);

/* Finds trigger_atoms and the phrases of pairs among the words kept: terms. False: out of memory.
 */
bool watch_terms_find(struct watch_item *item, const struct watch_index *x);

/* The watch matches the item. */
static inline void watch_candidates_match(struct watch_candidates *c, uint32_t watch)
{
	c->matched[watch / 64] |= (uint64_t)1 << watch % 64;
	c->matching[watch / 64 / 64] |= (uint64_t)1 << watch / 64 % 64;
}

/* Moves the watches that match into v, in ascending order, and returns their number. */
size_t watch_candidates_take_matches(struct watch_candidates *c);

#endif
