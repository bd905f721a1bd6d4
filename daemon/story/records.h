/* SPDX-License-Identifier: MIT */
/*
 * The items of the window in order of arrival, as a queue in blocks. An item is known by its
 * position, which wraps around at 2^32; indexes keep its last 20 bits, so that there are never more
 * than 2^20 items.
 */
#ifndef STORY_RECORDS_H
#define STORY_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDS_BLOCK 128u
#define RECORDS_BITS  20
#define RECORDS_MASK  (((uint32_t)1 << RECORDS_BITS) - 1)

struct record {
	int64_t id;
	int64_t at;	 /* ms, when it arrived */
	uint32_t source; /* a hash */
	uint32_t story;	 /* its place in the stories, which may hold another one by now */
};

struct records {
	struct record **block; /* by position / RECORDS_BLOCK, modulo n_blocks */
	uint32_t n_blocks;     /* a power of two, or 0 */
	uint32_t begin, end;   /* positions */
	uint32_t committed;    /* the end when last committed */
	size_t bytes, max;
};

void records_init(struct records *r, size_t max);
void records_release(struct records *r);
/* Adds one; past max the oldest ones are dropped. False: out of memory. */
bool records_push(struct records *r, const struct record *record);
/* Drops the oldest items while they arrived before `at`. */
void records_drop(struct records *r, int64_t at);
void records_commit(struct records *r);
void records_rollback(struct records *r);

static inline uint32_t records_count(const struct records *r)
{
	return r->end - r->begin;
}

static inline struct record *records_at(const struct records *r, uint32_t pos)
{
	return &r->block[pos / RECORDS_BLOCK & (r->n_blocks - 1)][pos % RECORDS_BLOCK];
}

/* From the last bits of a position. False: the item was dropped. */
static inline bool records_find(const struct records *r, uint32_t bits, uint32_t *pos)
{
	uint32_t age = (r->end - bits) & RECORDS_MASK;

	*pos = r->end - age;
	return age != 0 && age <= r->end - r->begin;
}

#endif
