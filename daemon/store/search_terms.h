/* SPDX-License-Identifier: MIT */
/* Search terms: as an index query, and matched with a text. */
#ifndef STORE_SEARCH_TERMS_H
#define STORE_SEARCH_TERMS_H

#include "store/archive.h"
#include "text/words.h"

/*
 * Appends an index query that finds every item with the terms, and possibly others. Returns false
 * if there are only prefixes too short to be selective.
 */
bool terms_query(const struct archive_terms *t, struct buf *out);

/* Matches items with terms; reused for many items. */
struct terms_reader {
	const struct archive_terms *terms;
	struct text_words words;
	struct watch_hit *hits; /* of the last item: title, then body, by offset */
	size_t n_hits, room;
	bool *seen; /* for each term */
};
int terms_reader_init(struct terms_reader *r, const struct archive_terms *t, struct err *e);
void terms_reader_release(struct terms_reader *r);
/* Sets *holds if title and body have all terms, and r->hits. */
int terms_read(
	struct terms_reader *r, struct str title, struct str body, bool *holds, struct err *e);

#endif
