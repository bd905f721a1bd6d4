/* SPDX-License-Identifier: MIT */
/* When alerts escalate, and what an acknowledgement ends. */
#include "lib/unit.h"

#include "lib/store_fixture.h"
#include "store/acks.h"
#include "store/backup.h"
#include "store/escalations.h"
#include "store/troubles.h"

static int64_t raise_one(struct store_fixture *f, const char *id, enum store_delivery_state state)
{
	const struct store_plan plan = {.notify = STR("desk"),
		.state = state,
		.due_at = 50,
		.group = state == STORE_HELD ? STR("digest") : STR_NONE};
	const struct alert a = {.id = str_of(id),
		.watch = STR("w"),
		.created = 5,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE};
	struct store_raise r = {.alert = &a, .plans = &plan, .n_plans = 1};
	int64_t row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(
		store_escalation_add(f->store, row, 5 + row, state == STORE_HELD, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return row;
}

static size_t due_by(struct store_fixture *f, int64_t by, struct store_escalation **v)
{
	size_t n;

	assert_int_equal(store_escalations(f->store, by, 9, f->arena, v, &n, &f->e), 0);
	return n;
}

static int64_t next_at(struct store_fixture *f)
{
	int64_t at;

	assert_int_equal(store_escalation_next(f->store, &at, &f->e), 0);
	return at;
}

static void ack(struct store_fixture *f, const char *id)
{
	struct store_ack v;

	assert_int_equal(
		store_ack_put(f->store, str_of(id), STR("anna"), 9, f->arena, &v, &f->e), 0);
	assert_int_equal(v.result, STORE_ACK_FIRST);
}

static void steps_are_due_in_order(void **state)
{
	struct store_fixture *f = *state;
	struct store_escalation *v;

	assert_int_equal(next_at(f), STAMP_NONE);
	raise_one(f, "al_1", STORE_PENDING);
	raise_one(f, "al_2", STORE_HELD);
	assert_int_equal(next_at(f), 6);
	assert_int_equal(due_by(f, 5, &v), 0);
	assert_int_equal(due_by(f, 7, &v), 2);
	assert_true(v[0].alert == 1 && v[0].step == 0 && v[0].due_at == 6);
	assert_true(str_is(v[0].watch, "w"));
	assert_true(!v[0].held && v[1].held);
	assert_int_equal(store_escalation_look(f->store, &v[0], &f->e), 0);
	assert_int_equal(v[0].held_to, STAMP_NONE);
	assert_int_equal(store_escalation_look(f->store, &v[1], &f->e), 0);
	assert_int_equal(v[1].held_to, 50);
	v[0].step = 1;
	v[0].due_at = 30;
	assert_int_equal(store_escalation_move(f->store, &v[0], &f->e), 0);
	assert_int_equal(next_at(f), 7);
	/* The clock is set. */
	assert_int_equal(store_outbox_shift(f->store, 100, 100, &f->e), 0);
	assert_int_equal(next_at(f), 107);
	ack(f, "al_2");
	assert_int_equal(next_at(f), 130);
	assert_int_equal(store_escalation_end(f->store, 1, &f->e), 0);
	assert_int_equal(next_at(f), STAMP_NONE);
}

static int put_state(void *ctx, const struct store_due *row)
{
	char *text = ctx;

	snprintf(text + strlen(text), 64, "%.*s=%d/%lld ", (int)row->d.notify.n, row->d.notify.p,
		(int)row->d.state, (long long)row->d.escalated);
	return 0;
}

static void assert_deliveries(struct store_fixture *f, const char *id, const char *expected)
{
	const struct store_delivery_filter by = {.alert_id = str_of(id), .state = -1};
	char text[256] = "";

	assert_int_equal(store_delivery_each(f->store, &by, put_state, text, &f->e), 0);
	assert_string_equal(text, expected);
}

static void escalate(struct store_fixture *f, int64_t row, const char *id, const char *to)
{
	const struct store_addition a = {
		.alert = row, .id = str_of(id), .now = 20, .escalated = 600};
	const struct store_plan plan = {
		.notify = str_of(to), .state = STORE_HELD, .due_at = 20, .group = STR("escalated")};

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_escalation_deliver(f->store, &a, &plan, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

/* What is held for a receiver is sent now; what waits of the escalation is not, once it is taken.
 */
static void an_acknowledgement_ends_what_waits(void **state)
{
	struct store_fixture *f = *state;
	int64_t one = raise_one(f, "al_1", STORE_PENDING), two = raise_one(f, "al_2", STORE_HELD);

	escalate(f, one, "al_1", "phone");
	escalate(f, one, "al_1", "desk");
	assert_deliveries(f, "al_1", "phone=2/600 desk=0/0 ");
	escalate(f, two, "al_2", "desk");
	assert_deliveries(f, "al_2", "desk=0/600 ");
	ack(f, "al_1");
	assert_deliveries(f, "al_1", "phone=4/600 desk=0/0 ");
	/* An attempt was under way. */
	assert_int_equal(
		store_delivery_update(f->store, 3, STORE_DELIVERED, 0, 30, STR("ok"), &f->e), 0);
	assert_deliveries(f, "al_1", "phone=1/600 desk=0/0 ");
}

static int64_t raise_tied(
	struct store_fixture *f, const char *id, enum alert_kind kind, int64_t tie)
{
	static const struct alert_earlier of = {.id = STR("al_1"), .created = 5};
	const struct alert a = {.kind = kind,
		.id = str_of(id),
		.watch = STR("w"),
		.created = 6,
		.published = STAMP_NONE,
		.fetched = STAMP_NONE,
		.of = kind == ALERT_UPDATED ? NULL : &of};
	const struct store_raise r = {.alert = &a, .tie = tie};
	int64_t row;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &row, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return row;
}

static bool is_withdrawn(struct store_fixture *f, int64_t row)
{
	struct store_escalation x = {.alert = row};

	assert_int_equal(store_escalation_look(f->store, &x, &f->e), 0);
	return x.withdrawn;
}

/* Those to whom it escalates get its corrections; what was withdrawn before it does not matter. */
static void notices_of_the_thread_count_if_they_are_later(void **state)
{
	struct store_fixture *f = *state;
	int64_t first = raise_one(f, "al_1", STORE_PENDING), update;

	raise_tied(f, "co_1", ALERT_CORRECTED, first);
	update = raise_tied(f, "al_2", ALERT_UPDATED, first);
	assert_false(is_withdrawn(f, first));
	escalate(f, first, "al_1", "phone");
	assert_deliveries(f, "co_1", "phone=0/0 ");
	escalate(f, update, "al_2", "pager");
	assert_deliveries(f, "co_1", "phone=0/0 ");
	raise_tied(f, "wi_1", ALERT_WITHDRAWN, first);
	assert_true(is_withdrawn(f, first));
	assert_true(is_withdrawn(f, update));
	assert_false(is_withdrawn(f, raise_tied(f, "al_3", ALERT_UPDATED, first)));
}

static int64_t held_to(struct store_fixture *f, int64_t row)
{
	struct store_escalation x = {.alert = row};

	assert_int_equal(store_escalation_look(f->store, &x, &f->e), 0);
	return x.held_to;
}

/* One message names two alerts about an item; only one of them escalates. */
static void what_is_part_of_a_held_message_is_held(void **state)
{
	struct store_fixture *f = *state;
	int64_t one = raise_one(f, "al_1", STORE_HELD), two = raise_one(f, "al_2", STORE_HELD);

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, two, STR("desk"), one, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(held_to(f, two), 50);
	escalate(f, two, "al_2", "desk");
	assert_deliveries(f, "al_1", "desk=0/600 ");
	assert_deliveries(f, "al_2", "desk=0/0 ");
	assert_int_equal(held_to(f, two), STAMP_NONE);
}

/* A receiver that is not configured any more never gets what it holds. */
static void what_no_receiver_will_get_does_not_wait(void **state)
{
	struct store_fixture *f = *state;
	int64_t one = raise_one(f, "al_1", STORE_HELD);
	const struct store_trouble v = {
		.kind = STR("receiver-orphaned"), .subject = STR("desk"), .since = 7};

	assert_int_equal(held_to(f, one), 50);
	assert_int_equal(store_trouble_put(f->store, &v, &f->e), 0);
	assert_int_equal(held_to(f, one), STAMP_NONE);
}

/* The digest of a flood escalates instead of its alerts, when the first would. */
static void a_digest_escalates_for_its_alerts(void **state)
{
	struct store_fixture *f = *state;
	struct store_escalation *v;

	for (int i = 0; i < 3; i++) {
		char id[8];

		snprintf(id, sizeof(id), "al_%d", i + 1);
		raise_one(f, id, STORE_PENDING);
	}
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, 1, STR("desk"), 3, &f->e), 0);
	assert_int_equal(store_delivery_join(f->store, 2, STR("desk"), 3, &f->e), 0);
	assert_int_equal(store_escalation_join(f->store, 3, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(due_by(f, 99, &v), 1);
	assert_true(v[0].alert == 3 && v[0].due_at == 6);
}

/* Also of an alert that is raised again after the restore. */
static void a_restore_keeps_acknowledgements(void **state)
{
	struct store_fixture *f = *state;
	struct store_restored r;
	struct store_copied v;
	char copy[128], kept[128];

	snprintf(copy, sizeof(copy), "%s.copy", f->path);
	snprintf(kept, sizeof(kept), "%s.before-restore", f->path);
	escalate(f, raise_one(f, "al_1", STORE_PENDING), "al_1", "phone");
	assert_int_equal(store_backup(f->path, copy, &v, &f->e), 0);
	raise_one(f, "al_2", STORE_PENDING);
	ack(f, "al_1");
	ack(f, "al_2");
	assert_int_equal(store_restore_prepare(f->path, copy, &v, &f->e), 0);
	store_close(f->store);
	assert_int_equal(store_restore(f->path, &r, &f->e), 0);
	assert_int_equal(r.unknown.cls, ERR_NONE);
	assert_int_equal(r.told, 0);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	assert_int_equal(next_at(f), STAMP_NONE);
	assert_deliveries(f, "al_1", "phone=4/600 desk=0/0 ");
	raise_one(f, "al_2", STORE_PENDING);
	assert_int_equal(next_at(f), STAMP_NONE);
	raise_one(f, "al_3", STORE_PENDING);
	assert_int_not_equal(next_at(f), STAMP_NONE);
	unlink(copy);
	unlink(kept);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(steps_are_due_in_order),
		T(an_acknowledgement_ends_what_waits),
		T(notices_of_the_thread_count_if_they_are_later),
		T(what_is_part_of_a_held_message_is_held),
		T(what_no_receiver_will_get_does_not_wait),
		T(a_digest_escalates_for_its_alerts),
		T(a_restore_keeps_acknowledgements),
	};

	return cmocka_run_group_tests_name("store escalations", tests, NULL, NULL);
}
