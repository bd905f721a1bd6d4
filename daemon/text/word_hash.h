/* SPDX-License-Identifier: MIT */
/* Hash of a normal form, inline because it runs for every word of every item. */
#ifndef TEXT_WORD_HASH_H
#define TEXT_WORD_HASH_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TEXT_HASH_SEED UINT64_C(0x9E3779B97F4A7C15)

/* Multiplies to 128 bits and folds: every bit of h affects every bit of the result. */
static inline uint64_t text_hash_mix(uint64_t h)
{
	__extension__ unsigned __int128 m = (unsigned __int128)h * UINT64_C(0xD6E8FEB86659FD93);

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t text_hash_step(uint64_t h, const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return text_hash_mix(h ^ le64toh(v));
}

/*
 * The last 8 bytes are padded with zeros; no form contains any, so the length need not be hashed. n
 * > 0; 8 bytes after the last are read, but do not affect the result.
 */
static inline uint64_t text_hash_padded(const char *p, size_t n)
{
	uint64_t h = TEXT_HASH_SEED, v;

	for (; n > 8; p += 8, n -= 8)
		h = text_hash_step(h, p);
	memcpy(&v, p, 8);
	return text_hash_mix(h ^ (le64toh(v) & (UINT64_MAX >> (64 - 8 * n))));
}

#endif
