/* SPDX-License-Identifier: MIT */
/* How far the 304 answers of a feed are trusted. */
#include "lib/unit.h"

#include "base/clock.h"
#include "desk/trust.h"

#define NOW INT64_C(1790000000000)
#define UNKNOWN                                                                                    \
	{                                                                                          \
		.whole_at = STAMP_NONE, .distrust_until = STAMP_NONE                               \
	}

/* One poll at the time `at`; a server that answers 304 to every conditional request. */
static bool ask_stuck_server(struct store_trust *t, int64_t at, bool changed, bool same)
{
	struct trust_poll p = {.now = at,
		.conditional = trust_is_conditional(t, at),
		.had_validators = t->whole_at != STAMP_NONE,
		.same_validators = same,
		.prompt = true};

	p.not_modified = p.conditional;
	p.read = !p.conditional;
	p.changed = changed && !p.conditional;
	return trust_update(t, &p);
}

static void a_first_body_is_asked_without_a_condition(void **state)
{
	struct store_trust t = UNKNOWN;

	(void)state;
	assert_false(trust_is_conditional(&t, NOW));
	assert_false(ask_stuck_server(&t, NOW, true, false));
	assert_int_equal(t.whole_at, NOW);
	assert_true(trust_is_conditional(&t, NOW + CLOCK_HOUR));
}

static void a_body_is_asked_whole_once_a_day(void **state)
{
	struct store_trust t = {.whole_at = NOW, .distrust_until = STAMP_NONE, .unmodified = 1};

	(void)state;
	assert_true(trust_is_conditional(&t, NOW + CLOCK_DAY - 1));
	assert_false(trust_is_conditional(&t, NOW + CLOCK_DAY));
	/* not if it was not polled since */
	t.unmodified = 0;
	assert_true(trust_is_conditional(&t, NOW + 9 * CLOCK_DAY));
	/* a wall clock that was set back a little, and by years */
	assert_true(trust_is_conditional(&t, NOW - CLOCK_MINUTE));
	assert_false(trust_is_conditional(&t, NOW - 365 * CLOCK_DAY));
}

static void probes_that_bring_nothing_become_rarer(void **state)
{
	struct store_trust t = {.whole_at = NOW, .distrust_until = STAMP_NONE};
	static const unsigned expected[] = {3, 6, 12, 24, 48};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		unsigned n = 0;

		while (trust_is_conditional(&t, NOW)) {
			assert_false(ask_stuck_server(&t, NOW, false, true));
			n++;
		}
		assert_int_equal(n, expected[i]);
		assert_false(ask_stuck_server(&t, NOW, false, true));
	}
	/* then by the age of the last body */
	for (int64_t at = NOW, days = 1; days <= 16; days *= 2) {
		int64_t age = days < 7 ? days * CLOCK_DAY : 7 * CLOCK_DAY;

		for (int n = 0; n < 1000; n++)
			assert_false(ask_stuck_server(&t, at + n, false, true));
		assert_true(trust_is_conditional(&t, at + age - 1));
		assert_false(trust_is_conditional(&t, at + age));
		at += age;
		assert_false(ask_stuck_server(&t, at, false, true));
	}
}

/* A change that was answered with a body although the request had validators. */
static void a_change_that_is_told_proves_them(void **state)
{
	struct store_trust t = {.whole_at = NOW, .distrust_until = STAMP_NONE, .unmodified = 2};
	struct trust_poll p = {
		.now = NOW, .conditional = true, .had_validators = true, .read = true};

	(void)state;
	trust_update(&t, &p); /* other bytes, no news */
	t.unmodified = 3;
	assert_false(trust_is_conditional(&t, NOW));
	p.changed = true;
	trust_update(&t, &p);
	t.unmodified = 1000;
	assert_true(trust_is_conditional(&t, NOW + 2 * CLOCK_DAY - 1));
	assert_false(trust_is_conditional(&t, NOW + 2 * CLOCK_DAY));
	t.probe_after = 512; /* it was quiet for weeks, and posts again */
	trust_update(&t, &p);
	t.unmodified = 1;
	assert_false(trust_is_conditional(&t, NOW + 2 * CLOCK_DAY));
	/* after a lie that takes two */
	t.lies = 1;
	t.probe_after = 1;
	trust_update(&t, &p);
	t.unmodified = 1;
	assert_false(trust_is_conditional(&t, NOW));
}

