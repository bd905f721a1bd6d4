/* SPDX-License-Identifier: MIT */
/* The pauses that hosts asked for with Retry-After, over all feeds. */
#ifndef STORE_RESTS_H
#define STORE_RESTS_H

#include "store/store.h"

/*
 * Calls fn for each feed, configured or not, whose host asked not to be polled before a time after
 * `now`: address is where its polls begin. Stops if fn does not return 0, and returns that.
 */
typedef int store_rest_fn(void *ctx, struct str address, int64_t until);
int store_feed_rests(struct store *s, int64_t now, store_rest_fn *fn, void *ctx, struct err *e);

#endif
