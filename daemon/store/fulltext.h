/* SPDX-License-Identifier: MIT */
/*
 * The full-text index: FTS5 table `words`, contentless, and without the places of words (detail =
 * none): its queries are words and beginnings of words, and the text of what it returns is checked.
 *
 * Its tokens are our normal forms of words, separated by spaces, so SQLite's tokenizer only splits.
 * Table `archive` has the version of the normal forms and `mark`, the last indexed item; `stale`
 * has the indexed text of items that were edited later, because deleting an entry from a
 * contentless index needs the text that was inserted.
 */
#ifndef STORE_FULLTEXT_H
#define STORE_FULLTEXT_H

#include "db.h"
#include "text/words.h"

/* Bytes; longer normal forms are truncated, in the index and in queries. */
#define WORDS_FORM_MAX 256

struct words_state {
	int64_t mark;  /* last indexed item; edits in stale are not indexed */
	int64_t last;  /* id of the newest item; 0: none */
	bool outdated; /* built with other normal forms: must be rebuilt, not read */
};
int words_state_get(struct store *s, struct words_state *out, struct err *e);

/* Appends "form" to an index query, with a * if prefix. */
void words_put_query(struct buf *out, struct str form, bool prefix);
/* Completes a query so that it also returns items that were too long to be indexed entirely. */
void words_end_query(struct buf *out);

/* Removes an item from the index; must be called before the item is deleted. */
int words_forget(struct store *s, int64_t item, struct err *e);

#endif
