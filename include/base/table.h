/* SPDX-License-Identifier: MIT */
/*
 * Hash table from 64-bit hashes to 32-bit numbers: open addressing, linear probing, at most half
 * full. It stores no keys. A hash may have several entries, in the order in which they were added;
 * the caller compares what their numbers refer to.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define TABLE_NONE UINT32_MAX

struct table_slot {
	uint64_t hash;
	uint32_t value; /* TABLE_NONE: free */
};

struct table {
	struct table_slot *slots;
	size_t mask; /* slots - 1; slots is a power of two */
	size_t count;
	bool fixed; /* slots are the arena's: no growth */
};

/*
 * A zeroed table is empty and grows by doubling; table_release() frees it. table_init() instead
 * takes room for max entries from an arena; such a table is not released.
 * False: out of memory.
 */
bool table_init(struct table *t, size_t max, struct arena *arena);
void table_release(struct table *t);
/* False: out of memory, or more than max; nothing added. */
bool table_add(struct table *t, uint64_t hash, uint32_t value);

/* Numbers by name. name_of returns the name of number i; ctx is the caller's. */
typedef struct str table_name_fn(const void *ctx, size_t i);
bool table_add_name(struct table *t, struct str name, size_t i);
/* The first number added with that name, or TABLE_NONE. */
size_t table_find_name(
	const struct table *t, struct str name, table_name_fn *name_of, const void *ctx);

/* Hashes must be well mixed: the low bits choose the slot. */
static inline size_t table_start(const struct table *t, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & t->mask;
}

/*
 * The next value of that hash from slot *at on, or TABLE_NONE. Advances *at, which starts as
 * table_start(). t must have slots.
 */
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
