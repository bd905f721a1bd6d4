/* SPDX-License-Identifier: MIT */
/*
 * From keys to the recent owners that have them, as chains in one queue of entries: the newest
 * first, and those of owners that were dropped at the end, where a chain ends by their position. An
 * entry takes 8 bytes, an owner 32.
 */
#ifndef STORY_CHAIN_INDEX_H
#define STORY_CHAIN_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

#define CHAIN_OWNERS_MAX 200 /* the most that owners_max may be */

struct chain_owner {
	int64_t id;
	int64_t at;	 /* ms, never decreasing */
	uint64_t source; /* a hash, for the caller */
	uint32_t first;	 /* position of its first entry */
};

/* A key of a search; full: it has too many owners to say anything, and takes no more. */
struct chain_key {
	uint32_t key;
	bool full;
};

struct chain_hit {
	uint32_t owner; /* position in owners */
	uint32_t count; /* keys of the search that it has */
};

struct chain_index {
	struct ring owners, entries;
	uint32_t *heads;     /* the newest entry by key; 0: none */
	size_t n_heads;	     /* a power of two, or 0 */
	uint32_t owners_max; /* of a key, past which it is full */
	/*
	 * Of the last search, until chain_index_add_owner(): the owners, and by their positions 1 +
	 * their place in hits.
	 */
	struct chain_hit *hits;
	size_t n_hits, hits_room;
	uint32_t *places;
	size_t n_places; /* a power of two, or 0 */
};

void chain_index_init(struct chain_index *x, uint32_t owners_max);
void chain_index_release(struct chain_index *x);
size_t chain_index_bytes(const struct chain_index *x);

/*
 * Sets x->hits to the n_hits owners that have one of the keys, of which each is given once. False:
 * out of memory.
 */
bool chain_index_find(struct chain_index *x, struct chain_key *keys, size_t n_keys);
static inline struct chain_owner *chain_index_owner(const struct chain_index *x, uint32_t owner)
{
	return ring_at(&x->owners, owner);
}
/* False: out of memory. The entries follow with chain_index_add(). */
bool chain_index_add_owner(struct chain_index *x, const struct chain_owner *owner);
/* Adds a key to the last owner. False: out of memory. */
bool chain_index_add(struct chain_index *x, uint32_t key);
/* Takes out the last owner and its keys, if there is one. */
void chain_index_take_back(struct chain_index *x);
/* Drops the owners before `at`, and the oldest ones until at most max bytes are used. */
void chain_index_drop(struct chain_index *x, int64_t at, size_t max);

#endif
