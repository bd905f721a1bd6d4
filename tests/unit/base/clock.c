/* SPDX-License-Identifier: MIT */
/* Calendar arithmetic with known dates, the virtual clock, the random generator. */
#include "lib/unit.h"

#include "base/clock.h"
#include "base/rng.h"

static void stamps_are_printed_and_read_back(void **state)
{
	static const struct {
		int64_t ms;
		const char *rfc3339, *rfc5322;
	} rows[] = {
		{0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
		{INT64_C(1644660000000), "2022-02-12T10:00:00Z", "Sat, 12 Feb 2022 10:00:00 GMT"},
		{INT64_C(951782400000), "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
		{INT64_C(-1000), "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
		{INT64_C(253402300799000), "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[STAMP_TEXT_MAX];
		struct civil c = clock_to_civil(rows[i].ms);

		assert_string_equal(clock_rfc3339(rows[i].ms, false, text), rows[i].rfc3339);
		assert_string_equal(clock_rfc5322(rows[i].ms, true, text), rows[i].rfc5322);
		assert_int_equal(clock_from_civil(&c), rows[i].ms);
	}
}

static void every_day_of_four_centuries_round_trips(void **state)
{
	(void)state;
	for (int64_t day = -36525; day < 4 * 36525; day++) {
		struct civil c = clock_to_civil(day * CLOCK_DAY);

		assert_int_equal(clock_from_civil(&c), day * CLOCK_DAY);
		assert_in_range(c.month, 1, 12);
		assert_in_range(c.day, 1, 31);
		assert_int_equal(c.weekday, ((day + 4) % 7 + 7) % 7);
	}
}

static void months_out_of_range_are_normalised(void **state)
{
	struct civil c = {.year = 2022, .month = 14, .day = 31};

	(void)state;
	c = clock_to_civil(clock_from_civil(&c));
	assert_int_equal(c.year, 2023);
	assert_int_equal(c.month, 3);
	assert_int_equal(c.day, 3);
}

static void virtual_time_moves_only_on_request(void **state)
{
	int64_t mono, cpu_us;

	(void)state;
	clock_virtual_start(1000);
	mono = clock_mono();
	cpu_us = clock_thread_cpu_us();
	assert_int_equal(clock_wall(), 1000);
	clock_virtual_advance(CLOCK_DAY);
	assert_int_equal(clock_wall(), 1000 + CLOCK_DAY);
	assert_int_equal(clock_mono(), mono + CLOCK_DAY);
	assert_int_equal(clock_thread_cpu_us(), cpu_us + 1000 * CLOCK_DAY);
	clock_virtual_step(-CLOCK_HOUR);
	assert_int_equal(clock_mono(), mono + CLOCK_DAY);
	assert_int_equal(clock_wall(), 1000 + CLOCK_DAY - CLOCK_HOUR);
	clock_virtual_stop();
	assert_true(clock_wall() > INT64_C(1600000000000));
}

static void jitter_stays_within_its_share(void **state)
{
	struct rng r;
	int64_t low = INT64_MAX, high = 0;

	(void)state;
	rng_seed(&r, 42);
	for (int i = 0; i < 10000; i++) {
		int64_t v = rng_jitter(&r, 1000, 20);

		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	assert_in_range(low, 800, 810);
	assert_in_range(high, 1190, 1200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_are_printed_and_read_back),
		cmocka_unit_test(every_day_of_four_centuries_round_trips),
		cmocka_unit_test(months_out_of_range_are_normalised),
		cmocka_unit_test(virtual_time_moves_only_on_request),
		cmocka_unit_test(jitter_stays_within_its_share),
	};

	return cmocka_run_group_tests_name("base clock", tests, NULL, NULL);
}
