/* SPDX-License-Identifier: MIT */
/*
 * Queries of other products, put into our language by the product's own
 * precedence, distances and wildcards. What has no counterpart here is an error
 * that names it.
 *
 * Sources for the rules: the help pages of the products as of 2021 to 2024;
 * where they are silent (Brandwatch and Meltwater on AND beside OR) brackets
 * are asked for.
 */
#ifndef WATCH_DIALECT_H
#define WATCH_DIALECT_H

#include "watch/query.h"

struct watch_dialect;

/* "brandwatch", "meltwater", "factiva", "nexis", "lucene". NULL for others,
 * "native" too. */
const struct watch_dialect *watch_dialect_find(struct str name);
/*
 * Appends the query in our language. 0, -ERR_CONF after at least one report, or
 * -ERR_NOMEM.
 */
int watch_dialect_read(const struct watch_dialect *d, struct arena *a, struct str text,
	struct watch_reporter *r, struct buf *out);

#endif
