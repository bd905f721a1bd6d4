/* SPDX-License-Identifier: MIT */
/* Quiet hours and daily times over changes of the clocks, in several zones. */
#include "lib/unit.h"

#include "base/clock.h"
#include "conf/form.h"
#include "route/route.h"

#define KYIV	     "EET-2EEST,M3.5.0/3,M10.5.0/4"
#define LONDON	     "GMT0BST,M3.5.0/1,M10.5.0"
#define NEWFOUNDLAND "NST3:30NDT,M3.2.0,M11.1.0"
#define LORD_HOWE    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
#define SAO_PAULO    "<-03>3<-02>,M10.3.0/0,M2.3.0/0"
#define KOLKATA	     "IST-5:30"
#define SYDNEY	     "AEST-10AEDT,M10.1.0,M4.1.0/3"

static int64_t civil_stamp(const char *utc)
{
	struct civil c = {0};

	assert_int_equal(sscanf(utc, "%d-%d-%dT%d:%d:%d", &c.year, &c.month, &c.day, &c.hour,
				 &c.minute, &c.second),
		6);
	return clock_from_civil(&c);
}

static void assert_stamp(int64_t at, const char *utc, const char *what)
{
	char text[STAMP_TEXT_MAX];

	clock_rfc3339(at, false, text);
	text[19] = '\0';
	if (strcmp(text, utc) != 0)
		print_error("%s\n", what);
	assert_string_equal(text, utc);
}

