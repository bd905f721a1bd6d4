/* SPDX-License-Identifier: MIT */
#include "postings.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/array.h"

/*
 * Bits of a hash: 0 to 5 are the first bucket, as many as there are buckets its bucket now; a slot
 * holds bits 14 to 25, and its byte of `more` bits 6 to 13. When a bucket is split, the next bit
 * says which entries move.
 */
#define FIRST_BITS  6
#define MORE_BITS   8
#define TAG_BITS    (32 - RECORDS_BITS)
#define BUCKETS_MAX ((uint32_t)1 << 20)
#define LOAD	    11u /* slots of a bucket that are in use, on average */
#define SWEEP	    8	/* buckets */

_Static_assert(POSTINGS_BLOCK == 1 << FIRST_BITS, "a bucket of the first block");

void postings_init(struct postings *p, size_t max)
{
	*p = (struct postings){.max = max, .swept = 1};
}

void postings_release(struct postings *p)
{
	for (size_t i = 0; i < p->n_blocks; i++)
		free(p->block[i]);
	free(p->block);
	free(p->log);
	postings_init(p, p->max);
}

size_t postings_bytes(const struct postings *p)
{
	return p->bytes + postings_log_bytes(p);
}

static uint32_t postings_tag(uint64_t hash)
{
	return (uint32_t)(hash >> (FIRST_BITS + MORE_BITS)) & (((uint32_t)1 << TAG_BITS) - 1);
}

static uint8_t postings_more(uint64_t hash)
{
	return (uint8_t)(hash >> FIRST_BITS);
}

static uint32_t *postings_slots(const struct postings *p, uint32_t bucket)
{
	return p->block[bucket / POSTINGS_BLOCK]->slot[bucket % POSTINGS_BLOCK];
}

static uint8_t *postings_mores(const struct postings *p, uint32_t bucket)
{
	return p->block[bucket / POSTINGS_BLOCK]->more[bucket % POSTINGS_BLOCK];
}

static uint32_t postings_slot(uint64_t hash, uint32_t pos)
{
	return postings_tag(hash) << RECORDS_BITS | (pos & RECORDS_MASK);
}

/* A bit for each slot that has the same bits as wanted, from bit `shift` on. */
static inline unsigned postings_compare(const uint32_t *slots, uint32_t wanted, unsigned shift)
{
#ifdef __SSE2__
	const __m128i *v = (const __m128i *)(const void *)slots;
	__m128i x = _mm_set1_epi32((int)(wanted >> shift)), low, high;
	__m128i by = _mm_cvtsi32_si128((int)shift);

	low = _mm_packs_epi32(_mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(v), by), x),
		_mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(v + 1), by), x));
	high = _mm_packs_epi32(_mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(v + 2), by), x),
		_mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(v + 3), by), x));
	return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high));
#else
	unsigned mask = 0;

	for (unsigned i = 0; i < POSTINGS_BUCKET; i++)
		mask |= (unsigned)(slots[i] >> shift == wanted >> shift) << i;
	return mask;
#endif
}

/* A bit for each of four slots whose item was dropped, or that are free, from slot `from` on. */
static inline unsigned postings_dropped(
	const uint32_t *slots, unsigned from, const struct records *r)
{
#ifdef __SSE2__
	__m128i age = _mm_sub_epi32(_mm_set1_epi32((int)(r->end - 1)),
		_mm_load_si128((const __m128i *)(const void *)(slots + from)));
	__m128i live = _mm_cmplt_epi32(_mm_and_si128(age, _mm_set1_epi32((int)RECORDS_MASK)),
		_mm_set1_epi32((int)records_count(r)));

	return ~(unsigned)_mm_movemask_ps(_mm_castsi128_ps(live)) & 15;
#else
	unsigned mask = 0;

	for (unsigned i = 0; i < 4; i++)
		mask |= (unsigned)(((r->end - 1 - slots[from + i]) & RECORDS_MASK) >=
				   records_count(r))
			<< i;
	return mask;
#endif
}

/* Frees the slots of dropped items of a bucket. */
static void postings_clear_dropped(struct postings *p, const struct records *r, uint32_t bucket)
{
	uint32_t *slots = postings_slots(p, bucket);

	for (unsigned from = 0; from < POSTINGS_BUCKET; from += 4)
		for (unsigned mask = postings_dropped(slots, from, r); mask; mask &= mask - 1) {
			uint32_t *slot = &slots[from + (unsigned)__builtin_ctz(mask)];

			p->n_slots -= *slot != 0;
			*slot = 0;
		}
}

unsigned postings_find(const struct postings *p, const struct records *r, uint64_t hash,
	uint32_t found[POSTINGS_BUCKET])
{
	const uint32_t *slots;
	unsigned mask, n = 0;

	if (!p->n_buckets)
		return 0;
	slots = postings_slots(p, postings_bucket(p, hash));
	mask = postings_compare(slots, postings_slot(hash, 0), RECORDS_BITS);
	for (; mask; mask &= mask - 1) {
		uint32_t slot = slots[__builtin_ctz(mask)];

		if (slot && records_find(r, slot & RECORDS_MASK, &found[n]))
			n++;
	}
	return n;
}

/* --- growing --- */

