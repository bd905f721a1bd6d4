/* SPDX-License-Identifier: MIT */
/* How often a feed is polled by its own rhythm. */
#include "lib/unit.h"

#include "desk/pace.h"
#include "desk/rhythm.h"

#define MONDAY_0 INT64_C(1789948800000) /* Monday 2026-09-21 00:00 UTC */
#define HOUR	 CLOCK_HOUR
#define MIN	 CLOCK_MINUTE

/* Four weeks of a feed that posts ten times between nine and ten on workdays. */
static struct store_rhythm learn_office(int64_t *now)
{
	struct store_rhythm r;

	rhythm_start(&r, MONDAY_0);
	for (int64_t day = 0; day < 28; day++)
		for (int64_t k = 0; k < 10 && day % 7 < 5; k++) {
			int64_t at = MONDAY_0 + day * CLOCK_DAY + 9 * HOUR + k * 6 * MIN;

			rhythm_learn(&r, &at, 1, at + MIN);
		}
	*now = MONDAY_0 + 28 * CLOCK_DAY;
	return r;
}

static void polls_are_denser_when_it_posts(void **state)
{
	struct store_rhythm r;
	struct pace p;
	int64_t monday, wait;

	(void)state;
	r = learn_office(&monday);
	assert_true(pace_set(&p, &r));
	p.ends = monday + 14 * CLOCK_DAY;
	wait = pace_wait(&p, monday + 9 * HOUR + 20 * MIN, MIN, HOUR);
	assert_in_range(wait, MIN, 5 * MIN);
	assert_int_equal(pace_wait(&p, monday + 9 * HOUR + 20 * MIN, 10 * MIN, HOUR), 10 * MIN);
	assert_int_equal(pace_wait(&p, monday + 20 * HOUR, MIN, HOUR), HOUR);
	/* weekends are like nights, nearly: other days count a little */
	assert_true(pace_wait(&p, monday + 5 * CLOCK_DAY + 9 * HOUR, MIN, HOUR) >= 2 * wait);
	/* a long interval ends when it begins to post, not hours later */
	wait = pace_wait(&p, monday + 4 * HOUR, MIN, 12 * HOUR);
	assert_in_range(wait, 4 * HOUR, 5 * HOUR + 30 * MIN);
	/* never above every, never below fastest, at any time */
	for (int64_t t = monday; t < monday + 8 * CLOCK_DAY; t += 7 * MIN)
		assert_in_range(pace_wait(&p, t, 2 * MIN, 40 * MIN), 2 * MIN, 40 * MIN);
	assert_int_equal(pace_wait(&p, monday + 9 * HOUR, HOUR, HOUR), HOUR);
}

static void a_feed_that_fell_silent_is_not_hurried(void **state)
{
	struct store_rhythm r;
	struct pace p;
	int64_t monday;

	(void)state;
	r = learn_office(&monday);
	assert_true(pace_set(&p, &r));
	assert_true(p.ends <= monday + 14 * CLOCK_DAY);
	assert_int_equal(
		pace_wait(&p, monday + 21 * CLOCK_DAY + 9 * HOUR + 20 * MIN, MIN, HOUR), HOUR);
}

static void little_is_no_rhythm(void **state)
{
	struct store_rhythm r = {.since = STAMP_NONE, .last = STAMP_NONE};
	struct pace p;
	int64_t at = MONDAY_0;

	(void)state;
	assert_false(pace_set(&p, &r));
	rhythm_start(&r, MONDAY_0);
	assert_false(pace_set(&p, &r));
	rhythm_learn(&r, &at, 1, MONDAY_0 + HOUR);
	assert_false(pace_set(&p, &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polls_are_denser_when_it_posts),
		cmocka_unit_test(a_feed_that_fell_silent_is_not_hurried),
		cmocka_unit_test(little_is_no_rhythm),
	};

	return cmocka_run_group_tests_name("desk pace", tests, NULL, NULL);
}
