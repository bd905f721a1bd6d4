/* SPDX-License-Identifier: MIT */
/* Errors and warnings in a query and their place in it, passed to a callback as they are found. */
#ifndef QUERY_DIAG_H
#define QUERY_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct query_diag {
	bool warning;
	size_t part;	  /* index of the query; or one of those below */
	size_t offset;	  /* in bytes from the start of that text */
	size_t length;	  /* of the invalid text in bytes, at least 1 */
	const char *text; /* one line, lower case: "AND and OR are mixed without brackets" */
	const char *help; /* what to write instead; may be NULL */
};
#define QUERY_PART_EXCLUDE ((size_t)-1)
#define QUERY_PART_OPTION  ((size_t)-2)
#define QUERY_PART_RAISE   ((size_t)-2 / 2) /* and following: of a condition */

/* Callback for each error and warning. Its pointers are valid only until it returns. */
typedef void query_diag_fn(void *ctx, const struct query_diag *d);

enum query_name { QUERY_NAME_FEED, QUERY_NAME_GROUP, QUERY_NAME_SOURCE };
/* Returns true if a feed, a group or a source of that name is configured. */
typedef bool query_known_fn(void *ctx, enum query_name kind, struct str name);

/* Error message for an invalid regular expression. */
struct query_regex_fault {
	size_t offset; /* of the error, in bytes from the start of the expression */
	char text[160];
};

/* Passes diagnostics to a callback and counts them. */
struct query_reporter {
	query_diag_fn *fn; /* may be NULL */
	void *ctx;
	size_t part;
	size_t errors, warnings;
};

/*
 * offset, length and help as in struct query_diag. The callback gets at most 50 errors and 50
 * warnings of a query; all are counted.
 */
void query_report(struct query_reporter *r, bool warning, size_t offset, size_t length,
	const char *help, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

#endif
