/* SPDX-License-Identifier: MIT */
/*
 * Cost of work, as a ratio to other work in the same run, which is independent of the speed of the
 * machine and the overhead of sanitizers.
 */
#ifndef LIB_COST_H
#define LIB_COST_H

#include "lib/unit.h"

#include "base/buf.h"

#define COST_TRIES  5
/* Four times as much work: linear takes 4 times as long, quadratic 16. */
#define COST_LINEAR 8
#define COST_LEAST  1000 /* µs: less is not significant */

/* Returns the CPU time of this thread in µs, also if the daemon's clock is virtual. */
int64_t cost_now(void);

typedef void cost_fn(void *ctx, size_t n);

int64_t cost_of(cost_fn *work, void *ctx, size_t n);

/*
 * Fails if work(ctx, n) takes more than `times` the time of work(ctx, floor); the minimum of
 * several runs of each.
 */
void assert_cost(const char *what, cost_fn *work, void *ctx, size_t floor, size_t n, int times);

/* Appends text repeatedly until b has that many bytes. */
void put_many(struct buf *b, size_t bytes, const char *text);

void assert_linear(const char *what, cost_fn *work, void *ctx, size_t n);

#endif
