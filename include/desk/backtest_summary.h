/* SPDX-License-Identifier: MIT */
/*
 * Summary of a back-test: its alerts counted by watch, day and feed, and the last ones of each
 * watch kept as samples. Memory grows with the watches that have alerts, and by eight bytes for
 * each of their days and feeds.
 */
#ifndef DESK_BACKTEST_SUMMARY_H
#define DESK_BACKTEST_SUMMARY_H

#include "base/arena.h"
#include "desk/backtest.h"

#define BACKTEST_SAMPLES_MAX 1000

struct backtest_summary;

struct backtest_sample {
	struct arena *arena; /* owns all below */
	struct store_item_row row;
	struct watch_view view; /* title and body */
	struct watch_hit *hits;
	size_t n_hits;
};

/* Alerts by the number of a day or feed, in ascending order of that number. */
struct backtest_count {
	uint32_t of, n;
};
struct backtest_counts {
	struct backtest_count *v;
	size_t n, room;
};

struct backtest_watch {
	const char *name;
	uint64_t alerts; /* of the configuration that is tested */
	uint64_t kept, gained, lost;
	uint64_t folded;   /* matches that joined the alert of another item */
	uint64_t overruns; /* items on which it ran over its budget */
	struct backtest_counts days, feeds;
	struct backtest_sample *samples; /* ring buffer; read with backtest_sample() */
	size_t n_samples;
	uint64_t taken; /* samples ever written to the ring */
};

struct backtest_summary *backtest_summary_new(void); /* NULL: out of memory */
void backtest_summary_free(struct backtest_summary *s);
/* Keeps the last `samples` alerts of each watch; the same number in every call. 0, -ERR_NOMEM. */
int backtest_summary_add(
	struct backtest_summary *s, const struct backtest_alert *a, size_t samples);
int backtest_summary_add_overrun(struct backtest_summary *s, const char *watch); /* 0, -ERR_NOMEM */

/* NULL: the watch has neither alerts nor overruns. */
const struct backtest_watch *backtest_summary_find(
	const struct backtest_summary *s, const char *watch);
/* Sample k, the newest being 0; k < n_samples. */
const struct backtest_sample *backtest_sample(const struct backtest_watch *w, size_t k);

typedef void backtest_count_fn(void *ctx, const char *name, uint64_t n);
/* By day ("2022-02-12") or month ("2022-02"), in ascending order. The values: bytes of a name. */
enum backtest_period { BACKTEST_MONTH = 7, BACKTEST_DAY = 10 };
void backtest_each_period(const struct backtest_watch *w, enum backtest_period period,
	backtest_count_fn *fn, void *ctx);
/* The first of the days with most alerts. */
void backtest_busiest_day(const struct backtest_watch *w, backtest_count_fn *fn, void *ctx);
/* By feed, in descending order, at most max (0: all); *others: the alerts of the other feeds. */
void backtest_each_feed(const struct backtest_summary *s, const struct backtest_watch *w,
	size_t max, backtest_count_fn *fn, void *ctx, uint64_t *others);

#endif
