/* SPDX-License-Identifier: MIT */
/*
 * The archive: search in stored items and iteration over them.
 *
 * The full-text index (title and body, current text) is built in small batches between polls, so it
 * never delays an alert. Items that are not indexed yet are scanned, so results do not depend on
 * the progress of the index. All but archive_newest,
 * archive_measure and archive_link_shared begin a transaction of
 * their own.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "store/store.h"
#include "watch/watch.h"

/* Progress callback: `done` of `of` parts, before each item. ctx is the one of the item callback.
 */
typedef void archive_progress_fn(void *ctx, uint64_t done, uint64_t of);

/* --- search --- */

/* Parsed search terms, all required: words, "phrases", prefixes*. */
struct archive_terms;

/* Parses the text of a search. -ERR_INPUT if it has no terms; the message says how to fix it. */
int archive_terms_new(struct archive_terms **out, struct str words, struct err *e);
void archive_terms_free(struct archive_terms *t); /* NULL is allowed */

struct archive_query {
	const struct archive_terms *terms;
	struct str feed;	       /* absent: any */
	int64_t since;		       /* first seen then or later; STAMP_NONE: no bound */
	int64_t before;		       /* only items with a lower row; 0: any */
	size_t limit;		       /* 0: none */
	archive_progress_fn *progress; /* NULL: none */
};

struct archive_found {
	struct store_item_row row;
	struct str body;	      /* that offsets of hits refer to, see feed_item_body */
	const struct watch_hit *hits; /* as for a watch */
	size_t n_hits;
};

/*
 * Called for each result, newest first. *f is valid during the call. A result other than 0 ends the
 * search and is returned by it.
 */
typedef int archive_found_fn(void *ctx, const struct archive_found *f);
int archive_search(struct store *s, const struct archive_query *q, archive_found_fn *fn, void *ctx,
	struct err *e);

/*
 * Items without any search, the newest first: terms are ignored, and found->body and hits are not
 * set.
 */
int archive_newest(struct store *s, const struct archive_query *q, archive_found_fn *fn, void *ctx,
	struct err *e);

/* --- iteration --- */

struct archive_period {
	int64_t since, until; /* first seen; STAMP_NONE: no bound. until itself is outside */
	/*
	 * Prefilter in prefix order, see watch_set_prefilter: indexed items that do not fulfil it
	 * may be skipped.
	 */
	const struct watch_prefilter *needs;
	size_t n_needs; /* 0: all items */
	/* Most candidates that the prefilter may return; with more, all items are passed. */
	size_t narrow_max;
	size_t newest;		       /* at most that many, the newest; 0: all */
	archive_progress_fn *progress; /* NULL: none */
};

/* Calls fn for each item, oldest first, as for archive_search. Memory use is constant. */
typedef int archive_item_fn(void *ctx, const struct store_item_row *row);
int archive_each(struct store *s, const struct archive_period *p, archive_item_fn *fn, void *ctx,
	struct err *e);
/* Number of items in the period, and when the first and the last were first seen. */
struct archive_extent {
	int64_t items;
	int64_t first, last; /* STAMP_NONE if there are none */
};
int archive_measure(
	struct store *s, const struct archive_period *p, struct archive_extent *out, struct err *e);

/*
 * Sets *shared if another item of its feed had the same link when the item arrived; then the link
 * identifies neither. Scans the keys of the feed.
 */
int archive_link_shared(
	struct store *s, int64_t item, uint64_t link_key, bool *shared, struct err *e);

/* --- maintenance --- */

/* Indexes one batch in a relaxed transaction of its own; sets *more if it must be called again. */
int archive_index(struct store *s, bool *more, struct err *e);

#endif
