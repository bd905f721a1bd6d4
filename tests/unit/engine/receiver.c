/* SPDX-License-Identifier: MIT */
/* What the answers of a receiver say about it, and about the messages. */
#include "lib/unit.h"

#include "base/clock.h"
#include "engine/receiver.h"

#define S CLOCK_SECOND

struct receiver_test {
	struct receiver r;
	struct rng rng;
	int64_t now, rest;
};

static void begin(struct receiver_test *t)
{
	*t = (struct receiver_test){.now = 1000};
	rng_seed(&t->rng, 5);
}

static enum sink_verdict_kind weigh(
	struct receiver_test *t, int64_t id, enum sink_verdict_kind kind, const char *answer)
{
	const struct sink_verdict v = {.kind = kind, .answer = str_of(answer)};
	struct mark m = {.id = id};

	return receiver_weigh(&t->r, id, &v, &m);
}

/* Returns how long the others wait; t->rest is how long the message does. */
static int64_t go_wrong(struct receiver_test *t, int64_t id, bool denied)
{
	const struct sink_verdict v = {.kind = SINK_TROUBLE, .denied = denied};

	return receiver_fails(&t->r, id, &v, t->now, &t->rng, &t->rest);
}

static void the_third_refusal_in_a_row_is_its_trouble(void **state)
{
	const struct sink_verdict bad = {.kind = SINK_BAD, .answer = STR("HTTP 400: item 3")};
	struct receiver_test t;
	struct mark m = {.id = 3};

	(void)state;
	begin(&t);
	assert_int_equal(weigh(&t, 1, SINK_BAD, "HTTP 400: item 1"), SINK_BAD);
	assert_int_equal(weigh(&t, 2, SINK_BAD, "HTTP 400: item 2"), SINK_BAD);
	assert_int_equal(receiver_weigh(&t.r, 3, &bad, &m), SINK_TROUBLE);
	assert_true(m.n_revive == 2 && m.revive[0] == 1 && m.revive[1] == 2);
	(void)go_wrong(&t, 3, false);
	/* A probe with any of them says the same. */
	assert_int_equal(weigh(&t, 1, SINK_BAD, "HTTP 400"), SINK_TROUBLE);
	assert_int_equal(weigh(&t, 4, SINK_BAD, "HTTP 400"), SINK_TROUBLE);
	assert_true(receiver_works(&t.r));
	assert_int_equal(weigh(&t, 1, SINK_BAD, "HTTP 400"), SINK_BAD);
}

static void other_refusals_are_about_their_messages(void **state)
{
	struct receiver_test t;

	(void)state;
	begin(&t);
	/* With others accepted in between. */
	for (int64_t id = 1; id < 20; id++) {
		assert_int_equal(weigh(&t, id, SINK_BAD, "HTTP 400"), SINK_BAD);
		if (id % 2 == 0)
			assert_false(receiver_works(&t.r));
	}
	assert_false(receiver_works(&t.r));
	/* In other words. */
	assert_int_equal(weigh(&t, 31, SINK_BAD, "HTTP 400"), SINK_BAD);
	assert_int_equal(weigh(&t, 32, SINK_BAD, "HTTP 413"), SINK_BAD);
	assert_int_equal(weigh(&t, 33, SINK_BAD, "HTTP 400"), SINK_BAD);
	/* The same message again. */
	assert_false(receiver_works(&t.r));
	for (int n = 0; n < 9; n++)
		assert_int_equal(weigh(&t, 41, SINK_LATER, "SMTP 450"), SINK_LATER);
	assert_int_equal(weigh(&t, 42, SINK_LATER, "SMTP 450"), SINK_LATER);
	assert_int_equal(weigh(&t, 43, SINK_LATER, "SMTP 450"), SINK_TROUBLE);
}

static void the_third_failure_in_a_row_is_its_trouble(void **state)
{
	struct receiver_test t;

	(void)state;
	begin(&t);
	/* At the same moment: others wait for none of the first two. */
	assert_int_equal(go_wrong(&t, 1, false), 0);
	assert_in_range(t.rest, 4500, 5000);
	assert_int_equal(go_wrong(&t, 2, false), 0);
	assert_in_range(go_wrong(&t, 3, false), 4500, 5000);
	assert_true(t.r.down && t.rest == 0);
	assert_true(receiver_works(&t.r) && !t.r.down);
	/* The only one that waits has the same pace. */
	assert_int_equal(go_wrong(&t, 4, false), 0);
	t.now += t.rest;
	assert_int_equal(go_wrong(&t, 4, false), 0);
	assert_in_range(t.rest, 9000, 10000);
	t.now += t.rest;
	assert_in_range(go_wrong(&t, 4, false), 18000, 20000);
	t.now += 20 * S;
	assert_in_range(go_wrong(&t, 4, false), 27000, 30000);
	t.now += 2 * CLOCK_MINUTE;
	assert_in_range(go_wrong(&t, 4, true), 270 * S, 300 * S);
}

static void other_messages_take_turns_after_ten_probes(void **state)
{
	struct receiver_test t;
	unsigned avoided = 0;

	(void)state;
	begin(&t);
	for (int n = 0; n < 9; n++, t.now += CLOCK_MINUTE) {
		(void)go_wrong(&t, 1, false);
		assert_int_equal(receiver_avoids(&t.r)->n, 0);
	}
	for (int n = 0; n < 40; n++, t.now += CLOCK_MINUTE) {
		const struct receiver_ring *ring;

		(void)go_wrong(&t, n % 2 ? 1 : n + 2, false);
		ring = receiver_avoids(&t.r);
		avoided += ring->n > 0;
		assert_true(ring->n <= RECEIVER_RING);
	}
	assert_in_range(avoided, 0, 0); /* none had ten in a row */
	for (int n = 0; n < 10; n++, t.now += CLOCK_MINUTE)
		(void)go_wrong(&t, 1, false);
	for (int n = 0; n < 40; n++, t.now += CLOCK_MINUTE) {
		(void)go_wrong(&t, n, false);
		avoided += receiver_avoids(&t.r)->n > 0;
	}
	assert_int_equal(avoided, 20);
}

static void one_that_fails_again_is_postponed(void **state)
{
	struct receiver_test t;

	(void)state;
	begin(&t);
	assert_int_equal(weigh(&t, 1, SINK_TROUBLE, "HTTP 500"), SINK_TROUBLE);
	(void)go_wrong(&t, 1, false);
	assert_int_equal(weigh(&t, 1, SINK_TROUBLE, "HTTP 500"), SINK_TROUBLE);
	assert_false(receiver_works(&t.r)); /* another was accepted */
	assert_int_equal(weigh(&t, 1, SINK_TROUBLE, "HTTP 500"), SINK_LATER);
	assert_int_equal(weigh(&t, 2, SINK_TROUBLE, "HTTP 500"), SINK_TROUBLE);
	for (int n = 0; n < 3; n++)
		(void)go_wrong(&t, 2, false);
	assert_true(receiver_reset(&t.r));
	assert_false(receiver_reset(&t.r));
	assert_int_equal(weigh(&t, 2, SINK_TROUBLE, "HTTP 500"), SINK_TROUBLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_third_refusal_in_a_row_is_its_trouble),
		cmocka_unit_test(other_refusals_are_about_their_messages),
		cmocka_unit_test(the_third_failure_in_a_row_is_its_trouble),
		cmocka_unit_test(other_messages_take_turns_after_ten_probes),
		cmocka_unit_test(one_that_fails_again_is_postponed),
	};

	return cmocka_run_group_tests_name("engine receiver", tests, NULL, NULL);
}
