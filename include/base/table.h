/* SPDX-License-Identifier: MIT */
/*
 * 64-bit hashes to small numbers: open addressing, grows by doubling, never over half full. A hash
 * may be entered more than once; a look-up walks all entries of a hash.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_NONE UINT32_MAX

struct table_slot {
	uint64_t hash;
	uint32_t value; /* TABLE_NONE: free */
};

struct table {
	struct table_slot *slots;
	size_t mask; /* slots - 1; slots is a power of two */
	size_t count;
};

void table_release(struct table *t);
/* False: out of memory, nothing entered. */
bool table_add(struct table *t, uint64_t hash, uint32_t value);

/* Low bits alone choose the slot: hashes of words are well mixed. */
static inline size_t table_start(const struct table *t, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & t->mask;
}

/* The first value of a hash from *at on, TABLE_NONE when there are no more; moves *at. */
static inline uint32_t table_next(const struct table *t, uint64_t hash, size_t *at)
{
	while (t->slots[*at].value != TABLE_NONE) {
		const struct table_slot *s = &t->slots[*at];

		*at = (*at + 1) & t->mask;
		if (s->hash == hash)
			return s->value;
	}
	return TABLE_NONE;
}

#endif
