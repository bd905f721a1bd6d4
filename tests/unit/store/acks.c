/* SPDX-License-Identifier: MIT */
/* Who has taken an alert. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/acks.h"
#include "store/escalations.h"
#include "store/outbox.h"

static int64_t raise_alert(
	struct store_fixture *f, const struct alert *a, int64_t item, int64_t tie)
{
	static const struct store_plan plans[] = {{.notify = STR("desk"), .due_at = 5},
		{.notify = STR("late"), .state = STORE_HELD, .due_at = 5, .group = STR("digest")}};
	struct store_raise r = {
		.alert = a, .item = item, .edition = 1, .plans = plans, .n_plans = 2, .tie = tie};
	int64_t row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_not_equal(row, 0);
	return row;
}

static struct alert make_alert(const char *id, enum alert_kind kind, const char *watch)
{
	return (struct alert){.kind = kind,
		.id = str_of(id),
		.watch = str_of(watch),
		.created = 5,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE};
}

static int64_t raise_one(struct store_fixture *f, const char *id, enum alert_kind kind,
	const char *watch, int64_t item)
{
	const struct alert a = make_alert(id, kind, watch);

	return raise_alert(f, &a, item, 0);
}

static struct store_ack put(struct store_fixture *f, const char *id, const char *by, int64_t now)
{
	struct store_ack v;

	assert_int_equal(
		store_ack_put(f->store, str_of(id), str_of(by), now, f->arena, &v, &f->e), 0);
	return v;
}

static int note_row(void *ctx, const struct store_alert_row *row)
{
	struct store_alert_row *out = ctx;

	out->acked_at = row->acked_at;
	assert_int_equal(str_present(row->acked_by), row->acked_at != STAMP_NONE);
	out->row++;
	return 0;
}

/* STAMP_NONE: not acknowledged. */
static int64_t acked_at(struct store_fixture *f, const char *id)
{
	const struct store_alert_filter by = {.id = str_of(id), .since = STAMP_NONE};
	struct store_alert_row row = {.row = 0};

	assert_int_equal(store_alert_each(f->store, &by, note_row, &row, &f->e), 0);
	assert_int_equal(row.row, 1);
	return row.acked_at;
}

static void the_first_acknowledgement_stays(void **state)
{
	struct store_fixture *f = *state;
	struct store_ack v;

	raise_one(f, "al_1", ALERT_CREATED, "w", make_stored_item(f, "1"));
	assert_int_equal(put(f, "al_2", "anna", 10).result, STORE_ACK_UNKNOWN);
	assert_int_equal(acked_at(f, "al_1"), STAMP_NONE);
	v = put(f, "al_1", "anna", 10);
	assert_int_equal(v.result, STORE_ACK_FIRST);
	assert_true(str_is(v.id, "al_1") && str_is(v.by, "anna") && v.at == 10);
	v = put(f, "al_1", "bert", 20);
	assert_int_equal(v.result, STORE_ACK_EARLIER);
	assert_true(str_is(v.id, "al_1") && str_is(v.by, "anna") && v.at == 10);
	assert_int_equal(acked_at(f, "al_1"), 10);
}

/* A correction stands for the alert; a trouble and a report need none. */
static void notices_are_of_an_alert_or_of_none(void **state)
{
	struct store_fixture *f = *state;
	int64_t item = make_stored_item(f, "1");
	int64_t first = raise_one(f, "al_1", ALERT_CREATED, "w", item);
	struct alert_earlier of = {.id = STR("al_1"), .created = 5};
	struct alert_trouble trouble = {.kind = STR("disk-full")};
	struct alert a = make_alert("co_1", ALERT_CORRECTED, "w");
	struct store_ack v;

	a.of = &of;
	raise_alert(f, &a, 0, first);
	a = make_alert("tr_1", ALERT_TROUBLE_BEGAN, "");
	a.trouble = &trouble;
	raise_alert(f, &a, 0, 0);
	v = put(f, "tr_1", "anna", 10);
	assert_int_equal(v.result, STORE_ACK_NOTICE);
	assert_true(str_is(v.id, "tr_1"));
	v = put(f, "co_1", "anna", 10);
	assert_int_equal(v.result, STORE_ACK_FIRST);
	assert_true(str_is(v.id, "al_1"));
	assert_int_equal(acked_at(f, "al_1"), 10);
	assert_int_equal(acked_at(f, "co_1"), STAMP_NONE);
}

