/* SPDX-License-Identifier: MIT */
/*
 * Queries of other products, put into our language by the product's own precedence, distances and
 * wildcards. What has no counterpart here is an error that names it.
 *
 * Sources for the rules: the help pages of the products as of 2021 to 2024; where they are silent
 * (Brandwatch and Meltwater on AND beside OR, and on words side by side) the writer is asked.
 */
#ifndef DIALECT_DIALECT_H
#define DIALECT_DIALECT_H

#include "base/buf.h"
#include "query/query.h"

struct dialect;

/* From `ours` of the translation on, it says what stands at `offset` of the text. */
struct dialect_place {
	size_t ours, offset, length;
};

/* In order of `ours`; lives in the arena. */
struct dialect_map {
	struct dialect_place *v;
	size_t n, cap;
};

/* "native", then the name of each product; ends with NULL. */
extern const char *const dialect_names[];
/* NULL: no product has this name; "native" is none. */
const struct dialect *dialect_find(struct str name);
/*
 * Appends the query in our language. 0, -ERR_CONF after at least one report, or -ERR_NOMEM. text is
 * valid UTF-8 of at most QUERY_BYTES_MAX.
 */
int dialect_read(const struct dialect *d, struct arena *a, struct str text,
	struct query_reporter *r, struct buf *out, struct dialect_map *map);
/* Where that byte of the translation comes from. */
struct dialect_place dialect_where(const struct dialect_map *map, size_t ours);

#endif
