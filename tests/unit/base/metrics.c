/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include "lib/unit.h"

static void unknown_values_are_absent(void **state)
{
	struct metrics m;

	(void)state;
	metrics_init(&m);
	for (size_t i = 0; i < metrics_row_count; i++) {
		const struct metrics_row *row = &metrics_rows[i];
		const void *member = metrics_member(&m, row);

		switch (row->kind) {
		case METRICS_COUNTER: assert_int_equal(*(const int64_t *)member, 0); break;
		case METRICS_GAUGE:
		case METRICS_STAMP:
			assert_int_equal(*(const int64_t *)member, METRICS_ABSENT);
			break;
		case METRICS_TEXT: assert_null(*(const char *const *)member); break;
		case METRICS_HISTOGRAM:
			for (size_t k = 0; k < METRICS_BUCKETS; k++)
				assert_int_equal(((const uint64_t *)member)[k], 0);
			break;
		}
	}
}

static void metrics_of_several_owners_are_merged(void **state)
{
	struct metrics all, part;

	(void)state;
	metrics_init(&all);
	metrics_init(&part);
	all.feeds_failing = 7;
	all.feeds_known = 9;
	all.polls_total = 2;
	all.loop_longest = "old";
	part.feeds_failing = 1;
	part.polls_total = 3;
	part.last_poll = 1000;
	part.loop_longest = "new";
	metrics_observe_us(part.loop_callback_us, 5);
	metrics_observe_us(part.loop_callback_us, 6);
	metrics_observe_us(part.loop_callback_us, 2500001);
	metrics_add(&all, &part);
	metrics_add(&all, &part);
	assert_int_equal(all.feeds_failing, 1);
	assert_int_equal(all.feeds_known, 9);
	assert_int_equal(all.polls_total, 8);
	assert_int_equal(all.last_poll, 1000);
	assert_string_equal(all.loop_longest, "new");
	assert_int_equal(all.loop_callback_us[0], 2);
	assert_int_equal(all.loop_callback_us[1], 2);
	assert_int_equal(all.loop_callback_us[METRICS_BUCKETS - 1], 2);
	assert_int_equal(all.loop_callback_us[METRICS_SUM], 2 * 2500012);
	assert_int_equal(all.started, METRICS_ABSENT);
}

/* In order, and as long as the scale of the name says. */
static void buckets_follow_the_unit(void **state)
{
	uint64_t waits[METRICS_BUCKETS + 1] = {0};

	(void)state;
	for (size_t i = 0; i < metrics_row_count; i++) {
		const struct metrics_row *row = &metrics_rows[i];
		const int64_t *bounds = metrics_bounds(row);

		if (row->kind != METRICS_HISTOGRAM)
			continue;
		assert_ptr_equal(bounds, strcmp(row->unit, "milliseconds") == 0
						 ? metrics_bounds_ms
						 : metrics_bounds_us);
		for (size_t k = 1; k < METRICS_BUCKETS; k++)
			assert_true(bounds[k - 1] < bounds[k]);
		assert_int_equal(bounds[METRICS_BUCKETS - 1], INT64_MAX);
	}
	metrics_observe_ms(waits, -7);
	metrics_observe_ms(waits, 86400000);
	metrics_observe_ms(waits, 86400001);
	assert_int_equal(waits[0], 1);
	assert_int_equal(waits[METRICS_BUCKETS - 2], 1);
	assert_int_equal(waits[METRICS_BUCKETS - 1], 1);
	assert_int_equal(waits[METRICS_SUM], 172800001);
}

static void each_metric_has_its_own_path_and_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < metrics_row_count; i++) {
		const struct metrics_row *a = &metrics_rows[i];

		assert_int_equal(a->help[strlen(a->help) - 1], '.');
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(a->json, metrics_rows[k].json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_values_are_absent),
		cmocka_unit_test(metrics_of_several_owners_are_merged),
		cmocka_unit_test(buckets_follow_the_unit),
		cmocka_unit_test(each_metric_has_its_own_path_and_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
