/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

const int64_t metrics_bucket_us[METRICS_BUCKETS] = {
	100, 500, 1000, 2500, 5000, 10000, 25000, 100000, 500000, 2500000, INT64_MAX};

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
#define HISTOGRAM(name, json, unit, help)                                                          \
	for (size_t i = 0; i <= METRICS_SUM; i++)                                                  \
		m->name[i] += from->name[i];
#include "base/metrics.def"
}

const void *metrics_member(const struct metrics *m, const struct metrics_row *row)
{
	return (const char *)m + row->offset;
}

void metrics_observe(uint64_t histogram[METRICS_BUCKETS + 1], int64_t us)
{
	size_t i = 0;

	while (us > metrics_bucket_us[i])
		i++;
	histogram[i]++;
	histogram[METRICS_SUM] += us > 0 ? (uint64_t)us : 0;
}
