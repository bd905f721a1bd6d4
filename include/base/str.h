/* SPDX-License-Identifier: MIT */
/*
 * A slice of text: pointer and length; the bytes belong to someone else.
 *
 * p == NULL: absent, which differs from empty (n == 0, p != NULL). A slice is not NUL-terminated
 * unless its owner guarantees it, as arena_str() does.
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
/* Arguments for printf("%.*s"). Only for short text without control characters. */
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

/* Ignores the case of ASCII letters. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Order for qsort() and binary search: by bytes, a prefix before the longer text. */
int str_cmp(struct str a, struct str b);
/* Without the ASCII white space (ascii_is_space()) at both ends. */
struct str str_trim(struct str s);
/* The ending of a noun after a number: "" or "s". */
static inline const char *str_plural(long long n)
{
	return n == 1 ? "" : "s";
}
/* Offset of the first occurrence, or -1. */
ptrdiff_t str_find(struct str haystack, struct str needle);

#endif
