/* SPDX-License-Identifier: MIT */
/* The explanation of a watch that does not match, as it is written. */
#ifndef WATCH_EXPLAIN_H
#define WATCH_EXPLAIN_H

#include "program.h"
#include "scratch.h"

#define WATCH_REASONS_MAX 20
#define WATCH_FOUND_MAX	  80 /* bytes of a text of the item */

struct watch_explainer {
	const struct watch_program *p;
	struct watch_scratch *s;
	const struct watch_entry *watch;
	struct buf *out;
	unsigned told;
};

/* Begins a line with the step, printed as a query after `before`. */
void watch_explain_start_line(
	struct watch_explainer *t, const char *before, uint32_t step, bool inner);
/* The same with the first n operands of a chain. */
void watch_explain_start_chain(struct watch_explainer *t, uint32_t step, uint32_t n);
/* "the item's feed is x", and ends the line. */
void watch_explain_put_value(struct watch_explainer *t, const char *what, struct str value);

#endif
