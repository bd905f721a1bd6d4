/* SPDX-License-Identifier: MIT */
/* What operators that compare positions have in common: pair of watch_operators. */
#ifndef WATCH_NEAR_H
#define WATCH_NEAR_H

#include "spans.h"

/*
 * The matches on both sides: left those of all operands but the last, right those of the last; NULL
 * for an operator with one operand. pair sets found when some belong together; while x.trace is set
 * it must find all that do, and mark them, for they become hits.
 */
struct watch_pairing {
	struct watch_near x;
	const struct watch_step *step;
	struct watch_spans *left, *right;
	bool found;
};

/* Match i of left and match j of right belong together. False: out of memory. */
bool watch_pairing_mark(struct watch_pairing *p, uint32_t i, uint32_t j);

#endif
