/* SPDX-License-Identifier: MIT */
/* Finds where in a field the hits are densest, for snippets. */
#ifndef WATCH_CLUSTER_H
#define WATCH_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "watch/watch.h"

/* A hit inside the text, which may have been truncated since the match. */
struct watch_spot {
	size_t begin, end; /* bytes of the text */
	uint32_t term;	   /* equal for hits of the same term */
};

struct watch_cluster {
	size_t begin, end;
	size_t terms; /* distinct terms; 0: no hits */
};

/*
 * Returns the hits of that field that are inside the text, by begin. The caller frees them. NULL:
 * none.
 */
struct watch_spot *watch_spots(struct str text, enum query_field field,
	const struct watch_hit *hits, size_t n_hits, size_t *n);
/* Returns the first of the clusters of at most max bytes with the most distinct terms. */
struct watch_cluster watch_cluster_find(const struct watch_spot *spots, size_t n, size_t max);

#endif
