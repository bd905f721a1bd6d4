/* SPDX-License-Identifier: MIT */
/*
 * The plain evaluator of item.h, second part: the matches of terms and of NEAR, every combination
 * of words tried.
 */
#ifndef LIB_PLAIN_SPANS_H
#define LIB_PLAIN_SPANS_H

#include "lib/plain_item.h"

/* False: that was one combination too many. */
bool plain_try(struct plain *p);

/* A window of words; which of them have been given to a piece of a sloppy phrase. */
struct plain_window {
	unsigned first, last;
	bool *taken;
};

unsigned plain_first(const struct plain_match *m);

unsigned plain_last(const struct plain_match *m);

bool plain_share(const struct plain_match *a, const struct plain_match *b);

/* The same words? */
bool plain_same(const struct plain_match *a, const struct plain_match *b);

bool plain_near(const struct plain *p, const struct plain_match *a, const struct plain_match *b,
	unsigned n, bool ordered);

struct plain_list plain_matches(struct plain *p, const struct query_node *n, unsigned lead);

#endif
