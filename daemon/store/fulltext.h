/* SPDX-License-Identifier: MIT */
/*
 * Inside the store room: the full-text index, table `words`.
 *
 * It holds our own normal forms, so SQLite's tokenizer has only to cut at spaces. `archive` knows
 * how far it reaches (items up to `mark`) and by which version of the normal form; `stale` keeps
 * the indexed text of items that were edited since. Nothing of the texts is in the index itself: to
 * take an item out of it, the words that were put in must be said again.
 */
#ifndef STORE_FULLTEXT_H
#define STORE_FULLTEXT_H

#include "db.h"
#include "text/words.h"

/* Longer normal forms are entered, and looked for, by their beginning. */
#define WORDS_FORM_MAX 256

struct words_state {
	int64_t mark;  /* items up to here are indexed, apart from those in stale */
	int64_t last;  /* the newest item there is; 0: none */
	bool outdated; /* made with other normal forms: to be made anew, not to be read */
};
int words_state_get(struct store *s, struct words_state *out, struct err *e);

/* Appends it to an index query: "form", with a * behind it where it is a beginning. */
void words_put_query(struct buf *out, struct str form, bool prefix);
/* Completes a query: items too long to be indexed whole answer to it too. */
void words_end_query(struct buf *out);

/* Takes an item that is to be deleted out of the index. Call before it is. */
int words_forget(struct store *s, int64_t item, struct err *e);
/* After items were deleted: their numbers may be given again. */
int words_mark_down(struct store *s, struct err *e);

#endif
