/* SPDX-License-Identifier: MIT */
/*
 * A queue of equal elements in blocks, indexed by positions that grow: what is taken off at
 * the beginning is given back to the system, and nothing is moved when the queue grows.
 */
#ifndef STORY_RING_H
#define STORY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_BLOCK 1024u /* elements */

struct ring {
	void **block;	     /* by position / RING_BLOCK, modulo */
	size_t n_blocks;     /* a power of two, or 0 */
	size_t size;	     /* of an element */
	uint32_t begin, end; /* positions */
	size_t bytes;
};

void ring_init(struct ring *r, size_t size);
void ring_release(struct ring *r);
/* Room for a new last element; NULL: out of memory, or end is UINT32_MAX: see ring_renumber(). */
void *ring_push(struct ring *r);
/* Drops all elements before pos, which is not past the end. */
void ring_drop(struct ring *r, uint32_t pos);
/* Subtracts the same from all positions, so that begin is small, but not 0; returns how much. */
uint32_t ring_renumber(struct ring *r);

/* begin <= pos < end */
static inline void *ring_at(const struct ring *r, uint32_t pos)
{
	char *block = r->block[pos / RING_BLOCK & (r->n_blocks - 1)];

	return block + pos % RING_BLOCK * r->size;
}

#endif
