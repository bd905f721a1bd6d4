/* SPDX-License-Identifier: MIT */
/*
 * Queries of other products, put into our language by the product's own precedence, distances and
 * wildcards. What has no counterpart here is an error that names it.
 *
 * Sources for the rules: the help pages of the products as of 2021 to 2024; where they are silent
 * (Brandwatch and Meltwater on AND beside OR, and on words side by side) the writer is asked.
 */
#ifndef WATCH_DIALECT_H
#define WATCH_DIALECT_H

#include "watch/query.h"

struct watch_dialect;

/* From `ours` of the translation on, it says what stands at `offset` of the text. */
struct watch_dialect_place {
	size_t ours, offset, length;
};

/* In order of `ours`; lives in the arena. */
struct watch_dialect_map {
	struct watch_dialect_place *v;
	size_t n, cap;
};

/* "brandwatch", "meltwater", "factiva", "nexis", "lucene". NULL for others, "native" too. */
const struct watch_dialect *watch_dialect_find(struct str name);
/*
 * Appends the query in our language. 0, -ERR_CONF after at least one report, or -ERR_NOMEM. text is
 * valid UTF-8 of at most WATCH_QUERY_BYTES_MAX.
 */
int watch_dialect_read(const struct watch_dialect *d, struct arena *a, struct str text,
	struct watch_reporter *r, struct buf *out, struct watch_dialect_map *map);
/* Where that byte of the translation comes from. */
struct watch_dialect_place watch_dialect_where(const struct watch_dialect_map *map, size_t ours);

#endif
