/* SPDX-License-Identifier: MIT */
/* The watches worth evaluating on an item, and those that match it. */
#ifndef WATCH_CANDIDATES_H
#define WATCH_CANDIDATES_H

#include "item.h"

struct watch_candidates {
	uint32_t *seen; /* by watch: generation in which it became a candidate */
	uint32_t *v;	/* room for all watches */
	size_t n;
	uint64_t *matched;  /* bitmap of the watches that match the item */
	uint64_t *matching; /* bitmap of the non-zero entries of matched */
	size_t n_watches;
	uint32_t generation; /* of the item */
};

/* False: out of memory; release is safe. */
bool watch_candidates_init(struct watch_candidates *c, size_t n_watches);
void watch_candidates_release(struct watch_candidates *c);

/* Empties the lists for a new item. */
void watch_candidates_begin_item(struct watch_candidates *c, uint32_t generation);

/*
 * Appends the trigger atoms and the phrases with a pair among the words kept to the item's terms.
 * False: out of memory.
 */
bool watch_terms_find(struct watch_item *item, const struct watch_index *x);

/* The watch matches the item. */
static inline void watch_candidates_match(struct watch_candidates *c, uint32_t watch)
{
	c->matched[watch / 64] |= (uint64_t)1 << watch % 64;
	c->matching[watch / 64 / 64] |= (uint64_t)1 << watch / 64 % 64;
}

/* Moves the matching watches into v, in ascending order. Returns their number. */
size_t watch_candidates_take_matches(struct watch_candidates *c);

#endif
