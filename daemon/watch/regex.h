/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions with a reliable budget: PCRE2 with a callout before each item. A budget is
 * counted in steps, never in time, so that results are the same on every machine and in every run.
 * One unit is at most about a nanosecond; slower machines take longer for it.
 */
#ifndef WATCH_REGEX_H
#define WATCH_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "query/diag.h"

struct watch_regex;

/* Returns 0; -ERR_CONF with *fault (unless NULL); or -ERR_NOMEM. */
int watch_regex_compile(
	struct str pattern, bool nocase, struct watch_regex **out, struct query_regex_fault *fault);
/* A query_regex_fn: the same, without keeping the result. */
int watch_regex_check(struct str pattern, bool nocase, struct query_regex_fault *fault);
void watch_regex_free(struct watch_regex *re); /* NULL is fine */

/* One per thread. */
struct watch_regex_scratch;
struct watch_regex_scratch *watch_regex_scratch_new(void);    /* NULL: out of memory */
void watch_regex_scratch_free(struct watch_regex_scratch *s); /* NULL is fine */

/*
 * Finds the next match at or after `from`: returns 1 with *begin and *end, or 0. Subtracts the cost
 * from *budget; -ERR_LIMIT if it is used up, or if a match would need to look very far ahead (30
 * KiB and more for most expressions); -ERR_NOMEM. After an empty match the caller must advance.
 * text is valid UTF-8.
 */
int watch_regex_find(const struct watch_regex *re, struct watch_regex_scratch *s, struct str text,
	size_t from, uint64_t *budget, size_t *begin, size_t *end);

/* Upper estimate of the cost of matching one character in a class, or whatever else is repeated. */
#define WATCH_REGEX_PLAIN 3 /* of a dot, a letter, \w */
unsigned watch_regex_weight(struct str pattern, bool nocase);

#endif
