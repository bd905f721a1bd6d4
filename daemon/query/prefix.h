/* SPDX-License-Identifier: MIT */
/* Names before a colon: title: body: feed: site: … */
#ifndef QUERY_PREFIX_H
#define QUERY_PREFIX_H

#include "base/arena.h"

/* A field of text, or an attribute. */
struct query_prefix {
	const char *name; /* without the colon */
	bool attribute;
	unsigned field; /* QUERY_FIELD_BIT, or enum query_attribute */
};

/* Returns NULL for an unknown name. */
const struct query_prefix *query_prefix_find(struct str name);
/* Returns the help for an unknown name: a similar one, or the list; NULL if out of memory. */
const char *query_prefix_help(struct arena *a, struct str name);

#endif
