/* SPDX-License-Identifier: MIT */
/*
 * Translates queries of other products to our language, by the product's own operator precedence,
 * distances and wildcards. A feature without counterpart is an error whose message names it.
 *
 * Source: the help pages of the products as of 2021 to 2024. What they leave undefined is an error
 * too (Brandwatch and Meltwater: AND beside OR, and two words without an operator).
 */
#ifndef DIALECT_DIALECT_H
#define DIALECT_DIALECT_H

#include "base/buf.h"
#include "query/query.h"

#define DIALECT_BYTES_MAX (QUERY_BYTES_MAX * 64) /* of a translation */

struct dialect;

/* The translation from byte `ours` on is that of the text at `offset`. */
struct dialect_place {
	size_t ours, offset, length;
};

/* Source map of a translation: entries sorted by `ours`, allocated from the arena. */
struct dialect_map {
	struct dialect_place *v;
	size_t n, cap;
};

/* "native" and the name of each product; terminated by NULL. */
extern const char *const dialect_names[];
/* Returns NULL for "native" and for unknown names. */
const struct dialect *dialect_find(struct str name);
/*
 * Writes the translation of text to out, an empty buffer of at most DIALECT_BYTES_MAX, and fills
 * *map. text must be valid UTF-8 of at most QUERY_BYTES_MAX. Returns 0, -ERR_CONF after at least
 * one report, or -ERR_NOMEM.
 */
int dialect_read(const struct dialect *d, struct arena *a, struct str text,
	struct query_reporter *r, struct buf *out, struct dialect_map *map);
/* Returns the source of byte `ours` of the translation. */
struct dialect_place dialect_find_place(const struct dialect_map *map, size_t ours);

#endif