static void join(struct store_fixture *f, int64_t part, int64_t into)
{
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, part, STR("desk"), into, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

/* Alerts of one item are in one message; those of a digest are not. */
static void alerts_of_one_message_are_acknowledged_together(void **state)
{
	static const struct {
		const char *id;
		bool together[5]; /* al_1 to al_4, dg_5 */
	} rows[] = {
		{"al_1", {true, true, true, false, false}},
		{"al_2", {true, true, true, false, false}},
		{"al_4", {false, false, false, true, false}},
		{"dg_5", {false, false, false, true, true}},
	};
	static const char *const ids[] = {"al_1", "al_2", "al_3", "al_4", "dg_5"};
	struct alert_digest digest = {.why = ALERT_WHY_QUIET};
	struct alert a = make_alert("dg_5", ALERT_DIGEST, "w");

	a.digest = &digest;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct store_fixture *f;
		int64_t item, row[5];

		assert_int_equal(store_fixture_open((void **)&f), 0);
		item = make_stored_item(f, "1");
		row[0] = raise_one(f, ids[0], ALERT_CREATED, "a", item);
		row[1] = raise_one(f, ids[1], ALERT_CREATED, "b", item);
		row[2] = raise_one(f, ids[2], ALERT_CREATED, "c", item);
		row[3] = raise_one(f, ids[3], ALERT_CREATED, "a", make_stored_item(f, "2"));
		row[4] = raise_alert(f, &a, 0, 0);
		join(f, row[1], row[0]);
		join(f, row[2], row[0]);
		join(f, row[3], row[4]);
		put(f, rows[i].id, "anna", 10);
		for (size_t k = 0; k < 5; k++)
			assert_int_equal(acked_at(f, ids[k]) == 10, rows[i].together[k]);
		store_fixture_close((void **)&f);
	}
	(void)state;
}

struct seen {
	char ids[64];
};

static int add_id(void *ctx, const struct store_alert_row *row)
{
	struct seen *s = ctx;

	strcat(s->ids, row->alert.id.p + 3);
	return 0;
}

static void alerts_are_chosen_by_what_they_need(void **state)
{
	static const struct {
		struct store_alert_filter by;
		const char *ids;
	} rows[] = {
		{{.since = STAMP_NONE}, "4321"},
		{{.since = STAMP_NONE, .unacknowledged = true}, "431"},
		{{.since = STAMP_NONE, .priority = 1 + ALERT_FLASH}, "1"},
		{{.since = STAMP_NONE, .priority = 1 + ALERT_URGENT}, "21"},
		{{.since = STAMP_NONE, .priority = 1 + ALERT_NORMAL}, "321"},
		{{.since = STAMP_NONE, .priority = 1 + ALERT_LOW}, "4321"},
		{{.since = STAMP_NONE, .state = 1 + STORE_DELIVERED}, "3"},
		{{.since = STAMP_NONE, .state = 1 + STORE_HELD}, "4321"},
		{{.since = STAMP_NONE, .ascending = true, .after = 2}, "34"},
		{{.since = STAMP_NONE, .ascending = true, .after = 2, .limit = 1}, "3"},
		{{.since = 7, .ascending = true}, "34"},
		{{.since = STAMP_NONE, .before = 3}, "21"},
		{{.since = STAMP_NONE, .before = 4, .limit = 2}, "32"},
	};
	struct store_fixture *f = *state;
	int64_t last;

	for (int i = 0; i < 4; i++) {
		char id[8];
		struct alert a;

		snprintf(id, sizeof(id), "al_%d", i + 1);
		a = make_alert(id, ALERT_CREATED, "w");
		a.priority = (enum alert_priority)i;
		a.created = 5 + i;
		raise_alert(f, &a, make_stored_item(f, id), 0);
	}
	put(f, "al_2", "anna", 10);
	assert_int_equal(
		store_delivery_update(f->store, 5, STORE_DELIVERED, 0, 10, STR("ok"), &f->e), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = {""};

		assert_int_equal(store_alert_each(f->store, &rows[i].by, add_id, &seen, &f->e), 0);
		assert_string_equal(seen.ids, rows[i].ids);
	}
	assert_int_equal(store_alert_last(f->store, &last, &f->e), 0);
	assert_int_equal(last, 4);
}

static int note_delivery(void *ctx, const struct store_due *row)
{
	*(int64_t *)ctx = *(int64_t *)ctx * 10 + row->d.id;
	return 0;
}

static void deliveries_are_paged_by_id(void **state)
{
	struct store_delivery_filter by = {.state = -1, .since = STAMP_NONE, .before = 3};
	struct alert a = make_alert("al_1", ALERT_CREATED, "w");
	struct store_fixture *f = *state;
	int64_t ids = 0;

	raise_alert(f, &a, make_stored_item(f, "al_1"), 0);
	a.id = STR("al_2");
	raise_alert(f, &a, make_stored_item(f, "al_2"), 0);
	assert_int_equal(store_delivery_each(f->store, &by, note_delivery, &ids, &f->e), 0);
	assert_int_equal(ids, 21);
}

/* --- who is asked --- */

/* Delivers the alert with that row to desk, as a message with a receipt. */
static void deliver(struct store_fixture *f, int64_t delivery, const char *receipt)
{
	assert_int_equal(
		store_delivery_update(f->store, delivery, STORE_DELIVERED, 0, 10, STR("ok"), &f->e),
		0);
	assert_int_equal(store_delivery_set_receipt(f->store, delivery, str_of(receipt), &f->e), 0);
}

