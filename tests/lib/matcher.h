/* SPDX-License-Identifier: MIT */
/* A set of queries and a scratch to match items with. */
#ifndef LIB_MATCHER_H
#define LIB_MATCHER_H

#include "lib/query_fixture.h"

#include "lib/cost.h"
#include "watch/scratch.h"

#define BYTES ((size_t)1 << 20)

struct matcher {
	struct watch_builder *builder;
	struct watch_set *set;
	struct watch_scratch *scratch;
	struct buf matches; /* "number:hit|hit " for each match */
};

void matcher_add(struct matcher *a, const char *query, const char *stem);

void matcher_finish(struct matcher *a);

void matcher_release(struct matcher *a);

const char *matcher_match(struct matcher *a, const struct watch_view *v);

void matcher_on_match(void *ctx, const struct watch_match *m);

#endif
