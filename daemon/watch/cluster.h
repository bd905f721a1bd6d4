/* SPDX-License-Identifier: MIT */
/* Where in a field the hits stand closest: what a snippet is built around. */
#ifndef WATCH_CLUSTER_H
#define WATCH_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "watch/watch.h"

/* A hit that lies in the text, which may have been cut since it was found. */
struct watch_spot {
	size_t begin, end; /* bytes of the text */
	uint32_t term;	   /* equal for hits of the same term */
};

struct watch_cluster {
	size_t begin, end;
	size_t terms; /* distinct ones; 0: no hit */
};

/* Those of the hits in that field of that text, by begin. Owned by the caller (free). NULL: none.
 */
struct watch_spot *watch_spots(struct str text, enum query_field field,
	const struct watch_hit *hits, size_t n_hits, size_t *n);
/* Of the clusters no longer than max bytes, the first of those with the most distinct terms. */
struct watch_cluster watch_cluster_find(const struct watch_spot *spots, size_t n, size_t max);

#endif
