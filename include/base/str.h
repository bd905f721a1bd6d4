/* SPDX-License-Identifier: MIT */
/*
 * A slice of text: bytes that somebody else owns.
 *
 * `p` is NULL when the thing is absent; an empty but present text has n == 0 and p != NULL. A slice
 * is not NUL-terminated unless its owner says so (all that arena_str* hands out is).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t n; /* bytes */
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE     ((struct str){NULL, 0})
/* For printf("%.*s"): precision and pointer. Only for text known to be short and clean. */
#define STR_ARG(s)   (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *z)
{
	return (struct str){z, z ? strlen(z) : 0};
}

static inline struct str str_slice(const char *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool str_present(struct str s)
{
	return s.p != NULL;
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

/* ASCII letters compared without case; other bytes as they are. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Byte order, shorter first where one is the start of the other: for qsort and binary search. */
int str_cmp(struct str a, struct str b);
/* Without the ASCII white space (space \t \r \n \f \v) at both ends. */
struct str str_trim(struct str s);
/* Offset of the first occurrence, or -1. */
ptrdiff_t str_find(struct str haystack, struct str needle);

#endif
