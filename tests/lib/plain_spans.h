/* SPDX-License-Identifier: MIT */
/* Reference evaluator, part 2: matches of terms and of NEAR; tries every combination of words. */
#ifndef LIB_PLAIN_SPANS_H
#define LIB_PLAIN_SPANS_H

#include "lib/plain_item.h"

/* Returns false past the maximum number of combinations. */
bool plain_try(struct plain *p);

/* A window of words, and which are assigned to a piece of a sloppy phrase. */
struct plain_window {
	unsigned first, last;
	bool *taken;
};

unsigned plain_first(const struct plain_match *m);

unsigned plain_last(const struct plain_match *m);

bool plain_share(const struct plain_match *a, const struct plain_match *b);

/* Returns whether two spans have the same words. */
bool plain_same(const struct plain_match *a, const struct plain_match *b);

bool plain_near(const struct plain *p, const struct plain_match *a, const struct plain_match *b,
	unsigned n, bool ordered);

struct plain_list plain_matches(struct plain *p, const struct query_node *n, unsigned lead);

#endif
