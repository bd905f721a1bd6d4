/* SPDX-License-Identifier: MIT */
/* A set of queries and a scratch to match items with. */
#ifndef LIB_WATCH_ASKED_H
#define LIB_WATCH_ASKED_H

#include "lib/watch_world.h"

#include "lib/cost.h"
#include "watch/scratch.h"

#define BYTES ((size_t)1 << 20)

struct asked {
	struct watch_builder *builder;
	struct watch_set *set;
	struct watch_scratch *scratch;
	struct buf told; /* "number:hit|hit " for each match */
};

void asked_add(struct asked *a, const char *query, const char *stem);

void asked_finish(struct asked *a);

void asked_release(struct asked *a);

const char *asked_ask(struct asked *a, const struct watch_view *v);

void asked_on_match(void *ctx, const struct watch_match *m);

#endif
