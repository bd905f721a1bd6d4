/* SPDX-License-Identifier: MIT */
/* Hash table of names to indexes. Stores no text: the caller passes a function that returns name i.
 */
#ifndef CONF_NAMES_H
#define CONF_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

#define CONF_NO_NAME ((size_t)-1)

typedef struct str conf_name_fn(const void *ctx, size_t i);

struct conf_names {
	size_t *slots; /* index + 1; 0: free */
	size_t mask;
};

/* Allocates slots for max names. False: out of memory. */
bool conf_names_init(struct conf_names *n, size_t max, struct arena *arena);
/* Returns the index of name, or CONF_NO_NAME. */
size_t conf_names_find(
	const struct conf_names *n, struct str name, conf_name_fn *name_of, const void *ctx);
/* Inserts index i with a name that is not in the table. */
void conf_names_add(struct conf_names *n, struct str name, size_t i);

#endif
