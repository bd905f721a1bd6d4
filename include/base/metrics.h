/* SPDX-License-Identifier: MIT */
/*
 * The metrics of the daemon: counters that code increments, and gauges that are set on request.
 * Each is declared in base/metrics.def. A struct metrics is not shared between threads: each owner
 * keeps its own, and metrics_add() puts them together.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#define METRICS_ABSENT	INT64_MIN	/* of a gauge or stamp; equals STAMP_NONE */
#define METRICS_BUCKETS 18		/* of a histogram */
#define METRICS_SUM	METRICS_BUCKETS /* the index after them: the sum of all events */

/* Upper bounds of the buckets, inclusive; the last is INT64_MAX. Of work; of waiting. */
extern const int64_t metrics_bounds_us[METRICS_BUCKETS];
extern const int64_t metrics_bounds_ms[METRICS_BUCKETS];

/* Has no pointer of its own: the texts are static. */
struct metrics {
#define COUNTER(name, json, unit, help)	  int64_t name;
#define GAUGE(name, json, unit, help)	  int64_t name;
#define STAMP(name, json, help)		  int64_t name;
#define TEXT(name, json, help)		  const char *name;
#define HISTOGRAM(name, json, unit, help) uint64_t name[METRICS_BUCKETS + 1];
#include "base/metrics.def"
};

enum metrics_kind {
	METRICS_COUNTER,
	METRICS_GAUGE,
	METRICS_STAMP,
	METRICS_TEXT,
	METRICS_HISTOGRAM,
};

struct metrics_row {
	enum metrics_kind kind;
	const char *name;
	const char *json; /* place in the status document: "polls.done" */
	const char *unit; /* NULL for a stamp or text */
	const char *help; /* a sentence */
	size_t offset;	  /* in struct metrics; read with the functions below */
};

extern const struct metrics_row metrics_rows[]; /* in the order of base/metrics.def */
extern const size_t metrics_row_count;

/* Sets counters and histograms to 0, all else to absent. */
void metrics_init(struct metrics *m);
/* Adds the counters and histograms of `from`, and copies what else is present there. */
void metrics_add(struct metrics *m, const struct metrics *from);
/*
 * Returns the member of the row: an int64_t; of a text a const char *, NULL if absent; of a
 * histogram uint64_t[METRICS_BUCKETS + 1].
 */
const void *metrics_member(const struct metrics *m, const struct metrics_row *row);
/* The bounds of the histogram that has this row, by the end of its name. */
const int64_t *metrics_bounds(const struct metrics_row *row);
/* Add one event to a histogram, of a name that ends in _us, in _ms; below 0 counts as 0. */
void metrics_observe_us(uint64_t histogram[METRICS_BUCKETS + 1], int64_t us);
void metrics_observe_ms(uint64_t histogram[METRICS_BUCKETS + 1], int64_t ms);
/* Adds the events of `from`, which has the same bounds. */
void metrics_merge(
	uint64_t histogram[METRICS_BUCKETS + 1], const uint64_t from[METRICS_BUCKETS + 1]);

#endif
