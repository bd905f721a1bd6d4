/* SPDX-License-Identifier: MIT */
/* Decisions about many deliveries, and the state in which a delivery is shown. */
#include "lib/unit.h"

#include "store/troubles.h"
#include "lib/store_fixture.h"

/* Its deliveries are the next two numbers: to desk and to mail. */
static void raise_alert(struct store_fixture *f, const char *id)
{
	struct store_plan plans[] = {
		{.notify = STR("desk"), .due_at = 5}, {.notify = STR("mail"), .due_at = 5}};
	struct alert a = {
		.id = str_of(id), .watch = STR("w"), .created = 5, .published = STAMP_NONE};
	struct store_raise r = {&a, make_stored_item(f, id), 0, 0, plans, 2, 0, 0};
	int64_t raised;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_true(raised != 0);
}

static int keep_delivery(void *ctx, const struct store_due *row)
{
	*(struct store_delivery *)ctx = row->d; /* its strings are not used */
	return 0;
}

static struct store_delivery delivery(struct store_fixture *f, int64_t id)
{
	const struct store_delivery_filter filter = {.id = id, .state = -1};
	struct store_delivery d = {0};

	assert_int_equal(store_delivery_each(f->store, &filter, keep_delivery, &d, &f->e), 0);
	assert_int_equal(d.id, id);
	return d;
}

static void update(struct store_fixture *f, int64_t id, enum store_delivery_state state)
{
	assert_int_equal(
		store_delivery_update(f->store, id, state, 100, 6, STR("HTTP 400"), &f->e), 0);
}

static size_t decide_all(
	struct store_fixture *f, struct store_delivery_choice choice, enum store_decision what)
{
	struct store_decided_many many;

	assert_int_equal(
		store_deliveries_decide(f->store, &choice, what, 60, f->arena, &many, &f->e), 0);
	assert_false(store_in_transaction(f->store));
	assert_true(many.n <= many.changed && (many.n > 0) == (many.changed > 0));
	return many.changed;
}

/* Deliveries 1, 3, 5 are to desk, 2, 4, 6 to mail. */
static void deliveries_are_chosen_by_receiver_state_and_age(void **state)
{
	const struct store_delivery_choice all = {.state = -1, .since = STAMP_NONE};
	struct store_delivery_choice by = all;
	struct store_fixture *f = *state;

	raise_alert(f, "al_1");
	raise_alert(f, "al_2");
	raise_alert(f, "al_3");
	update(f, 1, STORE_DELIVERED);
	update(f, 2, STORE_DEAD);
	update(f, 3, STORE_SILENCED);
	by.state = STORE_DELIVERED;
	assert_int_equal(decide_all(f, by, STORE_RETRY), 0);
	by = (struct store_delivery_choice){STR("desk"), STORE_DEAD, STAMP_NONE};
	assert_int_equal(decide_all(f, by, STORE_RETRY), 0);
	by = (struct store_delivery_choice){STR("mail"), STORE_DEAD, STAMP_NONE};
	assert_int_equal(decide_all(f, by, STORE_RETRY), 1);
	assert_int_equal(delivery(f, 2).state, STORE_PENDING);
	assert_int_equal(delivery(f, 2).next_at, 60);
	by = (struct store_delivery_choice){STR("nobody"), -1, STAMP_NONE};
	assert_int_equal(decide_all(f, by, STORE_DROP), 0);
	by = (struct store_delivery_choice){STR_NONE, -1, delivery(f, 6).created + 1};
	assert_int_equal(decide_all(f, by, STORE_DROP), 0);
	/* Those that wait, held ones too. */
	update(f, 5, STORE_HELD);
	assert_int_equal(decide_all(f, all, STORE_DROP), 4);
	assert_int_equal(delivery(f, 1).state, STORE_DELIVERED);
	assert_int_equal(delivery(f, 3).state, STORE_SILENCED);
	assert_int_equal(delivery(f, 6).state, STORE_DEAD);
	/* What a silence ended is only retried if it is named. */
	by.since = delivery(f, 6).created;
	assert_int_equal(decide_all(f, by, STORE_RETRY), 4);
	assert_int_equal(delivery(f, 3).state, STORE_SILENCED);
	by.state = STORE_SILENCED;
	assert_int_equal(decide_all(f, by, STORE_DROP), 0);
	assert_int_equal(decide_all(f, by, STORE_RETRY), 1);
	assert_int_equal(delivery(f, 3).state, STORE_PENDING);
}

static size_t move(struct store_fixture *f, const char *from, const char *to)
{
	size_t moved;

	assert_int_equal(
		store_deliveries_move(f->store, str_of(from), str_of(to), 70, &moved, &f->e), 0);
	assert_false(store_in_transaction(f->store));
	return moved;
}

