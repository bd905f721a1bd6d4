/* SPDX-License-Identifier: MIT */
/* How much happened when. */
#include "lib/unit.h"

#include "lib/archive_fixture.h"
#include "store/activity.h"
#include "store/outbox.h"
#include "store/threads.h"

#define HOUR CLOCK_HOUR

static int64_t raise(struct store_fixture *f, const char *id, const char *watch,
	enum alert_priority priority, int64_t at, enum alert_kind kind)
{
	const struct store_plan plans[] = {{.notify = STR("desk"), .due_at = at},
		{.notify = STR("mail"), .state = STORE_SILENCED, .due_at = at}};
	const struct alert a = {.id = str_of(id),
		.kind = kind,
		.watch = str_of(watch),
		.priority = priority,
		.created = at,
		.published = STAMP_NONE,
		.fetched = at,
		.trouble = &(const struct alert_trouble){
			.kind = STR("disk-full"), .advice = STR("x")}};
	const struct store_raise r = {.alert = &a,
		.item = kind == ALERT_TROUBLE_BEGAN ? 0 : make_stored_item(f, id),
		.plans = plans,
		.n_plans = 2};
	int64_t row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return row;
}

static void alerts_are_counted_by_period_watch_and_priority(void **state)
{
	struct store_fixture *f = *state;
	int64_t counts[3];
	const struct store_activity a = {
		.since = 10 * HOUR, .step = HOUR, .n = 3, .counts = counts};
	struct store_activity_ranks ranks;
	struct store_activity_watch *watches;
	int64_t row;
	size_t n;

	raise(f, "al_1", "kyiv", ALERT_FLASH, 10 * HOUR - 1, ALERT_CREATED);
	raise(f, "al_2", "kyiv", ALERT_FLASH, 10 * HOUR, ALERT_CREATED);
	raise(f, "al_3", "grid", ALERT_LOW, 12 * HOUR + 5, ALERT_UPDATED);
	raise(f, "al_4", "kyiv", ALERT_LOW, 12 * HOUR + 5, ALERT_CREATED);
	raise(f, "al_5", "kyiv", ALERT_LOW, 13 * HOUR, ALERT_CREATED);
	raise(f, "tr_1", "nightdesk", ALERT_URGENT, 11 * HOUR, ALERT_TROUBLE_BEGAN);
	assert_int_equal(store_activity_alerts(f->store, &a, STR_NONE, &ranks, &f->e), 0);
	assert_true(counts[0] == 1 && counts[1] == 0 && counts[2] == 2);
	assert_true(ranks.v[ALERT_FLASH] == 1 && ranks.v[ALERT_LOW] == 2);
	assert_int_equal(store_activity_alerts(f->store, &a, STR("grid"), NULL, &f->e), 0);
	assert_true(counts[0] == 0 && counts[1] == 0 && counts[2] == 1);
	assert_int_equal(store_activity_oldest(f->store, STR("kyiv"), 0, 2, &row, &f->e), 0);
	assert_int_equal(row, 4);
	assert_int_equal(store_activity_oldest(f->store, STR("kyiv"), 4, 5, &row, &f->e), 0);
	assert_int_equal(row, 1);
	assert_int_equal(store_activity_oldest(f->store, STR("none"), 0, 2, &row, &f->e), 0);
	assert_int_equal(row, 0);
	assert_int_equal(
		store_activity_watches(f->store, 10 * HOUR, f->arena, &watches, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_true(str_is(watches[0].watch, "grid") && watches[0].alerts == 1);
	assert_true(str_is(watches[1].watch, "kyiv") && watches[1].alerts == 3 &&
		    watches[1].last == 13 * HOUR);
}

static void items_of_a_feed_are_counted_by_when_they_were_seen(void **state)
{
	struct store_fixture *f = *state;
	int64_t feed = make_feed(f, "a", 0), other = make_feed(f, "b", 0), counts[2], rows[3];
	const struct store_activity a = {.since = 100, .step = 100, .n = 2, .counts = counts};
	size_t n;
	int64_t first = archive_put(f, feed, 99, "1", "one", "x");
	int64_t second = archive_put(f, feed, 100, "2", "two", "x");
	int64_t third = archive_put(f, feed, 299, "3", "three", "x");

	archive_put(f, other, 150, "4", "four", "x");
	assert_int_equal(store_activity_items(f->store, &a, feed, &f->e), 0);
	assert_true(counts[0] == 1 && counts[1] == 1);
	assert_int_equal(store_feed_items(f->store, feed, rows, 3, &n, &f->e), 0);
	assert_true(n == 3 && rows[0] == third && rows[1] == second && rows[2] == first);
	assert_int_equal(store_feed_items(f->store, feed, rows, 2, &n, &f->e), 0);
	assert_int_equal(n, 2);
}

/* What is part of a digest is where the digest is. */
static void deliveries_are_counted_by_receiver(void **state)
{
	struct store_fixture *f = *state;
	struct store_activity_receiver *v;
	int64_t digest, row;
	size_t n;

	raise(f, "al_0", "kyiv", ALERT_LOW, 5, ALERT_CREATED);
	row = raise(f, "al_1", "kyiv", ALERT_LOW, 10, ALERT_CREATED);
	raise(f, "al_2", "kyiv", ALERT_LOW, 11, ALERT_CREATED);
	digest = raise(f, "al_3", "kyiv", ALERT_LOW, 12, ALERT_CREATED);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, row, STR("desk"), digest, &f->e), 0);
	assert_int_equal(
		store_delivery_update(f->store, 7, STORE_DELIVERED, 0, 20, STR("ok"), &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(store_activity_receivers(f->store, 10, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(v[0].notify.p, "desk");
	assert_int_equal(v[0].deliveries[STORE_DELIVERED], 2);
	assert_int_equal(v[0].deliveries[STORE_PENDING], 1);
	assert_int_equal(v[0].delivered_at, 20);
	assert_string_equal(v[1].notify.p, "mail");
	assert_int_equal(v[1].deliveries[STORE_SILENCED], 3);
	assert_int_equal(v[1].delivered_at, STAMP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)
		TEST(alerts_are_counted_by_period_watch_and_priority),
		TEST(items_of_a_feed_are_counted_by_when_they_were_seen),
		TEST(deliveries_are_counted_by_receiver),
	};

	return cmocka_run_group_tests_name("store/activity", tests, NULL, NULL);
}
