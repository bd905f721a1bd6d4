/* SPDX-License-Identifier: MIT */
/* What is wrong with a query, and where: handed to the caller's callback as it is found. */
#ifndef QUERY_DIAG_H
#define QUERY_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct query_diag {
	bool warning;
	size_t part;	  /* which query of the list; QUERY_PART_EXCLUDE, _OPTION for others */
	size_t offset;	  /* byte in that text where the caret goes */
	size_t length;	  /* of the offending piece, at least 1 */
	const char *text; /* one line, lower case: "AND and OR are mixed without brackets" */
	const char *help; /* what to write instead; NULL when there is nothing to say */
};
#define QUERY_PART_EXCLUDE ((size_t)-1)
#define QUERY_PART_OPTION  ((size_t)-2)

/* Called for every error and warning; the pointers are valid only during the call. */
typedef void query_diag_fn(void *ctx, const struct query_diag *d);

/* Is a feed, or a group, of that name configured? */
typedef bool query_known_fn(void *ctx, bool group, struct str name);

/* What is wrong with a regular expression. */
struct query_regex_fault {
	size_t offset; /* byte in the expression */
	char text[160];
};

/* Passes diagnostics on to a callback, and counts them. */
struct query_reporter {
	query_diag_fn *fn; /* may be NULL */
	void *ctx;
	size_t part;
	size_t errors, warnings;
};

/*
 * offset and length as in struct query_diag; help may be NULL. At most 50 errors and 50 warnings a
 * query are passed on.
 */
void query_report(struct query_reporter *r, bool warning, size_t offset, size_t length,
	const char *help, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

#endif
