/* SPDX-License-Identifier: MIT */
/*
 * The archive: every item that is kept, to be searched and to be gone through again.
 *
 * The full text of items (title and body, their current text) is indexed afterwards, in small
 * batches, never where an alert waits for it. What is not indexed yet is looked through, so that an
 * answer never depends on how far the index has come.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "store/store.h"
#include "watch/watch.h"

/*
 * How far a search or a walk is: `done` of `of` parts, before each item that is looked at. With the
 * ctx of its other function.
 */
typedef void archive_progress_fn(void *ctx, uint64_t done, uint64_t of);

/* --- looking for words --- */

/* What an item must hold, all of it: words, "several in a row", beginnings*. */
struct archive_terms;

/*
 * The words as somebody typed them. -ERR_INPUT where they are none, told so that he can mend it.
 */
int archive_terms_new(struct archive_terms **out, struct str words, struct err *e);
void archive_terms_free(struct archive_terms *t); /* NULL is fine */

struct archive_query {
	const struct archive_terms *terms;
	struct str feed;	       /* absent: any */
	int64_t since;		       /* first seen then or later; STAMP_NONE: ever */
	size_t limit;		       /* 0: none */
	archive_progress_fn *progress; /* NULL: nobody asks */
};

struct archive_found {
	struct store_item_row row;
	struct str body;	      /* what the hits refer to, see feed_item_body */
	const struct watch_hit *hits; /* as of a watch that matched */
	size_t n_hits;
};

/* The newest first. The row lives during the call; not 0 ends the walk and is handed back. */
typedef int archive_found_fn(void *ctx, const struct archive_found *f);
int archive_search(struct store *s, const struct archive_query *q, archive_found_fn *fn, void *ctx,
	struct err *e);

/* --- going through it --- */

struct archive_period {
	int64_t since, until; /* first seen; STAMP_NONE: no bound. until itself is outside */
	/*
	 * Narrows the walk: only items whose title and body fulfil this, as watch_set_prefilter
	 * tells it, need be passed. What is not indexed is never left out.
	 */
	const struct watch_prefilter *needs;
	size_t n_needs; /* 0: all items */
	/* A narrowed walk keeps at most so many row numbers; past that it goes through all. */
	size_t narrow_max;
	size_t newest;		       /* only so many at most, those that came last; 0: all */
	archive_progress_fn *progress; /* NULL: nobody asks */
};

/* The oldest first, as they came; memory does not grow with their number. */
typedef int archive_item_fn(void *ctx, const struct store_item_row *row);
int archive_each(struct store *s, const struct archive_period *p, archive_item_fn *fn, void *ctx,
	struct err *e);
/* How many items the period has, and when the first and the last of them were first seen. */
struct archive_extent {
	int64_t items;
	int64_t first, last; /* STAMP_NONE: there are none */
};
int archive_measure(
	struct store *s, const struct archive_period *p, struct archive_extent *out, struct err *e);

/*
 * Did another item of that feed, at the time when this one came, have the same link? Then the link
 * names neither of them. Goes through all that is kept of the feed.
 */
int archive_link_shared(struct store *s, const struct store_item_row *row, uint64_t link_key,
	bool *shared, struct err *e);

/* --- upkeep --- */

/*
 * Indexes some of the items that are not, in a transaction of its own that is not waited for;
 * *more: call again.
 */
int archive_index(struct store *s, bool *more, struct err *e);

#endif
