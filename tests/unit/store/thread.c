/* SPDX-License-Identifier: MIT */
/* Alerts about earlier alerts, and what a service calls the message of an earlier one. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/outbox.h"
#include "store/threads.h"

static int64_t raise_one(struct store_fixture *f, const struct alert *a, int64_t item, int64_t tie)
{
	struct store_plan plan = {.notify = STR("desk"), .due_at = 5};
	struct store_raise r = {.alert = a,
		.item = item,
		.edition = tie ? 7 : 0,
		.plans = &plan,
		.n_plans = 1,
		.tie = tie};
	int64_t row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_not_equal(row, 0);
	return row;
}

static int64_t raise_first(struct store_fixture *f, const char *id, int64_t item)
{
	struct alert a = {.id = str_of(id),
		.watch = STR("w"),
		.created = 5,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE};

	return raise_one(f, &a, item, 0);
}

static void an_alert_about_another_is_stored_and_read(void **state)
{
	static const struct {
		enum alert_kind kind;
		const char *first, *id;
	} rows[] = {
		{ALERT_CORRECTED, "al_1", "al_2"},
		{ALERT_WITHDRAWN, "al_3", "al_4"},
		{ALERT_ACKNOWLEDGED, "al_5", "al_6"},
	};
	struct store_fixture *f = *state;
	struct str was = STR("3 dead"), is = STR("30 dead");
	struct alert_change change = {ALERT_TITLE, &was, &is, 1, 1};
	struct alert_earlier of = {STR("al_1"), STR("3 dead"), 86400000};

	for (size_t i = 0; i < 3; i++) {
		int64_t item = make_stored_item(f, rows[i].first), tie;
		struct alert a = {.kind = rows[i].kind,
			.id = str_of(rows[i].id),
			.watch = STR("w"),
			.created = 9,
			.published = STAMP_NONE,
			.fetched = STAMP_NONE,
			.of = &of,
			.cause = STR("its title begins with KILL"),
			.by = STR("duty"),
			.changes = &change,
			.n_changes = rows[i].kind == ALERT_CORRECTED};
		struct alert out;
		int64_t row, first = raise_first(f, rows[i].first, item);

		row = raise_one(f, &a, item, first);
		assert_int_equal(store_alert_get(f->store, row, f->arena, &out, &tie, &f->e), 0);
		assert_int_equal(out.kind, rows[i].kind);
		assert_int_equal(tie, first);
		assert_string_equal(out.of->id.p, "al_1");
		assert_string_equal(out.of->title.p, "3 dead");
		assert_int_equal(out.of->created, 86400000);
		assert_string_equal(out.cause.p, "its title begins with KILL");
		assert_string_equal(out.by.p, "duty");
		assert_int_equal(out.n_changes, a.n_changes);
	}
}

static struct store_receipt read_receipt(struct store_fixture *f, int64_t row)
{
	struct store_receipt receipt;

	assert_int_equal(
		store_delivery_receipt(f->store, STR("desk"), row, f->arena, &receipt, &f->e), 0);
	return receipt;
}

static struct str receipt_of(struct store_fixture *f, int64_t row)
{
	struct store_receipt receipt = read_receipt(f, row);

	assert_false(receipt.of_digest);
	return receipt.text;
}

static void a_receipt_is_that_of_the_message_that_was_sent(void **state)
{
	struct store_fixture *f = *state;
	int64_t one = raise_first(f, "al_1", make_stored_item(f, "1"));
	int64_t two = raise_first(f, "al_2", make_stored_item(f, "2"));

	assert_false(str_present(receipt_of(f, one)));
	assert_int_equal(store_delivery_set_receipt(f->store, one, STR("12.5"), &f->e), 0);
	assert_true(str_is(receipt_of(f, one), "12.5"));
	assert_false(str_present(receipt_of(f, two)));
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, two, STR("desk"), one, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_true(str_is(receipt_of(f, two), "12.5"));
	assert_false(str_present(receipt_of(f, 99)));
}

static void a_receipt_says_that_it_is_of_a_digest(void **state)
{
	struct store_fixture *f = *state;
	int64_t one = raise_first(f, "al_1", make_stored_item(f, "1")), digest;
	const struct alert part = {.id = STR("al_1"), .watch = STR("w"), .published = STAMP_NONE};
	const struct alert_digest parts = {ALERT_WHY_DIGEST, &part, 1, 0};
	const struct alert a = {.kind = ALERT_DIGEST,
		.id = STR("dg_1"),
		.watch = STR("w"),
		.created = 6,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE,
		.digest = &parts};

	digest = raise_one(f, &a, 0, 0);
	assert_int_equal(store_delivery_set_receipt(f->store, digest, STR("12.5"), &f->e), 0);
	assert_false(read_receipt(f, one).of_digest);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, one, STR("desk"), digest, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_true(str_is(read_receipt(f, one).text, "12.5"));
	assert_true(read_receipt(f, one).of_digest);
	assert_true(read_receipt(f, digest).of_digest);
}

static const struct store_thread_delivery *deliveries_of(
	struct store_fixture *f, int64_t row, size_t n)
{
	struct store_thread_delivery *v;
	size_t found;

	assert_int_equal(store_thread_deliveries(f->store, row, f->arena, &v, &found, &f->e), 0);
	assert_int_equal(found, n);
	return v;
}

/* An alert, a correction, and another alert that a message about the item carries. */
static void the_deliveries_of_a_thread_say_where_they_are(void **state)
{
	struct store_fixture *f = *state;
	int64_t item = make_stored_item(f, "1");
	int64_t one = raise_first(f, "al_1", item),
		two = raise_first(f, "al_2", make_stored_item(f, "2"));
	struct alert_earlier of = {STR("al_1"), STR_NONE, 5};
	struct alert a = {.kind = ALERT_CORRECTED,
		.id = STR("al_c"),
		.watch = STR("w"),
		.created = 9,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE,
		.of = &of};
	const struct store_thread_delivery *v;

	(void)raise_one(f, &a, item, one);
	a.kind = ALERT_ACKNOWLEDGED;
	a.id = STR("al_a");
	(void)raise_one(f, &a, make_stored_item(f, "3"), one); /* of no interest */
	v = deliveries_of(f, one, 2);
	assert_int_equal(v[0].state, STORE_PENDING);
	assert_false(v[0].in_message);
	assert_int_equal(v[0].next_at, 5);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, two, STR("desk"), one, &f->e), 0);
	assert_int_equal(store_delivery_replace(f->store, v[0].id, 7, STR("replaced"), &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(deliveries_of(f, one, 2)[0].state, STORE_FOLDED);
	v = deliveries_of(f, two, 1);
	assert_int_equal(v->state, STORE_JOINED);
	assert_true(v->in_message && !v->of_digest);
	assert_int_equal(v->message, STORE_FOLDED);
}

static void threads_of_an_item_are_its_alerts(void **state)
{
	struct store_fixture *f = *state;
	int64_t item = make_stored_item(f, "1"), row = raise_first(f, "al_1", item);
	struct store_thread *v;
	struct str id;
	size_t n;

	assert_int_equal(store_threads(f->store, item, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(v->row, row);
	assert_int_equal(v->last, 5);
	assert_string_equal(v->watch.p, "w");
	assert_int_equal(
		store_thread_edition(f->store, STR("w"), item, 0, f->arena, &id, &f->e), 0);
	assert_string_equal(id.p, "al_1");
	assert_int_equal(
		store_thread_edition(f->store, STR("w"), item, 1, f->arena, &id, &f->e), 0);
	assert_false(str_present(id));
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_alert_about_another_is_stored_and_read),
		T(a_receipt_is_that_of_the_message_that_was_sent),
		T(a_receipt_says_that_it_is_of_a_digest),
		T(the_deliveries_of_a_thread_say_where_they_are),
		T(threads_of_an_item_are_its_alerts),
	};

	return cmocka_run_group_tests_name("store thread", tests, NULL, NULL);
}
