/* SPDX-License-Identifier: MIT */
/* Troubles that were reported, and their notices, which have no item. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/troubles.h"

static void put(struct store_fixture *f, const char *kind, const char *subject, int64_t since)
{
	const struct store_trouble t = {str_of(kind), str_of(subject), since, STR("why")};

	assert_int_equal(store_trouble_put(f->store, &t, &f->e), 0);
}

static void what_was_told_is_remembered(void **state)
{
	struct store_fixture *f = *state;
	struct store_trouble *v;
	size_t n;

	put(f, "feed-failing", "b", 20);
	put(f, "disk-full", NULL, 10);
	put(f, "feed-failing", "a", 30);
	put(f, "feed-failing", "b", 25);
	assert_int_equal(store_trouble_drop(f->store, STR("feed-failing"), STR("a"), &f->e), 0);
	assert_int_equal(store_troubles(f->store, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_true(str_is(v[0].kind, "disk-full") && str_is(v[0].subject, ""));
	assert_true(str_is(v[1].subject, "b") && str_is(v[1].detail, "why"));
	assert_int_equal(v[1].since, 25);
	assert_int_equal(store_trouble_drop(f->store, STR("disk-full"), STR_NONE, &f->e), 0);
	assert_int_equal(store_troubles(f->store, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 1);
}

static void raise_notice(struct store_fixture *f, const char *id, int64_t at)
{
	static const struct alert_trouble_part part = {STR("b"), STR("HTTP 500"), 1000};
	static const struct alert_trouble trouble = {
		STR("feed-failing"), STR("look"), true, &part, 1, 3};
	const struct store_plan plan = {.notify = STR("desk"), .due_at = at};
	const struct alert a = {.kind = ALERT_TROUBLE_BEGAN,
		.id = str_of(id),
		.created = at,
		.watch = STR("nightdesk"),
		.title = STR("4 feeds fail"),
		.published = STAMP_NONE,
		.fetched = STAMP_NONE,
		.trouble = &trouble};
	const struct store_raise r = {.alert = &a, .plans = &plan, .n_plans = 1};
	int64_t row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_true(row > 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

static int count_alert(void *ctx, const struct store_alert_row *row)
{
	(void)row;
	++*(int *)ctx;
	return 0;
}

static int count_alerts(struct store_fixture *f, const char *id)
{
	const struct store_alert_filter filter = {.id = str_of(id), .since = STAMP_NONE};
	int n = 0;

	assert_int_equal(store_alert_each(f->store, &filter, count_alert, &n, &f->e), 0);
	return n;
}

static void a_notice_is_delivered_and_is_no_alert(void **state)
{
	struct store_fixture *f = *state;
	const struct alert_trouble *t;
	struct store_due *due;
	struct metrics m;
	size_t n;

	raise_notice(f, "tr_1", 5);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 5, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(due->alert.kind, ALERT_TROUBLE_BEGAN);
	t = due->alert.trouble;
	assert_true(str_is(t->kind, "feed-failing") && str_is(t->advice, "look") && t->person);
	assert_true(t->n == 1 && t->left_out == 3);
	assert_true(str_is(t->v[0].subject, "b") && str_is(t->v[0].detail, "HTTP 500"));
	assert_int_equal(t->v[0].since, 1000);
	metrics_init(&m);
	assert_int_equal(store_metrics(f->store, &m, &f->e), 0);
	assert_int_equal(m.alerts_stored, 0);
	assert_int_equal(count_alerts(f, NULL), 0);
	assert_int_equal(count_alerts(f, "tr_1"), 1);
}

static void notices_expire(void **state)
{
	struct store_fixture *f = *state;
	struct store_due *due;
	bool more = true;
	size_t n;

	raise_notice(f, "tr_old", 5);
	raise_notice(f, "tr_pending", 6);
	raise_notice(f, "tr_new", 3 * DAY);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 5, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(
		store_delivery_update(f->store, due->d.id, STORE_DELIVERED, 5, 5, STR_NONE, &f->e),
		0);
	while (more)
		assert_int_equal(store_expire(f->store, 2 * DAY, 100, &more, &f->e), 0);
	assert_int_equal(count_alerts(f, "tr_old"), 0);
	assert_int_equal(count_alerts(f, "tr_pending"), 1);
	assert_int_equal(count_alerts(f, "tr_new"), 1);
}

static void waiting_deliveries_are_counted(void **state)
{
	struct store_fixture *f = *state;
	struct store_waiting *v;
	size_t n;

	assert_int_equal(store_outbox_waiting(f->store, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 0);
	raise_notice(f, "tr_1", 5);
	raise_notice(f, "tr_2", 5);
	assert_int_equal(store_outbox_waiting(f->store, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_true(str_is(v[0].notify, "desk") && v[0].deliveries == 2);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, store_fixture_open, store_fixture_close)
	const struct CMUnitTest tests[] = {
		TEST(what_was_told_is_remembered),
		TEST(a_notice_is_delivered_and_is_no_alert),
		TEST(notices_expire),
		TEST(waiting_deliveries_are_counted),
	};

	return cmocka_run_group_tests_name("store troubles", tests, NULL, NULL);
}
