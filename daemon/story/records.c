/* SPDX-License-Identifier: MIT */
#include "records.h"

#include <stdlib.h>

#define BLOCKS_FIRST 8u

void records_init(struct records *r, size_t max)
{
	*r = (struct records){.max = max, .begin = 1, .end = 1, .committed = 1};
}

void records_release(struct records *r)
{
	for (uint32_t i = 0; i < r->n_blocks; i++)
		free(r->block[i]);
	free(r->block);
	records_init(r, r->max);
}

static struct record **records_block(const struct records *r, uint32_t pos)
{
	return &r->block[pos / RECORDS_BLOCK & (r->n_blocks - 1)];
}

/* Doubles the table of blocks. */
static bool records_grow(struct records *r)
{
	uint32_t n = r->n_blocks ? r->n_blocks * 2 : BLOCKS_FIRST;
	struct record **block = calloc(n, sizeof(*block));

	if (!block)
		return false;
	for (uint32_t i = 0; i < r->n_blocks; i++) {
		uint32_t number = r->begin / RECORDS_BLOCK + i;

		block[number & (n - 1)] = r->block[number & (r->n_blocks - 1)];
	}
	r->bytes += (n - r->n_blocks) * sizeof(*block);
	free(r->block);
	r->block = block;
	r->n_blocks = n;
	return true;
}

static void records_drop_first(struct records *r)
{
	if (r->committed == r->begin)
		r->committed++;
	r->begin++;
	if (r->begin % RECORDS_BLOCK == 0) {
		struct record **block = records_block(r, r->begin - 1);

		free(*block);
		*block = NULL;
		r->bytes -= RECORDS_BLOCK * sizeof(**block);
	}
}

void records_drop(struct records *r, int64_t at)
{
	while (r->begin != r->end && records_at(r, r->begin)->at < at)
		records_drop_first(r);
}

/* Is there a block for the end? If all are in use, it would be that of the first item. */
static bool records_has_block(const struct records *r)
{
	return r->n_blocks && (r->end / RECORDS_BLOCK - r->begin / RECORDS_BLOCK) %
					      (UINT32_MAX / RECORDS_BLOCK + 1) <
				      r->n_blocks;
}

static bool records_push_one(struct records *r, const struct record *record)
{
	struct record **block;

	if (!records_has_block(r) && !records_grow(r))
		return false;
	block = records_block(r, r->end);
	if (!*block) {
		*block = malloc(RECORDS_BLOCK * sizeof(**block));
		if (!*block)
			return false;
		r->bytes += RECORDS_BLOCK * sizeof(**block);
	}
	(*block)[r->end++ % RECORDS_BLOCK] = *record;
	return true;
}

bool records_push(struct records *r, const struct record *record)
{
	while (records_count(r) &&
		(r->bytes > r->max || records_count(r) > RECORDS_MASK - RECORDS_BLOCK))
		records_drop_first(r);
	/* An index entry of zeros means a free slot. */
	if ((r->end & RECORDS_MASK) == 0 &&
		!records_push_one(r, &(struct record){.at = record->at}))
		return false;
	return records_push_one(r, record);
}

void records_commit(struct records *r)
{
	r->committed = r->end;
}

void records_rollback(struct records *r)
{
	r->end = r->committed;
}
