/* SPDX-License-Identifier: MIT */
/* What can stand before a colon: title: body: feed: site: … */
#ifndef QUERY_PREFIX_H
#define QUERY_PREFIX_H

#include "base/arena.h"

/* A field of text, or an attribute. */
struct query_prefix {
	const char *name; /* without the colon */
	bool attribute;
	unsigned field; /* QUERY_FIELD_BIT, or enum query_attribute */
};

/* NULL: there is none of this name. */
const struct query_prefix *query_prefix_find(struct str name);
/* Help for an unknown name: the one that was probably meant, or the list. NULL: out of memory. */
const char *query_prefix_help(struct arena *a, struct str name);

#endif
