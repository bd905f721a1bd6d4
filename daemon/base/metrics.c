/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include "base/clock.h"
#include "base/str.h"

const int64_t metrics_bounds_us[METRICS_BUCKETS] = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
	10000, 25000, 50000, 100000, 250000, 500000, 2500000, INT64_MAX};
const int64_t metrics_bounds_ms[METRICS_BUCKETS] = {10, 50, 100, 250, 500, CLOCK_SECOND, 2500,
	5 * CLOCK_SECOND, 10 * CLOCK_SECOND, 30 * CLOCK_SECOND, CLOCK_MINUTE, 2 * CLOCK_MINUTE,
	5 * CLOCK_MINUTE, 15 * CLOCK_MINUTE, CLOCK_HOUR, 6 * CLOCK_HOUR, CLOCK_DAY, INT64_MAX};

#define ROW(kind, name, json, unit, help)                                                          \
	{kind, #name, json, unit, help, offsetof(struct metrics, name)},
#define COUNTER(name, json, unit, help)	  ROW(METRICS_COUNTER, name, json, unit, help)
#define GAUGE(name, json, unit, help)	  ROW(METRICS_GAUGE, name, json, unit, help)
#define STAMP(name, json, help)		  ROW(METRICS_STAMP, name, json, NULL, help)
#define TEXT(name, json, help)		  ROW(METRICS_TEXT, name, json, NULL, help)
#define HISTOGRAM(name, json, unit, help) ROW(METRICS_HISTOGRAM, name, json, unit, help)
const struct metrics_row metrics_rows[] = {
#include "base/metrics.def"
};

const size_t metrics_row_count = sizeof(metrics_rows) / sizeof(metrics_rows[0]);

void metrics_init(struct metrics *m)
{
	*m = (struct metrics){0};
	for (size_t i = 0; i < metrics_row_count; i++) {
		const struct metrics_row *row = &metrics_rows[i];

		if (row->kind == METRICS_GAUGE || row->kind == METRICS_STAMP)
			*(int64_t *)((char *)m + row->offset) = METRICS_ABSENT;
	}
}

void metrics_add(struct metrics *m, const struct metrics *from)
{
#define COUNTER(name, json, unit, help) m->name += from->name;
#define GAUGE(name, json, unit, help)                                                              \
	if (from->name != METRICS_ABSENT)                                                          \
		m->name = from->name;
#define STAMP(name, json, help) GAUGE(name, json, NULL, help)
#define TEXT(name, json, help)                                                                     \
	if (from->name)                                                                            \
		m->name = from->name;
#define HISTOGRAM(name, json, unit, help) metrics_merge(m->name, from->name);
#include "base/metrics.def"
}

const void *metrics_member(const struct metrics *m, const struct metrics_row *row)
{
	return (const char *)m + row->offset;
}

const int64_t *metrics_bounds(const struct metrics_row *row)
{
	return str_ends(str_of(row->name), STR("_ms")) ? metrics_bounds_ms : metrics_bounds_us;
}

static void metrics_observe(uint64_t *histogram, const int64_t *bounds, int64_t value)
{
	size_t i = 0;

	while (value > bounds[i])
		i++;
	histogram[i]++;
	histogram[METRICS_SUM] += value > 0 ? (uint64_t)value : 0;
}

void metrics_observe_us(uint64_t histogram[METRICS_BUCKETS + 1], int64_t us)
{
	metrics_observe(histogram, metrics_bounds_us, us);
}

void metrics_observe_ms(uint64_t histogram[METRICS_BUCKETS + 1], int64_t ms)
{
	metrics_observe(histogram, metrics_bounds_ms, ms);
}

void metrics_merge(
	uint64_t histogram[METRICS_BUCKETS + 1], const uint64_t from[METRICS_BUCKETS + 1])
{
	for (size_t i = 0; i <= METRICS_SUM; i++)
		histogram[i] += from[i];
}
