/* SPDX-License-Identifier: MIT */
/*
 * Lists of matches, and how they were put together: for the operators that look at positions.
 * Everything here lives in watch_scratch.lists, until the next watch.
 *
 * A match is a set of words. Where the operands of a tree share no word anywhere in the item
 * (`exact` is false), sets need not be told apart by more than their first and last word, which
 * keeps the number of combinations low; else the set itself is kept in watch_scratch.parts.
 */
#ifndef WATCH_SPANS_H
#define WATCH_SPANS_H

#include "scratch.h"

enum watch_spans_kind {
	WATCH_SPANS_TERM,  /* text */
	WATCH_SPANS_UNION, /* of kids */
	WATCH_SPANS_NEAR,  /* of left and right */
};

/* Where a match came from: kid and its match for a union, both sides for NEAR. */
struct watch_origin {
	uint32_t from, other; /* union: kid, its match; NEAR: left match, right match */
	uint32_t to;	      /* match of this list */
};

struct watch_spans {
	enum watch_spans_kind kind;
	struct watch_span *v; /* by first, then last */
	uint32_t n, cap;
	bool *marks; /* n of them, once something was marked */
	uint32_t text;
	uint32_t longest; /* last - first of any */
	struct watch_spans **kids;
	uint32_t n_kids;
	struct watch_spans *left, *right;
	struct watch_origin *origins;
	uint32_t n_origins, cap_origins;
};

/* What the lists of one tree have in common. */
struct watch_near {
	struct watch_scratch *s;
	uint32_t lead;
	bool exact; /* keep whole sets */
	bool trace; /* keep origins, for hits */
};

/* The matches of an operand. NULL: out of memory or steps; s->failed or s->overrun says which. */
struct watch_spans *watch_spans_of(struct watch_near *x, uint32_t step);
/* Those of kids[0..n-1] of a chain put together. */
struct watch_spans *watch_spans_chain(
	struct watch_near *x, const struct watch_step *step, uint32_t n);
/* Do two matches share no word and stand as the link says? */
bool watch_spans_linked(const struct watch_near *x, const struct watch_span *a,
	const struct watch_span *b, unsigned distance, bool ordered);
bool watch_spans_apart(
	const struct watch_near *x, const struct watch_span *a, const struct watch_span *b);
/* First match of the list that may begin at or before position, given how long they get. */
uint32_t watch_spans_from(const struct watch_spans *list, uint32_t position);
/* Marks one match; false: out of memory. */
bool watch_spans_mark(struct watch_near *x, struct watch_spans *list, uint32_t i);
/* Marks down to the terms, which become hits. */
void watch_spans_tell(struct watch_near *x, struct watch_spans *list);

#endif
