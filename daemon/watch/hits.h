/* SPDX-License-Identifier: MIT */
/* The hits of a match: places in the item, collected in any order, then sorted. */
#ifndef WATCH_HITS_H
#define WATCH_HITS_H

#include "item.h"

/* A hit with the sort keys besides its offset. */
struct watch_place_hit {
	struct watch_hit hit;
	uint32_t region, order;
};

struct watch_hits {
	struct watch_place_hit *v; /* being collected */
	size_t n, cap;
	size_t most;		 /* limit for each term in one place of the query */
	size_t end;		 /* value of n at which the present term reaches that limit */
	struct watch_hit *found; /* result of watch_hits_finish */
	size_t n_found, cap_found;
};

void watch_hits_release(struct watch_hits *h);

/*
 * Call before the hits of a term are added, in the order of the item. Once watch_hits_enough
 * returns true, the caller may stop adding hits of this term.
 */
static inline void watch_hits_begin(struct watch_hits *h)
{
	h->end = h->most > SIZE_MAX - h->n ? SIZE_MAX : h->n + h->most;
}

static inline bool watch_hits_enough(const struct watch_hits *h)
{
	return h->n >= h->end;
}

/* Append a hit of the term with this text; set item->failed if out of memory. */
void watch_hit_add(struct watch_hits *h, struct watch_item *item, uint32_t first, uint32_t last,
	uint32_t text);
void watch_hit_add_bytes(struct watch_hits *h, struct watch_item *item, size_t region,
	size_t offset, size_t length, uint32_t text);
/* Fills found with the hits, sorted and without duplicates. False: out of memory. */
bool watch_hits_finish(struct watch_hits *h);

#endif
