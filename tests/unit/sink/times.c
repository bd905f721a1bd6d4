/* SPDX-License-Identifier: MIT */
/* The time zone of what people read, and UTC in what programs read. */
#include "lib/unit.h"

#include <stdlib.h>

#include "lib/sink_fixture.h"

#define EET "timezone = \"EET-2EEST,M3.5.0/3,M10.5.0/4\""

static const struct {
	const char *keys, *time;
} rows[] = {
	{"type = stdout", "published 2022-02-14 18:20 UTC"},
	{"type = stdout timezone = UTC", "published 2022-02-14 18:20 UTC"},
	{"type = stdout " EET, "published 2022-02-14 20:20 +02:00"},
	{"type = slack url = http://a.example/ " EET, "published 2022-02-14 20:20 +02:00"},
	{"type = stdout timezone = \"NST3:30NDT,M3.2.0,M11.1.0\"",
		"published 2022-02-14 14:50 -03:30"},
	{"type = stdout timezone = AEST-10 }\ndaemon { " EET, "published 2022-02-15 04:20 +10:00"},
	{"type = stdout }\ndaemon { " EET, "published 2022-02-14 20:20 +02:00"},
	{"type = webhook url = http://a.example/ }\ndaemon { " EET, "\"2022-02-14T18:20:35Z\""},
	{"type = webhook url = http://a.example/ " EET, "\"2022-02-14T18:20:35Z\""},
};

static void times_have_the_zone_of_the_block(void **state)
{
	struct sink_fixture *f = *state;

	f->alert.published = SINK_NOW;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sink_fixture_configure(f, rows[i].keys);
		assert_int_equal(sink_fixture_render(f), 0);
		if (!strstr(f->request.body.p, rows[i].time))
			print_error("%s: %s\n", rows[i].keys, f->request.body.p);
		assert_non_null(strstr(f->request.body.p, rows[i].time));
	}
}

static void a_zone_for_programs_is_a_warning(void **state)
{
	static const char *const keys[] = {
		"type = syslog timezone = UTC", "type = webhook url = http://a/ timezone = UTC"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct notify_fixture f;

		notify_load(&f, keys[i]);
		assert_non_null(f.conf);
		assert_int_equal(f.diags.n, 1);
		assert_true(f.diags.v[0].warning);
		assert_non_null(strstr(f.diags.v[0].text, "have UTC"));
		assert_int_equal(f.diags.v[0].place.column, i ? 46 : 29);
		notify_unload(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			times_have_the_zone_of_the_block, sink_fixture_open, sink_fixture_close),
		cmocka_unit_test(a_zone_for_programs_is_a_warning),
	};

	return cmocka_run_group_tests_name("sink times", tests, NULL, NULL);
}
