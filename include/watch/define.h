/* SPDX-License-Identifier: MIT */
/* Named queries, and how they are put in where @name stands. */
#ifndef WATCH_DEFINE_H
#define WATCH_DEFINE_H

#include "watch/query.h"
#include "watch/table.h"

struct watch_define {
	struct str name, text;
	watch_diag_fn *fn; /* of whoever gave it */
	void *ctx;
	struct watch_query query; /* root NULL: broken, reported when it was given */
	bool used;
	enum { WATCH_DEFINE_NEW, WATCH_DEFINE_OPEN, WATCH_DEFINE_DONE, WATCH_DEFINE_BROKEN } state;
	struct watch_node *expanded;
	size_t terms, depth; /* of expanded */
};

struct watch_defines {
	struct arena *arena; /* where expanded trees live */
	struct watch_define *v;
	size_t n, cap;
	struct watch_table names; /* hash of the name to the place in v */
};

/* NULL: no such name. */
struct watch_define *watch_define_find(const struct watch_defines *d, struct str name);
/*
 * Puts defines in place of each @name of q, in arena; q->root, n_terms, depth change. What cannot
 * be (no such define, one that uses itself, too many terms) is reported. 0, -ERR_CONF, -ERR_NOMEM.
 */
int watch_define_expand(struct watch_defines *d, struct arena *arena, struct watch_query *q,
	struct watch_reporter *r);

#endif
