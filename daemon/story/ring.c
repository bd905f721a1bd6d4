/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <stdlib.h>

#define BLOCKS_FIRST 8

void ring_init(struct ring *r, size_t size)
{
	*r = (struct ring){.size = size, .begin = 1, .end = 1};
}

void ring_release(struct ring *r)
{
	for (size_t i = 0; i < r->n_blocks; i++)
		free(r->block[i]);
	free(r->block);
	ring_init(r, r->size);
}

/* Doubles the table of blocks. */
static bool ring_grow(struct ring *r)
{
	size_t n = r->n_blocks ? r->n_blocks * 2 : BLOCKS_FIRST;
	void **block = calloc(n, sizeof(*block));

	if (!block)
		return false;
	for (size_t i = r->begin / RING_BLOCK; r->n_blocks && i <= (r->end - 1) / RING_BLOCK; i++)
		block[i & (n - 1)] = r->block[i & (r->n_blocks - 1)];
	free(r->block);
	r->bytes += (n - r->n_blocks) * sizeof(*block);
	r->block = block;
	r->n_blocks = n;
	return true;
}

/* Is there a block for the next position? It is the oldest one if all are in use. */
static bool ring_has_block(const struct ring *r)
{
	return r->n_blocks && r->end / RING_BLOCK - r->begin / RING_BLOCK < r->n_blocks;
}

void *ring_push(struct ring *r)
{
	void **block;

	if (r->end == UINT32_MAX || (!ring_has_block(r) && !ring_grow(r)))
		return NULL;
	block = &r->block[r->end / RING_BLOCK & (r->n_blocks - 1)];
	if (!*block) {
		*block = malloc(RING_BLOCK * r->size);
		if (!*block)
			return NULL;
		r->bytes += RING_BLOCK * r->size;
	}
	return ring_at(r, r->end++);
}

void ring_drop(struct ring *r, uint32_t pos)
{
	for (uint32_t i = r->begin / RING_BLOCK; i < pos / RING_BLOCK; i++) {
		void **block = &r->block[i & (r->n_blocks - 1)];

		free(*block);
		*block = NULL;
		r->bytes -= RING_BLOCK * r->size;
	}
	r->begin = pos;
}

uint32_t ring_renumber(struct ring *r)
{
	/* By whole turns of the table, as all blocks keep their places in it. */
	size_t turn = r->n_blocks * RING_BLOCK;
	uint32_t less = turn ? (uint32_t)((r->begin - 1) / turn * turn) : r->begin - 1;

	r->begin -= less;
	r->end -= less;
	return less;
}
