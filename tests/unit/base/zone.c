/* SPDX-License-Identifier: MIT */
/* Offsets by the files of tzdata, and by rules. */
#include "lib/unit.h"

#include "base/zone.h"

static const struct {
	const char *zone, *utc, *text;
} cases[] = {
	{"UTC", "2022-02-12T10:00:00", "2022-02-12 10:00:00Z"},
	{"EET-2EEST,M3.5.0/3,M10.5.0/4", "2022-03-27T00:59:59", "2022-03-27 02:59:59+02:00"},
	{"EET-2EEST,M3.5.0/3,M10.5.0/4", "2022-03-27T01:00:00", "2022-03-27 04:00:00+03:00"},
	{"EET-2EEST,M3.5.0/3,M10.5.0/4", "2022-10-30T00:59:59", "2022-10-30 03:59:59+03:00"},
	{"EET-2EEST,M3.5.0/3,M10.5.0/4", "2022-10-30T01:00:00", "2022-10-30 03:00:00+02:00"},
	{"AEST-10AEDT,M10.1.0,M4.1.0/3", "2022-01-01T00:00:00", "2022-01-01 11:00:00+11:00"},
	{"AEST-10AEDT,M10.1.0,M4.1.0/3", "2022-07-01T00:00:00", "2022-07-01 10:00:00+10:00"},
	{"<-03>3", "2022-07-01T01:00:00", "2022-06-30 22:00:00-03:00"},
	{"NST3:30NDT,M3.2.0,M11.1.0", "2022-01-01T12:00:00", "2022-01-01 08:30:00-03:30"},
	{"XST0XDT,J60/0,J300/0", "2024-02-29T12:00:00", "2024-02-29 12:00:00Z"},
	{"XST0XDT,59/0,299/0", "2024-02-29T12:00:00", "2024-02-29 13:00:00+01:00"},
	{"Europe/Kyiv", "1986-07-01T00:00:00", "1986-07-01 04:00:00+04:00"},
	{"Europe/Kyiv", "2022-07-01T00:00:00", "2022-07-01 03:00:00+03:00"},
	{"Europe/Kyiv", "2099-07-01T00:00:00", "2099-07-01 03:00:00+03:00"},
	{"Asia/Kathmandu", "2022-07-01T00:00:00", "2022-07-01 05:45:00+05:45"},
};

static int64_t zone_stamp(const char *utc)
{
	struct civil c = {0};

	assert_int_equal(sscanf(utc, "%d-%d-%dT%d:%d:%d", &c.year, &c.month, &c.day, &c.hour,
				 &c.minute, &c.second),
		6);
	return clock_from_civil(&c);
}

static void times_are_those_of_the_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct zone *z = zone_new(cases[i].zone);
		char text[STAMP_TEXT_MAX];

		if (!z && strchr(cases[i].zone, '/') && !strchr(cases[i].zone, ','))
			continue; /* no tzdata */
		assert_non_null(z);
		assert_string_equal(zone_text(z, zone_stamp(cases[i].utc), text), cases[i].text);
		zone_free(z);
	}
}

static void minutes_name_their_offset(void **state)
{
	struct zone *zone = zone_new("<-03>3");
	char text[STAMP_TEXT_MAX];

	(void)state;
	assert_non_null(zone);
	assert_string_equal(zone_minute_text(zone, zone_stamp("2022-07-01T01:00:59"), text),
		"2022-06-30 22:00 -03:00");
	assert_string_equal(zone_minute_text(NULL, zone_stamp("2022-07-01T01:00:59"), text),
		"2022-07-01 01:00 UTC");
	zone_free(zone);
}

static void other_names_are_no_zones(void **state)
{
	static const char *const names[] = {"", "Europe/Nowhere", "../../etc/passwd", "/etc/passwd",
		"Europe", "EE", "EET-2EEST", "EET-2EEST,M13.1.0,M1.1.0", "zone.tab",
		"EET-2EEST,M3.5.0/3,M10.5.0/4h", "EET-2EEST,M3.5.0,M10.5.0,M11.1.0",
		"EET-2:", "EET-25"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_null(zone_new(names[i]));
	assert_int_equal(zone_offset(NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_those_of_the_zone),
		cmocka_unit_test(minutes_name_their_offset),
		cmocka_unit_test(other_names_are_no_zones),
	};

	return cmocka_run_group_tests_name("base zone", tests, NULL, NULL);
}
