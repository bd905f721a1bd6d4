/* SPDX-License-Identifier: MIT */
/* Named queries, and their substitution for @name. */
#ifndef QUERY_DEFINE_H
#define QUERY_DEFINE_H

#include "query/query.h"
#include "base/table.h"

struct query_define {
	struct str name, text;
	query_diag_fn *fn; /* callback of the caller that added it */
	void *ctx;
	struct query query; /* root NULL: invalid, reported when it was added */
	bool used;
	enum { QUERY_DEFINE_NEW, QUERY_DEFINE_OPEN, QUERY_DEFINE_DONE, QUERY_DEFINE_BROKEN } state;
	struct query_node *expanded;
	size_t terms, depth; /* of expanded */
};

struct query_defines {
	struct arena *arena; /* owns expanded trees */
	struct query_define *v;
	size_t n, cap;
	struct table names; /* hash of the name to the index in v */
};

/* Returns NULL if no define has this name. */
struct query_define *query_define_find(const struct query_defines *d, struct str name);
/*
 * Replaces each @name in q by the tree of its define, allocated from arena; updates q->root,
 * n_terms and depth. Reports unknown and recursive defines, and too many terms. Returns 0,
 * -ERR_CONF after a report, or -ERR_NOMEM.
 */
int query_define_expand(
	struct query_defines *d, struct arena *arena, struct query *q, struct query_reporter *r);

#endif
