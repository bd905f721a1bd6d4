/* SPDX-License-Identifier: MIT */
/* Shared by the operators that compare positions: see pair in watch_operators. */
#ifndef WATCH_NEAR_H
#define WATCH_NEAR_H

#include "spans.h"

/*
 * The matches on both sides: left of all operands but the last, right of the last (NULL for an
 * operator with one operand). pair sets found if some belong together; if x.trace is set it must
 * find all of them and mark them, because they become hits.
 */
struct watch_pairing {
	struct watch_near x;
	const struct watch_step *step;
	struct watch_spans *left, *right;
	bool found;
};

/*
 * Match i of left and match j of right belong together. False: no more pairs are needed, as hits
 * are not collected, or memory ran out.
 */
bool watch_pairing_mark(struct watch_pairing *p, uint32_t i, uint32_t j);

#endif
