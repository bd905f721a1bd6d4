/* SPDX-License-Identifier: MIT */
/* How many new items a feed usually brings: an average over the last three days. */
#ifndef DESK_ARRIVALS_H
#define DESK_ARRIVALS_H

#include "store/store.h"

/*
 * Returns the usual number of new items in the time since the last whole body, with its usual
 * scatter (the square root); 0 if nothing was learnt yet.
 */
double arrivals_usual(const struct store_arrivals *a, int64_t now);
/* Counts n new items of a whole body. Of the first body: n is 0, they came over a long time. */
void arrivals_count(struct store_arrivals *a, int64_t now, double n);

#endif
