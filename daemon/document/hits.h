/* SPDX-License-Identifier: MIT */
/* Why a watch matched an item, or did not: members that several documents have. */
#ifndef DOCUMENT_HITS_H
#define DOCUMENT_HITS_H

#include <jansson.h>

#include "store/store.h"
#include "watch/watch.h"

/* Adds "hits" and "snippet" to o. */
void document_set_hits(
	json_t *o, const struct watch_view *v, const struct watch_hit *hits, size_t n_hits);
/* Adds "why" to o: the lines of watch_explain as a list. */
void document_set_reasons(json_t *o, struct str why);

#endif