static bool postings_add_block(struct postings *p)
{
	struct postings_block *block;
	size_t room = p->blocks_room;

	if (!array_room(
		    &p->block, p->n_blocks, &p->blocks_room, 1, sizeof(struct postings_block *)))
		return false;
	p->bytes += (p->blocks_room - room) * sizeof(struct postings_block *);
	block = aligned_alloc(_Alignof(struct postings_block), sizeof(*block));
	if (!block)
		return false;
	*block = (struct postings_block){0};
	p->block[p->n_blocks++] = block;
	p->bytes += sizeof(*block);
	return true;
}

/* Moves the entries of the next bucket to be split whose next bit is set to a new last bucket. */
static bool postings_split(struct postings *p)
{
	unsigned level = 31 - (unsigned)__builtin_clz(p->n_buckets), n = 0;
	uint32_t from = p->n_buckets - ((uint32_t)1 << level), *slots, *fresh;
	uint8_t *mores, *fresh_mores;

	if (p->n_buckets == p->n_blocks * POSTINGS_BLOCK && !postings_add_block(p))
		return false;
	slots = postings_slots(p, from);
	mores = postings_mores(p, from);
	fresh = postings_slots(p, p->n_buckets);
	fresh_mores = postings_mores(p, p->n_buckets);
	p->n_buckets++;
	for (unsigned i = 0; i < POSTINGS_BUCKET; i++) {
		uint32_t bits = mores[i] | slots[i] >> RECORDS_BITS << MORE_BITS;

		if (!(bits >> (level - FIRST_BITS) & 1))
			continue;
		fresh[n] = slots[i];
		fresh_mores[n++] = mores[i];
		slots[i] = 0;
	}
	return true;
}

static bool postings_grow(struct postings *p)
{
	if (!p->n_buckets) {
		if (!postings_add_block(p))
			return false;
		p->n_buckets = POSTINGS_BLOCK;
	}
	if (p->n_slots < p->n_buckets * LOAD || p->n_buckets == BUCKETS_MAX ||
		(p->n_buckets == p->n_blocks * POSTINGS_BLOCK &&
			p->bytes + sizeof(struct postings_block) > p->max))
		return true;
	return postings_split(p);
}

/* --- adding --- */

/* How many items came after that of the slot. Of an item that was dropped: as many as there are, or
 * more.
 */
static uint32_t postings_age(const struct records *r, uint32_t slot)
{
	return (r->end - 1 - slot) & RECORDS_MASK;
}

/*
 * The slot for a new entry: a free one, that of a dropped item, or that of the oldest item. If that
 * has a hash in common with others, then the newest of these, as the first items of a text say as
 * much as all.
 */
static unsigned postings_choose(const struct records *r, const uint32_t *slots)
{
	unsigned mask = postings_compare(slots, 0, 0), best = 0;
	uint32_t most = 0;

	if (mask)
		return (unsigned)__builtin_ctz(mask);
	for (unsigned i = 0; i < POSTINGS_BUCKET; i++) {
		uint32_t age = postings_age(r, slots[i]);

		best = age > most ? i : best;
		most = age > most ? age : most;
	}
	mask = postings_compare(slots, slots[best], RECORDS_BITS);
	if (most >= records_count(r) || (mask & (mask - 1)) == 0)
		return best;
	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctz(mask);

		if (postings_age(r, slots[i]) < postings_age(r, slots[best]))
			best = i;
	}
	return best;
}

bool postings_add(
	struct postings *p, const struct records *r, uint64_t hash, uint32_t pos, uint32_t instead)
{
	uint32_t bucket, *slots;
	unsigned i, old;

	if ((p->n_log == p->log_room &&
		    !array_room(&p->log, p->n_log, &p->log_room, 1, sizeof(*p->log))) ||
		!postings_grow(p))
		return false;
	bucket = postings_bucket(p, hash);
	slots = postings_slots(p, bucket);
	old = instead == pos ? 0 : postings_compare(slots, postings_slot(hash, instead), 0);
	i = old ? (unsigned)__builtin_ctz(old) : postings_choose(r, slots);
	p->n_slots += slots[i] == 0;
	slots[i] = postings_slot(hash, pos);
	postings_mores(p, bucket)[i] = postings_more(hash);
	p->log[p->n_log++] = (struct postings_change){hash, pos, instead};
	return true;
}

void postings_sweep(struct postings *p, const struct records *r)
{
	for (unsigned i = 0; i < SWEEP && p->n_buckets; i++) {
		if (p->sweep == 0 && p->swept == r->begin)
			return;
		if (p->sweep == 0)
			p->swept = r->begin;
		postings_clear_dropped(p, r, p->sweep);
		p->sweep = p->sweep + 1 < p->n_buckets ? p->sweep + 1 : 0;
	}
}

/* --- transactions --- */

#define LOG_KEPT 1024 /* changes for which room is kept */

void postings_commit(struct postings *p)
{
	p->n_log = 0;
	if (p->log_room > LOG_KEPT) {
		free(p->log);
		p->log = NULL;
		p->log_room = 0;
	}
}

void postings_rollback(struct postings *p, const struct records *r)
{
	while (p->n_log) {
		const struct postings_change *c = &p->log[--p->n_log];
		uint32_t *slots = postings_slots(p, postings_bucket(p, c->hash)), pos;
		unsigned mask = postings_compare(slots, postings_slot(c->hash, c->pos), 0);
		uint32_t *slot = &slots[mask ? __builtin_ctz(mask) : 0];

		if (!mask)
			continue;
		*slot = postings_slot(c->hash, c->instead);
		if (c->instead != c->pos && records_find(r, *slot & RECORDS_MASK, &pos))
			continue;
		*slot = 0;
		p->n_slots--;
	}
	postings_commit(p);
}
