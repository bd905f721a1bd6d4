/* SPDX-License-Identifier: MIT */
/* The subscriptions to hubs that the store keeps. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/websub.h"

static void subscriptions_are_kept(void **state)
{
	struct store_fixture *f = *state;
	struct store_websub w = {.feed = STR("a"),
		.hub = STR("https://hub.example/"),
		.topic = STR("https://a.example/feed"),
		.callback = STR("token"),
		.state = STORE_WEBSUB_ASKED,
		.since = 1,
		.next_at = 2,
		.expires = STAMP_NONE,
		.pushed_at = STAMP_NONE};
	struct store_websub *all;
	size_t n;

	assert_int_equal(store_websub_put(f->store, &w, &f->e), 0);
	w.secret = STR("secret");
	w.state = STORE_WEBSUB_ACTIVE;
	w.expires = 3;
	w.error = STR("no");
	w.failures = 4;
	w.pushed_at = 5;
	w.pushes = 6;
	w.recent = STR("7");
	assert_int_equal(store_websub_put(f->store, &w, &f->e), 0);
	w.feed = STR("b");
	assert_int_equal(store_websub_put(f->store, &w, &f->e), 0);
	assert_int_equal(store_websub_read(f->store, STR("a"), f->arena, &all, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(all[0].hub.p, "https://hub.example/");
	assert_string_equal(all[0].topic.p, "https://a.example/feed");
	assert_string_equal(all[0].callback.p, "token");
	assert_string_equal(all[0].secret.p, "secret");
	assert_string_equal(all[0].error.p, "no");
	assert_string_equal(all[0].recent.p, "7");
	assert_true(all[0].state == STORE_WEBSUB_ACTIVE && all[0].since == 1 &&
		    all[0].next_at == 2 && all[0].expires == 3 && all[0].failures == 4 &&
		    all[0].pushed_at == 5 && all[0].pushes == 6);
	assert_int_equal(store_websub_read(f->store, STR_NONE, f->arena, &all, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(store_websub_drop(f->store, STR("a"), &f->e), 0);
	assert_int_equal(store_websub_read(f->store, STR_NONE, f->arena, &all, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(all[0].feed.p, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
		subscriptions_are_kept, store_fixture_open, store_fixture_close)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
