/* SPDX-License-Identifier: MIT */
/*
 * What is known of the sitemaps of an index, as a text of the engine. Few feeds are an index, so it
 * is not part of struct store_feed.
 */
#ifndef STORE_SITEMAPS_H
#define STORE_SITEMAPS_H

#include "store/store.h"

/* feed: name. *out is in the arena; absent if none is stored. */
int store_sitemaps_get(
	struct store *s, struct str feed, struct arena *arena, struct str *out, struct err *e);
/* feed: row. An empty text is none. In a transaction. */
int store_sitemaps_put(struct store *s, int64_t feed, struct str text, struct err *e);

#endif
