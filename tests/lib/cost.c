/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/cost.h"

#include <time.h>

int64_t cost_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t cost_of(cost_fn *work, void *ctx, size_t n)
{
	int64_t start = cost_now();

	work(ctx, n);
	return cost_now() - start;
}

void assert_cost(const char *what, cost_fn *work, void *ctx, size_t floor, size_t n, int times)
{
	int64_t least = INT64_MAX, most = INT64_MAX, now;

	for (int i = 0; i < COST_TRIES; i++) {
		now = cost_of(work, ctx, floor);
		least = now < least ? now : least;
		now = cost_of(work, ctx, n);
		most = now < most ? now : most;
		if (getenv("VERBOSE"))
			print_message("%7lld us beside %7lld: %.60s\n", (long long)most,
				(long long)least, what);
		if (most <= times * least || most <= COST_LEAST)
			return;
	}
	fail_msg("%.60s: %lld us, %d times the %lld us of the floor are the most", what,
		(long long)most, times, (long long)least);
}

void put_many(struct buf *b, size_t bytes, const char *text)
{
	while (b->len < bytes)
		buf_addz(b, text);
}

void assert_linear(const char *what, cost_fn *work, void *ctx, size_t n)
{
	assert_cost(what, work, ctx, n, 4 * n, COST_LINEAR);
}
