/* SPDX-License-Identifier: MIT */
#include "document/metrics_text.h"

#include <string.h>

#include "base/clock.h"

#define NAME_MAX_BYTES 128

/* What a unit of a row is worth in the unit of Prometheus, and how the name ends for it. */
struct metrics_text_unit {
	const char *suffix; /* of the row */
	const char *base;
	double worth;
};

static const struct metrics_text_unit metrics_text_units[] = {
	{"_us", "_seconds", 1e-6},
	{"_ms", "_seconds", 1e-3},
	{"", "", 1},
};

/*
 * "loop_busy_us_total" is nightdesk_loop_busy_seconds_total; what all programs have keeps its name.
 * Returns the worth of its unit.
 */
static double metrics_text_name(const struct metrics_row *row, char out[NAME_MAX_BYTES])
{
	struct str name = str_of(row->name), total = STR("_total");
	const struct metrics_text_unit *u = metrics_text_units;
	const char *prefix = str_starts(name, STR("process_")) ? "" : "nightdesk_";
	bool counts = row->kind == METRICS_COUNTER && str_ends(name, total);

	if (row->kind == METRICS_STAMP) {
		snprintf(out, NAME_MAX_BYTES, "nightdesk_%s_timestamp_seconds", row->name);
		return 1e-3;
	}
	if (counts)
		name.n -= total.n;
	while (!str_ends(name, str_of(u->suffix)))
		u++;
	snprintf(out, NAME_MAX_BYTES, "%s%.*s%s%s", prefix, (int)(name.n - strlen(u->suffix)),
		name.p, u->base, counts ? "_total" : "");
	return u->worth;
}

static void metrics_text_head(struct buf *out, const char *name, const char *help, const char *type)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void metrics_text_number(
	struct buf *out, const struct metrics_row *row, int64_t value, const char *type)
{
	char name[NAME_MAX_BYTES];
	double worth = metrics_text_name(row, name);

	metrics_text_head(out, name, row->help, type);
	if (worth == 1)
		buf_printf(out, "%s %lld\n", name, (long long)value);
	else
		buf_printf(out, "%s %.6f\n", name, (double)value * worth);
}

static void metrics_text_histogram(
	struct buf *out, const struct metrics_row *row, const uint64_t *buckets)
{
	char name[NAME_MAX_BYTES];
	double worth = metrics_text_name(row, name);
	const int64_t *bounds = metrics_bounds(row);
	uint64_t n = 0;

	metrics_text_head(out, name, row->help, "histogram");
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		n += buckets[i];
		if (bounds[i] == INT64_MAX)
			buf_printf(
				out, "%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)n);
		else
			buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name,
				(double)bounds[i] * worth, (unsigned long long)n);
	}
	buf_printf(out, "%s_sum %.6f\n%s_count %llu\n", name, (double)buckets[METRICS_SUM] * worth,
		name, (unsigned long long)n);
}

/* A name is a label: a text has no number. */
static void metrics_text_info(struct buf *out, const struct metrics_row *row, const char *text)
{
	char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "nightdesk_%s_info", row->name);
	metrics_text_head(out, name, row->help, "gauge");
	buf_printf(out, "%s{name=\"%s\"} 1\n", name, text);
}

static void metrics_text_row(
	struct buf *out, const struct metrics *m, const struct metrics_row *row)
{
	const void *member = metrics_member(m, row);

	switch (row->kind) {
	case METRICS_COUNTER:
		metrics_text_number(out, row, *(const int64_t *)member, "counter");
		break;
	case METRICS_GAUGE:
	case METRICS_STAMP:
		if (*(const int64_t *)member != METRICS_ABSENT)
			metrics_text_number(out, row, *(const int64_t *)member, "gauge");
		break;
	case METRICS_TEXT:
		if (*(const char *const *)member)
			metrics_text_info(out, row, *(const char *const *)member);
		break;
	case METRICS_HISTOGRAM: metrics_text_histogram(out, row, member); break;
	}
}

void document_metrics_text(const struct metrics *m, const struct troubles *t, struct buf *out)
{
	metrics_text_head(out, "nightdesk_build_info", "The version that runs.", "gauge");
	buf_printf(out, "nightdesk_build_info{version=\"%s\"} 1\n", NIGHTDESK_VERSION);
	for (size_t i = 0; i < metrics_row_count; i++)
		metrics_text_row(out, m, &metrics_rows[i]);
	if (!t)
		return;
	metrics_text_head(out, "nightdesk_troubles",
		"Troubles past their grace, by kind; see nightdesk(1).", "gauge");
	for (int k = 0; k < TROUBLE_KINDS; k++)
		buf_printf(out, "nightdesk_troubles{kind=\"%s\"} %zu\n", trouble_rows[k].name,
			troubles_count(t, (enum trouble_kind)k));
}
