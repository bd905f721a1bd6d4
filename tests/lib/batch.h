/* SPDX-License-Identifier: MIT */
/* Validity and equality of batches. */
#ifndef LIB_BATCH_H
#define LIB_BATCH_H

#include "feed/item.h"

/* Returns the first contract of feed/item.h that b violates, a literal; NULL: none. */
const char *batch_flaw(const struct feed_batch *b);
/* Compares every field; returns the first that differs, a literal; NULL: none. */
const char *batch_difference(const struct feed_batch *a, const struct feed_batch *b);

#endif
