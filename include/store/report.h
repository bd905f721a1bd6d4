/* SPDX-License-Identifier: MIT */
/* What a report is made of, and when the last one of a receiver was. See store.h for the errors. */
#ifndef STORE_REPORT_H
#define STORE_REPORT_H

#include "store/store.h"

/* Sets *at to the end of the last report to that receiver; STAMP_NONE: there was none. */
int store_report_last(struct store *s, struct str notify, int64_t *at, struct err *e);
int store_report_put(struct store *s, struct str notify, int64_t at, struct err *e);
/* Folds reports that wait for the receiver into the one with that row. */
int store_report_fold(struct store *s, struct str notify, int64_t row, int64_t now, struct err *e);

/* Calls fn for each watch with alerts since `from`, the one with the most first. */
typedef int store_report_watch_fn(void *ctx, struct str name, struct str title, int64_t alerts);
int store_report_watches(
	struct store *s, int64_t from, store_report_watch_fn *fn, void *ctx, struct err *e);

/* Calls fn for each stored feed, by name. Texts are valid during the call. */
struct store_report_feed {
	struct str name;
	unsigned failures;
	int64_t last_ok;
	struct store_arrivals arrivals;
	bool quiet; /* no new item since `from` */
};
typedef int store_report_feed_fn(void *ctx, const struct store_report_feed *f);
int store_report_feeds(
	struct store *s, int64_t from, store_report_feed_fn *fn, void *ctx, struct err *e);

#endif