static void the_same_validators_on_new_items_are_a_lie(void **state)
{
	struct store_trust t = {.whole_at = NOW, .distrust_until = STAMP_NONE};
	int64_t at = NOW;

	(void)state;
	while (trust_is_conditional(&t, at))
		ask_stuck_server(&t, at += CLOCK_MINUTE, true, true);
	assert_true(ask_stuck_server(&t, at, true, true));
	assert_true(trust_is_lost(&t, at));
	assert_false(trust_is_conditional(&t, at + CLOCK_HOUR));
	/* it goes on to change while it is asked without validators: no further lie */
	assert_false(ask_stuck_server(&t, at + CLOCK_HOUR, true, true));
	assert_int_equal(t.lies, 1);
	/* trusted again after a day; then one 304 is enough for a probe */
	at += CLOCK_DAY;
	assert_false(trust_is_lost(&t, at));
	t.whole_at = at;
	assert_true(trust_is_conditional(&t, at));
	ask_stuck_server(&t, at, true, true);
	assert_false(trust_is_conditional(&t, at));
	assert_true(ask_stuck_server(&t, at, true, true));
	assert_true(trust_is_lost(&t, at + 2 * CLOCK_DAY - 1));
	assert_false(trust_is_lost(&t, at + 2 * CLOCK_DAY));
}

static void other_validators_are_a_lie_only_if_the_old_ones_get_304(void **state)
{
	struct store_trust t = {.whole_at = NOW, .distrust_until = STAMP_NONE, .unmodified = 3};
	struct store_trust honest;
	struct trust_poll body = {.now = NOW, .conditional = true, .had_validators = true};

	(void)state;
	assert_false(ask_stuck_server(&t, NOW, true, false));
	assert_true(t.suspect);
	honest = t;
	assert_true(trust_is_conditional(&t, NOW));
	assert_true(ask_stuck_server(&t, NOW, true, false));
	assert_false(t.suspect);
	assert_int_equal(t.lies, 1);
	assert_false(trust_update(&honest, &body));
	assert_false(honest.suspect);
	assert_int_equal(honest.lies, 0);
}

static void a_probe_long_after_the_304_proves_nothing(void **state)
{
	struct store_trust t = {.whole_at = NOW, .distrust_until = STAMP_NONE, .unmodified = 3};
	struct trust_poll p = {.now = NOW + CLOCK_HOUR, .had_validators = true, .changed = true};

	(void)state;
	assert_false(trust_update(&t, &p));
	assert_false(t.suspect);
}

static void distrust_ends_after_a_month_at_most(void **state)
{
	struct store_trust t = {.whole_at = NOW,
		.distrust_until = STAMP_NONE,
		.lies = 4000000000u,
		.unmodified = 1,
		.probe_after = 1};

	(void)state;
	assert_true(ask_stuck_server(&t, NOW, true, true));
	assert_int_equal(t.distrust_until, NOW + 32 * CLOCK_DAY);
	/* a clock that was set back by years does not prolong it */
	assert_false(trust_is_lost(&t, NOW - 365 * CLOCK_DAY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_body_is_asked_without_a_condition),
		cmocka_unit_test(a_body_is_asked_whole_once_a_day),
		cmocka_unit_test(probes_that_bring_nothing_become_rarer),
		cmocka_unit_test(a_change_that_is_told_proves_them),
		cmocka_unit_test(the_same_validators_on_new_items_are_a_lie),
		cmocka_unit_test(other_validators_are_a_lie_only_if_the_old_ones_get_304),
		cmocka_unit_test(a_probe_long_after_the_304_proves_nothing),
		cmocka_unit_test(distrust_ends_after_a_month_at_most),
	};

	return cmocka_run_group_tests_name("desk trust", tests, NULL, NULL);
}
