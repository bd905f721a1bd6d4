/* SPDX-License-Identifier: MIT */
/* The parts of one level of a query and what joins them: AND and OR may not be mixed. */
#ifndef QUERY_MIXED_H
#define QUERY_MIXED_H

#include "query/query.h"

enum query_join {
	QUERY_JOIN_SIDE, /* side by side, or the first */
	QUERY_JOIN_AND,
	QUERY_JOIN_NOT,
	QUERY_JOIN_OR,
};

struct query_mixed {
	struct query_part {
		enum query_join join;
		struct query_node *node;
		size_t at; /* of the joining word */
	} * v;
	size_t n, cap;
	bool ors, ands;
	size_t first_mixed; /* part where the second kind of join shows up */
};

/* False: out of memory. */
bool query_mixed_add(struct query_mixed *m, struct arena *a, enum query_join join,
	struct query_node *node, size_t at);
static inline bool query_mixed_wrong(const struct query_mixed *m)
{
	return m->ors && m->ands;
}
/* The error, with both readings in brackets where they are short enough to help. */
void query_mixed_report(
	const struct query_mixed *m, struct arena *a, struct str text, struct query_reporter *r);

#endif
