/* SPDX-License-Identifier: MIT */
/* A watch on the way from its definition to trees, and the builder that it is for. */
#ifndef WATCH_READING_H
#define WATCH_READING_H

#include "dialect/dialect.h"
#include "program.h"
#include "query/define.h"

/*
 * A watch that uses defines is compiled by finish, when all defines are known. An invalid one is
 * kept too, because only finish can report that a define it uses does not exist.
 */
struct builder_pending {
	struct watch_def def; /* copied */
	size_t index;	      /* unused if broken */
	bool broken;
	query_diag_fn *fn;
	void *ctx;
};

struct watch_builder {
	struct arena *texts; /* of defines and of pending watches */
	struct arena *tree;  /* of the present query */
	struct query_defines defines;
	struct builder_pending *pending;
	size_t n_pending, cap_pending;
	struct watch_program program;
	struct watch_compiler compiler;
	query_known_fn *known; /* NULL: any name is valid */
	void *known_ctx;
	bool broken;
};

/* State of one watch on the way from its definition to steps. */
struct watch_reading {
	struct watch_builder *b;
	const struct watch_def *def;
	struct query_reporter report;
	struct query_reporter translated; /* for the translation of a dialect */
	query_diag_fn *fn;
	const struct dialect *dialect; /* NULL: native */
	struct dialect_map map;	       /* of the present query */
	bool final;		       /* called by finish: all defines are known */
	bool refs;		       /* uses a define: only finish can compile it */
	int rc;			       /* the first failure */
};

/* Keeps the first failure; one other than -ERR_CONF replaces that. */
void watch_reading_fail(struct watch_reading *a, int rc);
/*
 * Parses one query and checks what can be checked now. Returns NULL after an error was reported,
 * with a->rc set.
 */
struct query_node *watch_reading_query(
	struct watch_reading *a, struct str text, size_t part, enum query_use use);
/* Returns NULL, with a->rc set, if out of memory. */
struct query_node *watch_reading_node(struct watch_reading *a, enum query_op op, size_t n_kids);

#endif
