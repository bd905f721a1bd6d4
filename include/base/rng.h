/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-random numbers for jitter and test data; rng_system_bytes() for keys and secrets.
 *
 * xoshiro256** (Blackman, Vigna 2018). The daemon seeds it from rng_system_bytes(), a test from a
 * number that it prints when it fails. Not thread-safe: each owner has its own struct.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* 0 <= x < n, uniform; n > 0 */
/* Uniform in [ms - ms*percent/100, ms + ms*percent/100]. */
int64_t rng_jitter(struct rng *r, int64_t ms, unsigned percent);
/* Fills p from getrandom(2). 0 or -ERR_IO. */
int rng_system_bytes(void *p, size_t n);

#endif
