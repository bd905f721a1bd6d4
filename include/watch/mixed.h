/* SPDX-License-Identifier: MIT */
/* The parts of one level of a query and what joins them: AND and OR may not be mixed. */
#ifndef WATCH_MIXED_H
#define WATCH_MIXED_H

#include "watch/query.h"

enum watch_join {
	WATCH_JOIN_SIDE, /* side by side, or the first */
	WATCH_JOIN_AND,
	WATCH_JOIN_NOT,
	WATCH_JOIN_OR,
};

struct watch_mixed {
	struct watch_part {
		enum watch_join join;
		struct watch_node *node;
		size_t at; /* of the joining word */
	} * v;
	size_t n, cap;
	bool ors, ands;
	size_t first_mixed; /* part where the second kind of join shows up */
};

/* False: out of memory. */
bool watch_mixed_add(struct watch_mixed *m, struct arena *a, enum watch_join join,
	struct watch_node *node, size_t at);
static inline bool watch_mixed_wrong(const struct watch_mixed *m)
{
	return m->ors && m->ands;
}
/* The error, with both readings in brackets where they are short enough to help. */
void watch_mixed_report(
	const struct watch_mixed *m, struct arena *a, struct str text, struct watch_reporter *r);

#endif
