/* SPDX-License-Identifier: MIT */
/*
 * Back-test: which alerts a configuration would have raised for the stored items. Decides as
 * desk_ingest, except that an edited item has its current text, age< is evaluated at the time when
 * the item was first seen, items of the first body of a feed count as new, and sources>= counts the
 * sources that the story has by now, so that the alert is that of the first report that matches.
 * What has the text of an earlier item is as it was found when it arrived; receivers do not count.
 */
#ifndef DESK_BACKTEST_H
#define DESK_BACKTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "store/store.h"
#include "watch/watch.h"

struct backtest {
	const struct conf *conf;
	const struct conf *against; /* second configuration to compare with; NULL: none */
	int64_t since, until;	    /* first seen; STAMP_NONE: no bound */
	bool all_items;		    /* match every item; do not use the full-text index */
	/* Called before each item: `done` of `of` parts are done. NULL: none. */
	void (*progress)(void *ctx, uint64_t done, uint64_t of);
	/* Called if a watch exceeded its budget on an item, which counts as no match. NULL: none.
	 */
	void (*overran)(void *ctx, const struct conf_watch *watch);
};

enum backtest_change {
	BACKTEST_BOTH,	 /* no second configuration, or both alert */
	BACKTEST_GAINED, /* only `against` alerts */
	BACKTEST_LOST,	 /* only `conf` alerts */
	BACKTEST_FOLDED, /* no alert: it joins that of another item with the same text */
};

/* An alert that would have been raised. All pointers are valid during the callback. */
struct backtest_alert {
	enum backtest_change change;
	const struct conf_watch *watch; /* of `against` if BACKTEST_GAINED */
	bool folded; /* BACKTEST_GAINED, BACKTEST_LOST: where it does not alert, it is folded */
	const struct store_item_row *row;
	const struct watch_view *view;
	const struct watch_hit *hits;
	size_t n_hits;
};

struct backtest_result {
	uint64_t items;		/* in the period */
	int64_t first, last;	/* when the first and the last item was first seen */
	uint64_t examined;	/* items that were matched */
	uint64_t unknown_feeds; /* of these: skipped, since conf does not have their feed */
	uint64_t overruns; /* times that a watch exceeded its budget, so alerts may be missing */
	bool narrowed;	   /* the full-text index excluded the other items */
};

/* Called for each alert, oldest item first. A result other than 0 ends the back-test. */
typedef int backtest_fn(void *ctx, const struct backtest_alert *a);

/* Returns 0, the result of fn, or -class. Memory grows with the alerts, not with the items. */
int desk_backtest(struct store *s, const struct backtest *b, backtest_fn *fn, void *ctx,
	struct backtest_result *out, struct err *e);

#endif