/* The messages that are asked about: "al_1 desk R1, …". */
static const char *asked(struct store_fixture *f, int64_t now)
{
	struct store_asked *v;
	struct buf out;
	const char *text;
	bool any;
	size_t n;

	buf_init(&out, 4096);
	assert_int_equal(store_asked(f->store, now, 100, f->arena, &v, &n, &f->e), 0);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%.*s %.*s %.*s", i ? ", " : "", STR_ARG(v[i].alert),
			STR_ARG(v[i].notify), STR_ARG(v[i].receipt));
	assert_int_equal(store_asked_any(f->store, now, &any, &f->e), 0);
	assert_true(any || !n);
	text = arena_str(f->arena, buf_str(&out)).p;
	buf_release(&out);
	return text ? text : "";
}

static bool asks(struct store_fixture *f, int64_t delivery)
{
	struct store_outgoing out;

	assert_int_equal(store_delivery_get(f->store, delivery, f->arena, &out, &f->e), 0);
	return out.asks;
}

static void escalate(struct store_fixture *f, int64_t row)
{
	const struct store_addition a = {
		.alert = row, .id = STR("x"), .now = 20, .escalated = 600000};
	static const struct store_plan plan = {.notify = STR("phone"), .due_at = 20};

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_escalation_deliver(f->store, &a, &plan, &f->e), 0);
	assert_int_equal(store_escalation_end(f->store, row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

/* While it escalates, and a day after the last step; not once somebody has it. */
static void people_are_asked_while_an_alert_waits(void **state)
{
	struct store_fixture *f = *state;
	int64_t row = raise_one(f, "al_1", ALERT_CREATED, "w", make_stored_item(f, "1"));
	bool any;

	raise_one(f, "al_2", ALERT_CREATED, "w", make_stored_item(f, "2"));
	assert_false(asks(f, 1));
	assert_int_equal(store_asked_any(f->store, 10, &any, &f->e), 0);
	assert_false(any);
	assert_int_equal(store_escalation_add(f->store, row, 50, false, &f->e), 0);
	assert_true(asks(f, 1));
	assert_false(asks(f, 3));
	assert_string_equal(asked(f, 10), "");
	assert_int_equal(store_asked_any(f->store, 10, &any, &f->e), 0);
	assert_true(any);
	deliver(f, 1, "C1 16.5");
	deliver(f, 3, "C1 16.6");
	assert_string_equal(asked(f, 10), "al_1 desk C1 16.5");
	escalate(f, row);
	deliver(f, 5, "-100 7");
	assert_true(asks(f, 5));
	assert_string_equal(
		asked(f, 20 + STORE_ASKED_MS - 1), "al_1 desk C1 16.5, al_1 phone -100 7");
	assert_string_equal(asked(f, 20 + STORE_ASKED_MS), "");
	put(f, "al_1", "anna", 30);
	assert_false(asks(f, 5));
	assert_string_equal(asked(f, 30), "");
}

/* An alert in the message of another one, or in a digest, is asked about by that. */
static void a_message_with_several_alerts_is_asked_about_once(void **state)
{
	struct store_fixture *f = *state;
	int64_t item = make_stored_item(f, "1");
	int64_t one = raise_one(f, "al_1", ALERT_CREATED, "w", item);
	int64_t two = raise_one(f, "al_2", ALERT_CREATED, "v", item);

	assert_int_equal(store_escalation_add(f->store, two, 50, false, &f->e), 0);
	join(f, two, one);
	assert_true(asks(f, 1));
	deliver(f, 1, "$e");
	assert_string_equal(asked(f, 10), "al_1 desk $e");
	assert_int_equal(store_delivery_forget_receipt(f->store, STR("desk"), two, &f->e), 0);
	assert_string_equal(asked(f, 10), "");
}

/* What an acknowledgement changes names all that the message named; a digest is not changed. */
static void an_acknowledgement_names_what_its_message_named(void **state)
{
	struct store_fixture *f = *state;
	int64_t item = make_stored_item(f, "1");
	struct alert_earlier of = {.id = STR("al_1"), .created = 5};
	struct alert a = make_alert("ak_1", ALERT_ACKNOWLEDGED, "w");
	struct store_outgoing out;
	int64_t one = raise_one(f, "al_1", ALERT_CREATED, "w", item), two, notice;

	two = raise_one(f, "al_2", ALERT_CREATED, "v", item);
	join(f, two, one);
	deliver(f, 1, "$e");
	a.of = &of;
	a.by = STR("anna");
	notice = raise_alert(f, &a, 0, one);
	assert_int_equal(notice, 3);
	assert_int_equal(store_delivery_get(f->store, 5, f->arena, &out, &f->e), 0);
	assert_int_equal(out.also.n_also, 1);
	assert_string_equal(out.also.also[0].watch.p, "v");
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_acknowledgement_stays),
		T(notices_are_of_an_alert_or_of_none),
		cmocka_unit_test(alerts_of_one_message_are_acknowledged_together),
		T(alerts_are_chosen_by_what_they_need),
		T(deliveries_are_paged_by_id),
		T(people_are_asked_while_an_alert_waits),
		T(a_message_with_several_alerts_is_asked_about_once),
		T(an_acknowledgement_names_what_its_message_named),
	};

	return cmocka_run_group_tests_name("store acks", tests, NULL, NULL);
}
