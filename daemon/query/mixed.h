/* SPDX-License-Identifier: MIT */
/* The parts of one bracket level and their operators; AND beside OR is an error. */
#ifndef QUERY_MIXED_H
#define QUERY_MIXED_H

#include "query/query.h"

enum query_join {
	QUERY_JOIN_SIDE, /* no operator, or the first part */
	QUERY_JOIN_AND,
	QUERY_JOIN_NOT,
	QUERY_JOIN_OR,
};

struct query_mixed {
	struct query_part {
		enum query_join join;
		struct query_node *node;
		size_t at; /* offset of the operator */
	} * v;
	size_t n, cap;
	bool ors, ands;
	size_t first_mixed; /* index of the first part with the second operator */
};

/* Appends a part. Returns false if out of memory. */
bool query_mixed_add(struct query_mixed *m, struct arena *a, enum query_join join,
	struct query_node *node, size_t at);
static inline bool query_mixed_wrong(const struct query_mixed *m)
{
	return m->ors && m->ands;
}
/* Reports the error; the help shows both readings with brackets if they are short enough. */
void query_mixed_report(
	const struct query_mixed *m, struct arena *a, struct str text, struct query_reporter *r);

#endif
