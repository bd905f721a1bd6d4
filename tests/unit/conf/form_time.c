/* SPDX-License-Identifier: MIT */
/* Times of the day, hours, periods and rates as they are written. */
#include "lib/unit.h"

#include "base/clock.h"
#include "conf/form.h"

static void times_of_the_day_are_read(void **state)
{
	static const struct {
		const char *text;
		int minute; /* -1: refused */
	} rows[] = {
		{"06:30", 390},
		{"6:30", 390},
		{"00:00", 0},
		{"24:00", 1440},
		{"23:59", 1439},
		{"24:01", -1},
		{"25:00", -1},
		{"06:60", -1},
		{"06:3", -1},
		{"0630", -1},
		{"", -1},
		{"06:30:00", -1},
		{"-1:30", -1},
		{"006:30", -1},
		{"06.30", -1},
		{":30", -1},
		{"06:", -1},
		{"6:30 pm", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int minute = -2;
		bool good = conf_form_daytime(str_of(rows[i].text), &minute);

		if (good != (rows[i].minute >= 0))
			print_error("%s\n", rows[i].text);
		assert_int_equal(good, rows[i].minute >= 0);
		assert_true(!good || minute == rows[i].minute);
	}
}

static void hours_are_read(void **state)
{
	static const struct {
		const char *text, *zone;
		int from, to; /* -1: refused */
	} rows[] = {
		{"23:00-06:30", NULL, 1380, 390},
		{"23:00 - 06:30", NULL, -1, 0},
		{"23:00-06:30 Europe/London", "Europe/London", 1380, 390},
		{"23:00-06:30   UTC", "UTC", 1380, 390},
		{"20:00-24:00", NULL, 1200, 1440},
		{"20:00-00:00", NULL, 1200, 1440},
		{"24:00-06:00", NULL, 0, 360},
		{"00:00-24:00", NULL, -1, 0},
		{"06:30-06:30", NULL, -1, 0},
		{"23:00", NULL, -1, 0},
		{"23:00-", NULL, -1, 0},
		{"-06:30", NULL, -1, 0},
		{"23-06", NULL, -1, 0},
		{"23:00-06:30-07:00", NULL, -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf_hours h;
		struct str zone;
		bool good = conf_form_hours(str_of(rows[i].text), &h, &zone);

		if (good != (rows[i].from >= 0))
			print_error("%s\n", rows[i].text);
		assert_int_equal(good, rows[i].from >= 0);
		if (!good)
			continue;
		assert_true(h.from == rows[i].from && h.to == rows[i].to);
		assert_true(rows[i].zone ? str_is(zone, rows[i].zone) : !zone.p);
	}
}

static void periods_and_rates_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t every; /* -1: refused, 0: daily */
	} digests[] = {{"15m", 15 * CLOCK_MINUTE}, {"1s", CLOCK_SECOND}, {"7d", 7 * CLOCK_DAY},
		{"daily 06:30", 0}, {"daily  6:30", 0}, {"daily", -1}, {"daily 25:00", -1},
		{"8d", -1}, {"0", -1}, {"15", -1}, {"06:30", -1}, {"weekly 06:30", -1}};
	static const struct {
		const char *text;
		unsigned n; /* 0: refused */
		int64_t within;
	} rates[] = {{"20/1h", 20, CLOCK_HOUR}, {"5/10m", 5, 10 * CLOCK_MINUTE},
		{"5 / 10m", 5, 10 * CLOCK_MINUTE}, {"1000/7d", 1000, 7 * CLOCK_DAY}, {"0/1h", 0, 0},
		{"1001/1h", 0, 0}, {"5/h", 0, 0}, {"5", 0, 0}, {"/1h", 0, 0}, {"5/8d", 0, 0},
		{"-5/1h", 0, 0}, {"5/1h/2", 0, 0}};
	static const struct {
		const char *text;
		int64_t after; /* 0: refused */
		bool drop;
	} expiries[] = {{"6h", 6 * CLOCK_HOUR, false}, {"6h drop", 6 * CLOCK_HOUR, true},
		{"3d", 3 * CLOCK_DAY, false}, {"drop", 0, false}, {"6h keep", 0, false},
		{"59s", 0, false}, {"366d", 0, false}, {"", 0, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		struct conf_digest d = {0};
		bool good = conf_form_digest(str_of(digests[i].text), &d);

		assert_int_equal(good, digests[i].every >= 0);
		assert_true(!good || (d.every == digests[i].every &&
					     d.daily.given == (digests[i].every == 0)));
	}
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct conf_rate r = {0};
		bool good = conf_form_rate(str_of(rates[i].text), &r);

		assert_int_equal(good, rates[i].n > 0);
		assert_true(!good || (r.n == rates[i].n && r.within == rates[i].within));
	}
	for (size_t i = 0; i < sizeof(expiries) / sizeof(expiries[0]); i++) {
		struct conf_expire x = {0};
		bool good = conf_form_expire(str_of(expiries[i].text), &x);

		assert_int_equal(good, expiries[i].after > 0);
		assert_true(!good || (x.after == expiries[i].after && x.drop == expiries[i].drop));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_of_the_day_are_read),
		cmocka_unit_test(hours_are_read),
		cmocka_unit_test(periods_and_rates_are_read),
	};

	return cmocka_run_group_tests_name("conf form_time", tests, NULL, NULL);
}
