/* SPDX-License-Identifier: MIT */
/* Messages that are sent again while their alert is open. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/outbox.h"

/* Raises an alert with one delivery, whose id equals its row here. */
static int64_t raise_alert(
	struct store_fixture *f, const char *id, enum alert_kind kind, int64_t tie)
{
	static const struct alert_earlier of = {STR("al_1"), STR("x"), 5};
	struct store_plan plan = {.notify = STR("desk"), .due_at = 5};
	struct alert a = {.id = str_of(id),
		.kind = kind,
		.watch = STR("w"),
		.created = 5,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE,
		.of = kind >= ALERT_CORRECTED ? &of : NULL};
	struct store_raise r = {.alert = &a, .plans = &plan, .n_plans = 1, .tie = tie};
	int64_t row;

	r.item = make_stored_item(f, id);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_not_equal(row, 0);
	return row;
}

static void deliver(struct store_fixture *f, int64_t id)
{
	assert_int_equal(
		store_delivery_update(f->store, id, STORE_DELIVERED, 9, 9, STR("ok"), &f->e), 0);
}

/* The deliveries that are sent again at `now`, as digits: "12". */
static const char *due(struct store_fixture *f, int64_t now)
{
	static char text[16];
	int64_t ids[8];
	size_t n;

	assert_int_equal(store_repeat_ids(f->store, STR("desk"), now, ids, 8, &n, &f->e), 0);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)('0' + ids[i]);
	text[n] = '\0';
	return text;
}

static int64_t next(struct store_fixture *f, int64_t now)
{
	int64_t at;

	assert_int_equal(store_repeat_next(f->store, STR("desk"), now, &at, &f->e), 0);
	return at;
}

static void a_delivered_message_is_due_again(void **state)
{
	struct store_fixture *f = *state;
	int64_t one = raise_alert(f, "al_1", ALERT_CREATED, 0),
		two = raise_alert(f, "al_2", ALERT_CREATED, 0);

	/* What waits is not sent again. */
	assert_int_equal(store_repeat_add(f->store, one, 100, 1000, &f->e), 0);
	assert_string_equal(due(f, 5000), "");
	deliver(f, one);
	deliver(f, two);
	assert_int_equal(store_repeat_add(f->store, one, 200, 1000, &f->e), 0);
	assert_int_equal(store_repeat_add(f->store, two, 100, 1000, &f->e), 0);
	assert_string_equal(due(f, 99), "");
	assert_int_equal(next(f, 99), 100);
	assert_string_equal(due(f, 100), "2");
	assert_int_equal(next(f, 100), 200);
	assert_string_equal(due(f, 200), "21");
	assert_int_equal(next(f, 200), STAMP_NONE);
	assert_int_equal(store_repeat_move(f->store, two, 300, &f->e), 0);
	assert_string_equal(due(f, 200), "1");
	assert_int_equal(store_repeat_drop(f->store, one, &f->e), 0);
	assert_string_equal(due(f, 300), "2");
	/* It survives a restart, and follows the clock. */
	store_close(f->store);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	assert_string_equal(due(f, 300), "2");
	assert_int_equal(store_outbox_shift(f->store, 50, 400, &f->e), 0);
	assert_string_equal(due(f, 349), "");
	assert_string_equal(due(f, 350), "2");
	/* It is over at its time. */
	assert_int_equal(store_repeat_move(f->store, two, 1049, &f->e), 0);
	assert_string_equal(due(f, 1049), "2");
	assert_string_equal(due(f, 1050), "");
	assert_string_equal(due(f, INT64_MAX), "2");
	assert_int_equal(store_repeat_move(f->store, two, 1050, &f->e), 0);
	assert_string_equal(due(f, 5000), "");
	assert_int_equal(store_repeat_add(f->store, one, 1000, 1000, &f->e), 0);
	assert_string_equal(due(f, 5000), "");
}

static void what_closes_an_alert_ends_its_repeats(void **state)
{
	static const struct {
		enum alert_kind kind;
		const char *due;
	} rows[] = {{ALERT_CORRECTED, "124"}, {ALERT_ACKNOWLEDGED, "4"}, {ALERT_WITHDRAWN, "4"}};

	for (size_t i = 0; i < 3; i++) {
		struct store_fixture *f = *state;
		int64_t one = raise_alert(f, "al_1", ALERT_CREATED, 0),
			two = raise_alert(f, "al_2", ALERT_UPDATED, one),
			three = raise_alert(f, "al_3", ALERT_UPDATED, one),
			other = raise_alert(f, "al_4", ALERT_CREATED, 0);
		const int64_t all[] = {one, two, other};

		for (size_t k = 0; k < 3; k++) {
			deliver(f, all[k]);
			assert_int_equal(store_repeat_add(f->store, all[k], 100, 1000, &f->e), 0);
		}
		deliver(f, three);
		assert_string_equal(due(f, 100), "124");
		raise_alert(f, "al_5", rows[i].kind, one);
		assert_string_equal(due(f, 100), rows[i].due);
		/* An attempt that was under way. */
		assert_int_equal(store_repeat_move(f->store, one, 101, &f->e), 0);
		assert_string_equal(due(f, 100), i ? "4" : "24");
		assert_int_equal(store_repeat_add(f->store, three, 99, 1000, &f->e), 0);
		assert_string_equal(due(f, 100), i ? "4" : "324");
		store_fixture_close(state);
		store_fixture_open(state);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_delivered_message_is_due_again),
		T(what_closes_an_alert_ends_its_repeats),
	};

	return cmocka_run_group_tests_name("store repeats", tests, NULL, NULL);
}
