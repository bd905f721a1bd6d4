/* SPDX-License-Identifier: MIT */
/* The text of a notice. */
#include "lib/unit.h"

#include "base/arena.h"
#include "trouble/notice.h"

static void times_have_the_zone_of_the_receiver(void **state)
{
	static const struct trouble v[] = {
		{TROUBLE_RECEIVER_FAILING, STR("hook"), INT64_C(1644862835000), STR("HTTP 500")},
	};
	struct zone *zone = zone_new("EET-2");
	struct arena *arena = arena_new(1 << 20);
	struct trouble_notice n = {.kind = TROUBLE_RECEIVER_FAILING, .v = v, .n = 1};
	struct alert a;

	(void)state;
	assert_int_equal(trouble_notice_make(&n, arena, &a), 0);
	assert_non_null(strstr(a.body.p, "hook, since 2022-02-14 18:20 UTC: HTTP 500\n"));
	n.zone = zone;
	assert_int_equal(trouble_notice_make(&n, arena, &a), 0);
	assert_non_null(strstr(a.body.p, "hook, since 2022-02-14 20:20 +02:00: HTTP 500\n"));
	assert_int_equal(a.trouble->v[0].since, v[0].since);
	arena_free(arena);
	zone_free(zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_have_the_zone_of_the_receiver),
	};

	return cmocka_run_group_tests_name("trouble notice", tests, NULL, NULL);
}
