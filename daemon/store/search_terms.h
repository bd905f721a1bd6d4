/* SPDX-License-Identifier: MIT */
/* Inside the store room: search terms, against the index and against a text. */
#ifndef STORE_SEARCH_TERMS_H
#define STORE_SEARCH_TERMS_H

#include "store/archive.h"
#include "text/words.h"

/*
 * Writes an index query that finds every item that holds the terms, and maybe others. False: all
 * that could be asked is the beginning of a word, too short to rule much out.
 */
bool terms_query(const struct archive_terms *t, struct buf *out);

/* One for as long as items are looked at. */
struct terms_reader {
	const struct archive_terms *terms;
	struct text_words words;
	struct watch_hit *hits; /* of the last item; title first, by offset */
	size_t n_hits, room;
	bool *seen; /* of each term */
};
int terms_reader_init(struct terms_reader *r, const struct archive_terms *t, struct err *e);
void terms_reader_release(struct terms_reader *r);
int terms_read(
	struct terms_reader *r, struct str title, struct str body, bool *holds, struct err *e);

#endif
