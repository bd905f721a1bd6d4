/* SPDX-License-Identifier: MIT */
/*
 * What work costs, told only as a ratio to other work of the same run: how fast the machine is, and
 * what a sanitizer adds, is on both sides.
 */
#ifndef LIB_COST_H
#define LIB_COST_H

#include "lib/unit.h"

#include "base/buf.h"

#define COST_TRIES  5
/* Four times as much work: linear takes 4 times as long, quadratic 16. */
#define COST_LINEAR 8
#define COST_LEAST  1000 /* µs: less says nothing */

typedef void cost_fn(void *ctx, size_t n);

int64_t cost_of(cost_fn *work, void *ctx, size_t n);

/* Fails where work(ctx, n) takes more than `times` what work(ctx, floor) takes, each at its best.
 */
void assert_cost(const char *what, cost_fn *work, void *ctx, size_t floor, size_t n, int times);

/* Text again and again, until b has so many bytes. */
void put_many(struct buf *b, size_t bytes, const char *text);

void assert_linear(const char *what, cost_fn *work, void *ctx, size_t n);

#endif
