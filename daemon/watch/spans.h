/* SPDX-License-Identifier: MIT */
/*
 * Lists of matches and their origins, for the operators that compare positions. All of it is
 * allocated in watch_span_memory, until the next watch.
 *
 * A match is a set of words. If the operands of a tree share no word in the item (`exact` is
 * false), sets are compared by their first and last word only, which keeps the number of
 * combinations low; otherwise the whole set is kept in watch_span_memory.parts.
 */
#ifndef WATCH_SPANS_H
#define WATCH_SPANS_H

#include "scratch.h"

enum watch_spans_kind {
	WATCH_SPANS_TERM,  /* text */
	WATCH_SPANS_UNION, /* of kids */
	WATCH_SPANS_NEAR,  /* of left and right */
};

/* Origin of a match: the kid and its match for a union, both sides for NEAR. */
struct watch_origin {
	uint32_t from, other; /* union: kid, its match; NEAR: left match, right match */
	uint32_t to;	      /* index in this list */
};

struct watch_spans {
	enum watch_spans_kind kind;
	struct watch_span *v; /* by first, then last */
	uint32_t n, cap;
	bool *marks; /* of each match; NULL until one is marked */
	uint32_t text;
	uint32_t longest; /* maximum of last - first */
	struct watch_spans **kids;
	uint32_t n_kids;
	struct watch_spans *left, *right;
	struct watch_origin *origins;
	uint32_t n_origins, cap_origins;
};

/* Shared by all lists of one tree. */
struct watch_near {
	struct watch_scratch *s;
	uint32_t lead;
	bool exact; /* keep whole sets */
	bool trace; /* keep origins, for hits */
};

/* Returns the matches of an operand. NULL: item.failed or budget.overrun is set. */
struct watch_spans *watch_spans_of(struct watch_near *x, uint32_t step);
/* Returns the matches of kids[0..n-1] of a chain. */
struct watch_spans *watch_spans_chain(
	struct watch_near *x, const struct watch_step *step, uint32_t n);
/* Do two matches share no word, and satisfy the link? */
bool watch_spans_linked(const struct watch_near *x, const struct watch_span *a,
	const struct watch_span *b, unsigned distance, bool ordered);
bool watch_spans_disjoint(
	const struct watch_near *x, const struct watch_span *a, const struct watch_span *b);
/* Binary search for the first match of the list that can reach position. */
uint32_t watch_spans_from(const struct watch_spans *list, uint32_t position);
/* Marks one match; false: out of memory. */
bool watch_spans_mark(struct watch_near *x, struct watch_spans *list, uint32_t i);
/* Follows the marks down to the terms, and adds these matches as hits. */
void watch_spans_collect(struct watch_near *x, struct watch_spans *list);

#endif
