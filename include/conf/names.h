/* SPDX-License-Identifier: MIT */
/* Names to numbers, by hash. Holds no text: whoever asks gives a function that tells name i. */
#ifndef CONF_NAMES_H
#define CONF_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

#define CONF_NO_NAME ((size_t)-1)

typedef struct str conf_name_fn(const void *ctx, size_t i);

struct conf_names {
	size_t *slots; /* number + 1; 0: free */
	size_t mask;
};

/* Room for max names. False: out of memory. */
bool conf_names_init(struct conf_names *n, size_t max, struct arena *arena);
/* The number of name, or CONF_NO_NAME. */
size_t conf_names_find(
	const struct conf_names *n, struct str name, conf_name_fn *name_of, const void *ctx);
/* Adds number i under name, which must not be there. */
void conf_names_add(struct conf_names *n, struct str name, size_t i);

#endif
