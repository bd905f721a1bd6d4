/* SPDX-License-Identifier: MIT */
/* What every batch must be, and whether two are the same. */
#ifndef LIB_BATCH_H
#define LIB_BATCH_H

#include "feed/item.h"

/* The first promise of feed/item.h that b breaks, as a literal; NULL: none. */
const char *batch_flaw(const struct feed_batch *b);
/* The first field in which they differ, as a literal; NULL: none. Looks at every field. */
const char *batch_difference(const struct feed_batch *a, const struct feed_batch *b);

#endif
