/* SPDX-License-Identifier: MIT */
/*
 * Hashes of words as keys of hash tables. Word hashes are the same in every process, and a feed can
 * choose its words so that they collide in some bits; mixed with numbers that it does not know, two
 * of them share n bits with a probability near 2^-n.
 */
#ifndef STORY_KEYED_H
#define STORY_KEYED_H

#include <stdint.h>

struct keyed {
	uint64_t a, b; /* odd */
};

static inline uint64_t keyed_mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static inline struct keyed keyed_from_seed(uint64_t seed)
{
	return (struct keyed){
		keyed_mix(seed + 0x9e3779b97f4a7c15) | 1, keyed_mix(seed + 0x3c6ef372fe94f82a) | 1};
}

static inline uint64_t keyed_hash(struct keyed key, uint64_t hash)
{
	hash *= key.a;
	hash = (hash ^ hash >> 32) * key.b;
	return hash ^ hash >> 29;
}

#endif
