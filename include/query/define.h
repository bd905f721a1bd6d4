/* SPDX-License-Identifier: MIT */
/* Named queries, and how they are put in where @name stands. */
#ifndef QUERY_DEFINE_H
#define QUERY_DEFINE_H

#include "query/query.h"
#include "base/table.h"

struct query_define {
	struct str name, text;
	query_diag_fn *fn; /* of whoever gave it */
	void *ctx;
	struct query query; /* root NULL: broken, reported when it was given */
	bool used;
	enum { QUERY_DEFINE_NEW, QUERY_DEFINE_OPEN, QUERY_DEFINE_DONE, QUERY_DEFINE_BROKEN } state;
	struct query_node *expanded;
	size_t terms, depth; /* of expanded */
};

struct query_defines {
	struct arena *arena; /* where expanded trees live */
	struct query_define *v;
	size_t n, cap;
	struct table names; /* hash of the name to the place in v */
};

/* NULL: no such name. */
struct query_define *query_define_find(const struct query_defines *d, struct str name);
/*
 * Puts defines in place of each @name of q, in arena; q->root, n_terms, depth change. What cannot
 * be (no such define, one that uses itself, too many terms) is reported. 0, -ERR_CONF, -ERR_NOMEM.
 */
int query_define_expand(
	struct query_defines *d, struct arena *arena, struct query *q, struct query_reporter *r);

#endif
