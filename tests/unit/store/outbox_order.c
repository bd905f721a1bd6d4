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

/* In a transaction. */
static int64_t raise_tied_digest(struct store_fixture *f)
{
	struct store_plan plan = {.notify = STR("desk"), .due_at = 5};
	struct alert a = {.kind = ALERT_DIGEST,
		.id = STR("dg_1"),
		.watch = STR("w"),
		.published = STAMP_NONE,
		.digest = &(struct alert_digest){ALERT_WHY_FLOOD, NULL, 0, 0}};
	struct store_raise r = {.alert = &a, .plans = &plan, .n_plans = 1};
	int64_t raised;

	assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
	return raised;
}

static void check_due(struct store_fixture *f, const char *notify, const char *expected)
{
	char found[64] = "";
	int64_t ids[16];
	size_t n;

	assert_int_equal(store_outbox_ids(f->store, str_of(notify), 5, ids, 16, &n, &f->e), 0);
	for (size_t i = 0; i < n; i++)
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%lld",
			i ? " " : "", (long long)ids[i]);
	assert_string_equal(found, expected);
}

static bool has_tied(struct store_fixture *f, const char *notify)
{
	bool yes;

	assert_int_equal(store_outbox_has_tied(f->store, str_of(notify), 5, &yes, &f->e), 0);
	return yes;
}

static void end_delivery(struct store_fixture *f, int64_t id, enum store_delivery_state state)
{
	assert_int_equal(store_delivery_update(f->store, id, state, 9, 6, STR_NONE, &f->e), 0);
}

/* Deliveries 1, 2 and 3 are of one alert and two that belong to it; 4 is of another. */
static void what_belongs_to_an_alert_waits_for_it(void **state)
{
	struct store_fixture *f = *state;
	struct alert a;
	int64_t first = raise_tied(f, "al_1", 0), second = raise_tied(f, "al_2", first), tie;

	(void)raise_tied(f, "al_3", first);
	(void)raise_tied(f, "al_4", 0);
	assert_int_equal(store_alert_get(f->store, second, f->arena, &a, &tie, &f->e), 0);
	assert_int_equal(tie, first);
	check_due(f, "desk", "1 4");
	check_due(f, "mail", "");
	assert_true(has_tied(f, "desk"));
	assert_false(has_tied(f, "mail"));
	end_delivery(f, 1, STORE_DELIVERED);
	check_due(f, "desk", "2 4");
	end_delivery(f, 2, STORE_DEAD);
	check_due(f, "desk", "3 4");
	end_delivery(f, 3, STORE_DELIVERED);
	assert_false(has_tied(f, "desk"));
}

/* What is held may be held all night; an urgent update does not wait for it. */
static void a_held_delivery_ties_nothing(void **state)
{
	struct store_fixture *f = *state;
	int64_t first = raise_tied(f, "al_1", 0);

	(void)raise_tied(f, "al_2", first);
	check_due(f, "desk", "1");
	end_delivery(f, 1, STORE_HELD);
	check_due(f, "desk", "2");
}

/* The digest with the alert comes before what belongs to the alert. */
static void a_digest_comes_before_what_belongs_to_its_alerts(void **state)
{
	struct store_fixture *f = *state;
	int64_t first = raise_tied(f, "al_1", 0), digest;

	(void)raise_tied(f, "al_2", first);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	digest = raise_tied_digest(f);
	assert_int_equal(store_delivery_join(f->store, first, STR("desk"), digest, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	check_due(f, "desk", "3");
	end_delivery(f, 3, STORE_DELIVERED);
	check_due(f, "desk", "2");
}

/* However many wait for others, the receiver gets what does not. */
static void tied_ones_hide_no_others(void **state)
{
	struct store_fixture *f = *state;
	int64_t first = raise_tied(f, "al_1", 0), ids[2];
	char id[16];
	size_t n;

	for (int i = 0; i < 40; i++) {
		snprintf(id, sizeof(id), "al_t%d", i);
		(void)raise_tied(f, id, first);
	}
	(void)raise_tied(f, "al_other", 0);
	assert_int_equal(store_outbox_ids(f->store, STR("desk"), 5, ids, 2, &n, &f->e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(ids[1], 42);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(due_deliveries_come_by_priority),
		T(what_belongs_to_an_alert_waits_for_it),
		T(a_held_delivery_ties_nothing),
		T(a_digest_comes_before_what_belongs_to_its_alerts),
		T(tied_ones_hide_no_others),
	};

	return cmocka_run_group_tests_name("store outbox order", tests, NULL, NULL);
}
