/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions with a budget that holds: PCRE2 with a callout before each item. A budget is
 * counted in steps, never in time, so that the same is found on every machine and in every run. Its
 * unit is about a nanosecond at most; a slow machine takes longer for it.
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

/* 0, -ERR_CONF with *fault (when not NULL), or -ERR_NOMEM. */
int watch_regex_compile(
	struct str pattern, bool nocase, struct watch_regex **out, struct query_regex_fault *fault);
/* A query_regex_fn: the same, and nothing is kept. */
int watch_regex_check(struct str pattern, bool nocase, struct query_regex_fault *fault);
void watch_regex_free(struct watch_regex *re); /* NULL is fine */

/* One per thread. */
struct watch_regex_scratch;
struct watch_regex_scratch *watch_regex_scratch_new(void);    /* NULL: out of memory */
void watch_regex_scratch_free(struct watch_regex_scratch *s); /* NULL is fine */

/*
 * The next match at or behind `from`: 1 with *begin, *end; 0: none. Takes from *budget what
 * it cost; -ERR_LIMIT once that is used up, or where a match would have to look very far
 * ahead (30 KiB and more for most expressions), -ERR_NOMEM. An empty match counts: the caller goes
 * on behind it. text is valid UTF-8.
 */
int watch_regex_find(const struct watch_regex *re, struct watch_regex_scratch *s, struct str text,
	size_t from, uint64_t *budget, size_t *begin, size_t *end);

/* What one character of a text may cost in a class, or whatever else repeats: an upper estimate. */
#define WATCH_REGEX_PLAIN 3 /* of a dot, a letter, \w */
unsigned watch_regex_weight(struct str pattern, bool nocase);

#endif
