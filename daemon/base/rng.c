/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

#include <errno.h>
#include <sys/random.h>

#include "base/err.h"

static uint64_t rng_splitmix64(uint64_t *x)
{
	uint64_t z = (*x += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

void rng_seed(struct rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		r->s[i] = rng_splitmix64(&seed);
}

int rng_system_bytes(void *p, size_t n)
{
	unsigned char *to = p;

	while (n) {
		ssize_t got = getrandom(to, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -(int)ERR_IO;
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

static uint64_t rng_rotate_left(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t rng_next(struct rng *r)
{
	uint64_t result = rng_rotate_left(r->s[1] * 5, 7) * 9;
	uint64_t t = r->s[1] << 17;

	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = rng_rotate_left(r->s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	uint64_t floor = (0 - n) % n; /* lower values are rejected: modulo bias */
	uint64_t x;

	do
		x = rng_next(r);
	while (x < floor);
	return x % n;
}

int64_t rng_jitter(struct rng *r, int64_t ms, unsigned percent)
{
	int64_t reach = ms / 100 * percent + ms % 100 * percent / 100;

	if (reach <= 0)
		return ms;
	return ms - reach + (int64_t)rng_below(r, (uint64_t)reach * 2 + 1);
}
