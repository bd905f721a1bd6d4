/* SPDX-License-Identifier: MIT */
/*
 * An inverted index from hashes of words, or of words in a row, to the items of the window: a hash
 * table of buckets of one cache line. A slot takes 5 bytes, holds 20 bits of the hash and the last
 * 20 bits of the item's position, and is free again when the item has left the window. A full
 * bucket loses its oldest entry: texts have many, of which a search needs two. The table grows
 * bucket by bucket (linear hashing), so that no insertion takes long, and its load stays the same.
 *
 * Hashes must be keyed: see keyed.h.
 */
#ifndef STORY_POSTINGS_H
#define STORY_POSTINGS_H

#include "records.h"

#define POSTINGS_BUCKET 16u /* slots */
#define POSTINGS_BLOCK	64u /* buckets */

struct postings_block {
	_Alignas(64) uint32_t slot[POSTINGS_BLOCK][POSTINGS_BUCKET];
	uint8_t more[POSTINGS_BLOCK][POSTINGS_BUCKET];
};

/* An entry that was added since the last commit. */
struct postings_change {
	uint64_t hash;
	uint32_t pos;
	uint32_t instead; /* the position that it replaced; its own: none */
};

struct postings {
	struct postings_block **block;
	size_t n_blocks, blocks_room;
	uint32_t n_buckets;
	uint32_t sweep; /* the bucket that is next cleared of dropped items */
	uint32_t swept; /* those before this position were dropped when the last round began */
	size_t n_slots; /* in use, some by dropped items */
	size_t bytes, max;
	struct postings_change *log;
	size_t n_log, log_room;
};

/* max: bytes that the table may grow to, apart from its first 64 buckets. */
void postings_init(struct postings *p, size_t max);
void postings_release(struct postings *p);
size_t postings_bytes(const struct postings *p);
static inline size_t postings_log_bytes(const struct postings *p)
{
	return p->log_room * sizeof(*p->log);
}

/* Sets found to the positions of the items with that hash, in no order, and returns their number.
 */
unsigned postings_find(const struct postings *p, const struct records *r, uint64_t hash,
	uint32_t found[POSTINGS_BUCKET]);
/*
 * Adds an item, in place of an older one with that hash, or of none if instead is pos. False: out
 * of memory.
 */
bool postings_add(
	struct postings *p, const struct records *r, uint64_t hash, uint32_t pos, uint32_t instead);
/* Frees the slots of dropped items in some buckets: once for each new item. */
void postings_sweep(struct postings *p, const struct records *r);
void postings_commit(struct postings *p);
/* Takes out what was added since the last commit, before records_rollback(). */
void postings_rollback(struct postings *p, const struct records *r);

static inline uint32_t postings_bucket(const struct postings *p, uint64_t hash)
{
	unsigned level = 31 - (unsigned)__builtin_clz(p->n_buckets);
	uint32_t bucket = (uint32_t)hash & (((uint32_t)2 << level) - 1);

	return bucket < p->n_buckets ? bucket : bucket & (((uint32_t)1 << level) - 1);
}

/*
 * Loads the bucket of a hash into the cache while work goes on that does not need it. With a read,
 * as processors may drop a prefetch instruction whose address is not in the TLB, which is usual in
 * a large table.
 */
static inline void postings_touch(const struct postings *p, uint64_t hash)
{
	const struct postings_block *block;
	uint32_t bucket;

	if (!p->n_buckets)
		return;
	bucket = postings_bucket(p, hash);
	block = p->block[bucket / POSTINGS_BLOCK];
	(void)*(const volatile uint32_t *)block->slot[bucket % POSTINGS_BLOCK];
	__builtin_prefetch(block->more[bucket % POSTINGS_BLOCK]);
}

#endif