static size_t count_due(struct store_fixture *f, const char *notify)
{
	struct store_due *due;
	size_t n;

	assert_int_equal(
		store_outbox_due(f->store, str_of(notify), 99, 9, f->arena, &due, &n, &f->e), 0);
	return n;
}

/* To desk: one that waits, one that is held, one that was delivered; to mail: all wait. */
static void what_waits_is_moved_to_another_receiver(void **state)
{
	struct store_fixture *f = *state;

	raise_alert(f, "al_1");
	raise_alert(f, "al_2");
	raise_alert(f, "al_3");
	update(f, 3, STORE_HELD);
	update(f, 5, STORE_DELIVERED);
	assert_int_equal(move(f, "nobody", "duty"), 0);
	assert_int_equal(move(f, "desk", "duty"), 2);
	assert_int_equal(count_due(f, "desk"), 0);
	assert_int_equal(count_due(f, "duty"), 2);
	assert_int_equal(delivery(f, 3).state, STORE_PENDING);
	assert_int_equal(delivery(f, 3).next_at, 70);
	assert_int_equal(delivery(f, 3).attempts, 0);
	assert_int_equal(delivery(f, 5).state, STORE_DELIVERED);
	/* Mail refused the first of these alerts; the second waits for it already. */
	update(f, 2, STORE_DEAD);
	assert_int_equal(move(f, "duty", "mail"), 1);
	assert_int_equal(delivery(f, 1).state, STORE_PENDING);
	assert_int_equal(delivery(f, 3).state, STORE_FOLDED);
	assert_int_equal(count_due(f, "duty"), 1);
	assert_int_equal(count_due(f, "mail"), 2);
}

/* The parts of a digest go with it. */
static void a_digest_is_moved_with_its_parts(void **state)
{
	struct store_fixture *f = *state;
	int64_t digest = 2; /* row of al_2 */

	raise_alert(f, "al_1");
	raise_alert(f, "al_2");
	assert_int_equal(store_alert_join_digest(f->store, 1, digest, STR_NONE, &f->e), 0);
	assert_int_equal(delivery(f, 1).state, STORE_PENDING);
	assert_int_equal(move(f, "desk", "duty"), 1);
	update(f, 3, STORE_DEAD);
	assert_int_equal(delivery(f, 1).state, STORE_DEAD);
	assert_int_equal(delivery(f, 2).state, STORE_PENDING);
}

static void a_delivery_shows_the_trouble_of_its_receiver(void **state)
{
	const struct store_trouble gone = {STR("receiver-gone"), STR("desk"), 1, STR("410")};
	const struct store_trouble orphaned = {STR("receiver-orphaned"), STR("mail"), 1, STR_NONE};
	struct store_delivery_choice by = {.state = STORE_STOPPED, .since = STAMP_NONE};
	struct store_fixture *f = *state;
	struct store_due *due;
	size_t n;

	raise_alert(f, "al_1");
	raise_alert(f, "al_2");
	assert_int_equal(store_trouble_put(f->store, &gone, &f->e), 0);
	assert_int_equal(store_trouble_put(f->store, &orphaned, &f->e), 0);
	update(f, 3, STORE_DEAD);
	update(f, 4, STORE_HELD);
	assert_int_equal(delivery(f, 1).state, STORE_STOPPED);
	assert_int_equal(delivery(f, 4).state, STORE_ORPHANED);
	assert_int_equal(delivery(f, 2).state, STORE_ORPHANED);
	assert_int_equal(delivery(f, 3).state, STORE_DEAD);
	assert_int_equal(
		store_outbox_due(f->store, STR("desk"), 99, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(decide_all(f, by, STORE_DROP), 1);
	assert_int_equal(delivery(f, 1).state, STORE_DEAD);
	by.state = STORE_PENDING;
	assert_int_equal(decide_all(f, by, STORE_DROP), 0);
	by.state = STORE_ORPHANED;
	assert_int_equal(decide_all(f, by, STORE_RETRY), 2);
	assert_int_equal(delivery(f, 2).state, STORE_ORPHANED);
	assert_int_equal(store_trouble_drop(f->store, orphaned.kind, orphaned.subject, &f->e), 0);
	assert_int_equal(delivery(f, 2).state, STORE_PENDING);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(deliveries_are_chosen_by_receiver_state_and_age),
		T(what_waits_is_moved_to_another_receiver),
		T(a_digest_is_moved_with_its_parts),
		T(a_delivery_shows_the_trouble_of_its_receiver),
	};

	return cmocka_run_group_tests_name("store decisions", tests, NULL, NULL);
}