static void quiet_hours_end_by_the_clocks_of_their_zone(void **state)
{
	/* end NULL: not in the hours. */
	static const struct {
		const char *zone, *hours, *at, *end;
	} rows[] = {
		{KYIV, "23:00-06:30", "2022-01-10T20:59:59", NULL},
		{KYIV, "23:00-06:30", "2022-01-10T21:00:00", "2022-01-11T04:30:00"},
		{KYIV, "23:00-06:30", "2022-01-10T22:30:00", "2022-01-11T04:30:00"},
		{KYIV, "23:00-06:30", "2022-01-11T04:29:59", "2022-01-11T04:30:00"},
		{KYIV, "23:00-06:30", "2022-01-11T04:30:00", NULL},
		/* The night is an hour shorter, or longer. */
		{KYIV, "23:00-06:30", "2022-03-26T21:30:00", "2022-03-27T03:30:00"},
		{KYIV, "23:00-06:30", "2022-10-29T20:30:00", "2022-10-30T04:30:00"},
		{KYIV, "23:00-06:30", "2022-10-30T00:30:00", "2022-10-30T04:30:00"},
		{KYIV, "23:00-06:30", "2022-10-30T01:30:00", "2022-10-30T04:30:00"},
		{LONDON, "23:00-06:30", "2022-03-26T23:30:00", "2022-03-27T05:30:00"},
		{LONDON, "23:00-06:30", "2022-10-29T23:30:00", "2022-10-30T06:30:00"},
		/* An hour that is left out: they begin or end at its end. */
		{KYIV, "03:30-06:00", "2022-03-27T00:59:59", NULL},
		{KYIV, "03:30-06:00", "2022-03-27T01:00:00", "2022-03-27T03:00:00"},
		{KYIV, "23:00-03:30", "2022-03-27T00:30:00", "2022-03-27T01:00:00"},
		{KYIV, "23:00-03:30", "2022-03-27T01:00:00", NULL},
		{KYIV, "03:10-03:50", "2022-03-27T01:00:00", NULL},
		{KYIV, "03:10-03:50", "2022-03-28T00:15:00", "2022-03-28T00:50:00"},
		/* An hour that is repeated: the first time counts. */
		{KYIV, "22:00-03:30", "2022-10-30T00:29:59", "2022-10-30T00:30:00"},
		{KYIV, "22:00-03:30", "2022-10-30T01:10:00", NULL},
		{KYIV, "03:30-06:00", "2022-10-30T00:30:00", "2022-10-30T04:00:00"},
		{KYIV, "03:30-06:00", "2022-10-30T01:10:00", "2022-10-30T04:00:00"},
		/* Offsets of half hours, and a change by half an hour. */
		{KOLKATA, "23:00-06:30", "2022-01-10T17:29:59", NULL},
		{KOLKATA, "23:00-06:30", "2022-01-10T17:30:00", "2022-01-11T01:00:00"},
		{NEWFOUNDLAND, "23:00-06:30", "2022-03-13T02:30:00", "2022-03-13T09:00:00"},
		{NEWFOUNDLAND, "23:00-06:30", "2022-11-06T01:30:00", "2022-11-06T10:00:00"},
		{LORD_HOWE, "01:00-02:15", "2022-10-01T15:00:00", "2022-10-01T15:30:00"},
		{LORD_HOWE, "23:00-06:30", "2022-10-01T13:00:00", "2022-10-01T19:30:00"},
		/* A change at midnight. */
		{SAO_PAULO, "23:00-00:30", "2018-10-21T02:30:00", "2018-10-21T03:00:00"},
		{SAO_PAULO, "00:00-06:00", "2018-10-21T02:59:59", NULL},
		{SAO_PAULO, "00:00-06:00", "2018-10-21T03:00:00", "2018-10-21T08:00:00"},
		{SYDNEY, "23:00-06:30", "2022-04-02T12:30:00", "2022-04-02T20:30:00"},
		{SYDNEY, "23:00-06:30", "2022-10-01T13:30:00", "2022-10-01T19:30:00"},
		/* Leap days, ends of years, hours of one day. */
		{"UTC0", "22:00-06:00", "2024-02-28T22:30:00", "2024-02-29T06:00:00"},
		{"UTC0", "22:00-06:00", "2024-02-29T23:00:00", "2024-03-01T06:00:00"},
		{"UTC0", "22:00-06:00", "2023-02-28T23:00:00", "2023-03-01T06:00:00"},
		{"UTC0", "22:00-06:00", "2022-12-31T23:59:59", "2023-01-01T06:00:00"},
		{"UTC0", "12:00-13:00", "2022-01-10T12:30:00", "2022-01-10T13:00:00"},
		{"UTC0", "12:00-13:00", "2022-01-10T13:00:00", NULL},
		{"UTC0", "20:00-24:00", "2022-01-10T23:59:59", "2022-01-11T00:00:00"},
		{"UTC0", "20:00-00:00", "2022-01-11T00:00:00", NULL},
		{"UTC0", "00:00-23:59", "2022-01-11T23:59:00", NULL},
		{"Europe/Kyiv", "23:00-06:30", "2022-03-26T21:30:00", "2022-03-27T03:30:00"},
		{"Africa/Casablanca", "23:00-06:30", "2022-03-26T22:30:00", "2022-03-27T06:30:00"},
		{"Asia/Kathmandu", "23:00-06:30", "2022-01-10T17:15:00", "2022-01-11T00:45:00"},
		{"America/St_Johns", "23:00-06:30", "2022-03-13T02:30:00", "2022-03-13T09:00:00"},
		{"Pacific/Apia", "23:00-06:30", "2022-01-10T09:59:59", NULL},
		{"Pacific/Apia", "23:00-06:30", "2022-01-10T10:00:00", "2022-01-10T17:30:00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct zone *zone = zone_new(rows[i].zone);
		struct conf_hours quiet;
		struct str none;

		if (!zone && strchr(rows[i].zone, '/') && !strchr(rows[i].zone, ','))
			continue; /* no tzdata */
		assert_non_null(zone);
		assert_true(conf_form_hours(str_of(rows[i].hours), &quiet, &none));
		quiet.zone = zone;
		assert_stamp(route_quiet_end(&quiet, civil_stamp(rows[i].at)),
			rows[i].end ? rows[i].end : rows[i].at, rows[i].at);
		zone_free(zone);
	}
}

static void a_time_of_the_day_comes_once_a_day(void **state)
{
	static const struct {
		const char *zone, *time, *at, *next[3];
	} rows[] = {
		{KYIV, "06:30", "2022-01-10T04:29:59",
			{"2022-01-10T04:30:00", "2022-01-11T04:30:00", "2022-01-12T04:30:00"}},
		{KYIV, "06:30", "2022-03-26T12:00:00",
			{"2022-03-27T03:30:00", "2022-03-28T03:30:00", "2022-03-29T03:30:00"}},
		{KYIV, "03:30", "2022-03-26T12:00:00",
			{"2022-03-27T01:00:00", "2022-03-28T00:30:00", "2022-03-29T00:30:00"}},
		{KYIV, "03:30", "2022-10-29T12:00:00",
			{"2022-10-30T00:30:00", "2022-10-31T01:30:00", "2022-11-01T01:30:00"}},
		{KOLKATA, "00:00", "2022-01-10T12:00:00",
			{"2022-01-10T18:30:00", "2022-01-11T18:30:00", "2022-01-12T18:30:00"}},
		{SAO_PAULO, "00:00", "2018-10-20T12:00:00",
			{"2018-10-21T03:00:00", "2018-10-22T02:00:00", "2018-10-23T02:00:00"}},
		{LORD_HOWE, "02:15", "2022-10-01T12:00:00",
			{"2022-10-01T15:30:00", "2022-10-02T15:15:00", "2022-10-03T15:15:00"}},
		{"UTC0", "24:00", "2024-02-28T12:00:00",
			{"2024-02-29T00:00:00", "2024-03-01T00:00:00", "2024-03-02T00:00:00"}},
		{"UTC0", "06:30", "2022-12-31T06:30:00",
			{"2023-01-01T06:30:00", "2023-01-02T06:30:00", "2023-01-03T06:30:00"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct zone *zone = zone_new(rows[i].zone);
		int64_t at = civil_stamp(rows[i].at);
		int minute;

		assert_non_null(zone);
		assert_true(conf_form_daytime(str_of(rows[i].time), &minute));
		for (size_t k = 0; k < 3; k++) {
			at = route_next_daily(zone, minute, at);
			assert_stamp(at, rows[i].next[k], rows[i].zone);
		}
		zone_free(zone);
	}
}

/* Through every hour of years: the end is later, is outside, and is at the right minute. */
static void quiet_hours_end_always(void **state)
{
	static const char *const zones[] = {
		KYIV, LONDON, NEWFOUNDLAND, LORD_HOWE, SAO_PAULO, KOLKATA, SYDNEY};
	int64_t first = civil_stamp("2022-01-01T00:00:00");

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct conf_hours quiet = {.given = true, .from = 23 * 60, .to = 6 * 60 + 30};
		struct zone *zone = zone_new(zones[i]);

		assert_non_null(zone);
		quiet.zone = zone;
		for (int64_t at = first; at < first + 800 * CLOCK_DAY; at += 17 * CLOCK_MINUTE) {
			int64_t end = route_quiet_end(&quiet, at);
			struct civil c = clock_to_civil(at + zone_offset(zone, at) * CLOCK_SECOND);
			bool in = c.hour >= 23 || c.hour * 60 + c.minute < 6 * 60 + 30;

			assert_int_equal(end > at, in);
			c = clock_to_civil(end + zone_offset(zone, end) * CLOCK_SECOND);
			assert_true(!in || (c.hour == 6 && c.minute == 30));
			assert_int_equal(route_quiet_end(&quiet, end), end);
		}
		zone_free(zone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quiet_hours_end_by_the_clocks_of_their_zone),
		cmocka_unit_test(a_time_of_the_day_comes_once_a_day),
		cmocka_unit_test(quiet_hours_end_always),
	};

	return cmocka_run_group_tests_name("route civil", tests, NULL, NULL);
}
