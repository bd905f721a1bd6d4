/* SPDX-License-Identifier: MIT */
/*
 * What a back-test told, counted by watch, day and feed; its last items kept as samples. Memory
 * grows with the watches that told something, and for each of them with its days and feeds: eight
 * bytes for one.
 */
#ifndef CLI_TALLY_H
#define CLI_TALLY_H

#include "base/arena.h"
#include "desk/backtest.h"

#define TALLY_SAMPLES_MAX 1000

struct tally;

struct tally_sample {
	struct arena *arena; /* of all below */
	struct store_item_row row;
	struct watch_view view; /* title and body */
	struct watch_hit *hits;
	size_t n_hits;
};

/* How often by number of day or feed, rising. */
struct tally_count {
	uint32_t of, n;
};
struct tally_counts {
	struct tally_count *v;
	size_t n, room;
};

struct tally_watch {
	const char *name;
	uint64_t alerts; /* kept, or told where nothing is compared, and gained */
	uint64_t kept, gained, lost;
	uint64_t overruns; /* times that it ran over its budget */
	struct tally_counts days, feeds;
	struct tally_sample *samples; /* a ring; see tally_sample */
	size_t n_samples;
	uint64_t taken; /* samples, ever */
};

struct tally *tally_new(void); /* NULL: out of memory */
void tally_free(struct tally *t);
/* 0 or -ERR_NOMEM. Keeps the last `samples` of each watch; the same number in every call. */
int tally_add(struct tally *t, const struct backtest_alert *a, size_t samples);
int tally_overrun(struct tally *t, const char *watch); /* 0 or -ERR_NOMEM */

/* NULL: there is nothing to tell of it. */
const struct tally_watch *tally_find(const struct tally *t, const char *watch);
/* The newest first. */
struct tally_sample *tally_sample(const struct tally_watch *w, size_t k);

typedef void tally_count_fn(void *ctx, const char *name, uint64_t n);
/* "2022-02-12", in order. */
void tally_each_day(const struct tally_watch *w, tally_count_fn *fn, void *ctx);
/* "2022-02", in order. */
void tally_each_month(const struct tally_watch *w, tally_count_fn *fn, void *ctx);
/* The day with the most alerts, the first of them. */
void tally_busiest_day(const struct tally_watch *w, tally_count_fn *fn, void *ctx);
/* Most first, at most max (0: all) of them; *others: how many alerts the rest has. */
void tally_each_feed(const struct tally *t, const struct tally_watch *w, size_t max,
	tally_count_fn *fn, void *ctx, uint64_t *others);

#endif
