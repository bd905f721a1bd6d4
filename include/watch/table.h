/* SPDX-License-Identifier: MIT */
/*
 * 64-bit hashes to small numbers: open addressing, grows by doubling, never over half full. A hash
 * may be entered more than once; a look-up walks all entries of a hash.
 */
#ifndef WATCH_TABLE_H
#define WATCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_TABLE_NONE UINT32_MAX

struct watch_slot {
	uint64_t hash;
	uint32_t value; /* WATCH_TABLE_NONE: free */
};

struct watch_table {
	struct watch_slot *slots;
	size_t mask; /* slots - 1; slots is a power of two */
	size_t count;
};

void watch_table_release(struct watch_table *t);
/* False: out of memory, nothing entered. */
bool watch_table_add(struct watch_table *t, uint64_t hash, uint32_t value);

/* Low bits alone choose the slot: hashes of words are well mixed. */
static inline size_t watch_table_start(const struct watch_table *t, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & t->mask;
}

/* The first value of a hash from *at on, WATCH_TABLE_NONE when there are no more; moves *at. */
static inline uint32_t watch_table_next(const struct watch_table *t, uint64_t hash, size_t *at)
{
	while (t->slots[*at].value != WATCH_TABLE_NONE) {
		const struct watch_slot *s = &t->slots[*at];

		*at = (*at + 1) & t->mask;
		if (s->hash == hash)
			return s->value;
	}
	return WATCH_TABLE_NONE;
}

#endif
