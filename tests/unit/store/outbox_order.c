/* SPDX-License-Identifier: MIT */
/* In which order waiting deliveries are read. */
#include "lib/unit.h"

#include "store/outbox.h"
#include "store/store.h"
#include "lib/store_fixture.h"

/* The oldest of the most urgent ones that are due. */
static void due_deliveries_come_by_priority(void **state)
{
	static const struct {
		const char *id;
		enum alert_priority priority;
		int64_t due_at;
	} rows[] = {
		{"al_low", ALERT_LOW, 5},
		{"al_urgent", ALERT_URGENT, 5},
		{"al_later", ALERT_FLASH, 6},
		{"al_urgent2", ALERT_URGENT, 4},
		{"al_flash", ALERT_FLASH, 5},
	};
	static const char *const order[] = {"al_flash", "al_urgent", "al_urgent2", "al_low"};
	struct store_fixture *f = *state;
	struct store_due *due;
	size_t n;

	for (size_t i = 0; i < 5; i++) {
		struct store_plan plan = {.notify = STR("desk"), .due_at = rows[i].due_at};
		struct alert a = {.id = str_of(rows[i].id),
			.watch = STR("w"),
			.priority = rows[i].priority,
			.published = STAMP_NONE};
		struct store_raise r = {.alert = &a, .plans = &plan, .n_plans = 1};
		int64_t raised;

		r.item = make_stored_item(f, rows[i].id);
		assert_int_equal(store_begin(f->store, &f->e), 0);
		assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
		assert_int_equal(store_commit(f->store, &f->e), 0);
	}
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 5, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(due[i].d.alert_id.p, order[i]);
	assert_int_equal(due[3].d.rank, ALERT_LOW);
}

static int64_t raise_tied(struct store_fixture *f, const char *id, int64_t tie)
{
	struct store_plan plan = {.notify = STR("desk"), .due_at = 5};
	struct alert a = {.id = str_of(id), .watch = STR("w"), .published = STAMP_NONE};
	struct store_raise r = {.alert = &a, .plans = &plan, .n_plans = 1, .tie = tie};
	int64_t raised;

	r.item = make_stored_item(f, id);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return raised;
}

static bool is_tied(struct store_fixture *f, const char *notify, int64_t tie, int64_t id)
{
	bool yes;

	assert_int_equal(store_delivery_is_tied(f->store, str_of(notify), tie, id, &yes, &f->e), 0);
	return yes;
}

/* Deliveries 1, 2 and 3 are of one alert and two that belong to it. */
static void what_belongs_to_an_alert_waits_for_it(void **state)
{
	struct store_fixture *f = *state;
	struct alert a;
	int64_t first = raise_tied(f, "al_1", 0), second = raise_tied(f, "al_2", first), tie;

	(void)raise_tied(f, "al_3", first);
	assert_int_equal(store_alert_get(f->store, second, f->arena, &a, &tie, &f->e), 0);
	assert_int_equal(tie, first);
	assert_true(is_tied(f, "desk", first, 2) && is_tied(f, "desk", first, 3));
	assert_false(is_tied(f, "desk", first, 1));
	assert_false(is_tied(f, "mail", first, 3));
	assert_false(is_tied(f, "desk", second, 2));
	assert_int_equal(
		store_delivery_update(f->store, 1, STORE_DELIVERED, 0, 6, STR_NONE, &f->e), 0);
	assert_false(is_tied(f, "desk", first, 2));
	assert_true(is_tied(f, "desk", first, 3));
	assert_int_equal(store_delivery_update(f->store, 2, STORE_HELD, 9, 6, STR_NONE, &f->e), 0);
	assert_true(is_tied(f, "desk", first, 3));
	assert_int_equal(store_delivery_update(f->store, 2, STORE_DEAD, 0, 6, STR_NONE, &f->e), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(due_deliveries_come_by_priority),
		T(what_belongs_to_an_alert_waits_for_it),
	};

	return cmocka_run_group_tests_name("store outbox order", tests, NULL, NULL);
}
