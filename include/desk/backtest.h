/* SPDX-License-Identifier: MIT */
/*
 * What watches would have told, over the items that are kept: as desk_ingest decides, had the
 * configuration been this one when each item came. Of an item that was edited the text it has now
 * counts. age< counts to when it was first seen. What a feed held when it was first read is taken
 * as news like all else.
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
	const struct conf *against; /* another one to compare with; NULL: none */
	int64_t since, until;	    /* first seen; STAMP_NONE: no bound */
	bool whole;		    /* look at every item, whatever the index says */
	/*
	 * Before each item that is looked at: `done` of `of` parts of the way are behind. NULL:
	 * nobody asks. The result counts along.
	 */
	void (*progress)(void *ctx, uint64_t done, uint64_t of);
	/* A watch ran over its budget on an item, and counts as no match. NULL: nobody asks. */
	void (*overran)(void *ctx, const struct conf_watch *watch);
};

enum backtest_change {
	BACKTEST_BOTH,	 /* nothing to compare with, or both tell it */
	BACKTEST_GAINED, /* only `against` tells it */
	BACKTEST_LOST,	 /* only `conf` does */
};

/* An alert that would have been. All pointers live during the call. */
struct backtest_alert {
	enum backtest_change change;
	const struct conf_watch *watch; /* of against, where gained */
	const struct store_item_row *row;
	const struct watch_view *view;
	const struct watch_hit *hits;
	size_t n_hits;
};

struct backtest_result {
	uint64_t items;	     /* of the period */
	int64_t first, last; /* when the first and the last of them was first seen */
	uint64_t looked;     /* at so many of them */
	uint64_t strange;    /* of these, from feeds that conf does not have: passed over */
	uint64_t overruns;   /* times that a watch ran over its budget: it may tell nothing */
	bool narrowed;	     /* the index ruled out the others */
};

/* Oldest item first. Not 0 ends the walk and is handed back. */
typedef int backtest_fn(void *ctx, const struct backtest_alert *a);

/* Memory grows with the alerts, not with the items. */
int desk_backtest(struct store *s, const struct backtest *b, backtest_fn *fn, void *ctx,
	struct backtest_result *out, struct err *e);

#endif
