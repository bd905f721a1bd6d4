/* SPDX-License-Identifier: MIT */
/* The memory for all bodies, shared. */
#include "lib/unit.h"

#include "engine/body_budget.h"

#define BODY ((size_t)8 * 1024 * 1024)
#define MANY 512

static struct body_budget budget;
static struct body_share shares[MANY];

static int start_empty(void **state)
{
	(void)state;
	budget = (struct body_budget){0};
	for (size_t i = 0; i < MANY; i++)
		shares[i] = (struct body_share){.budget = &budget};
	return 0;
}

static void large_bodies_stay_within_the_budget(void **state)
{
	size_t taken = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		size_t got = 0;

		for (size_t n = 0; n <= BODY && body_share_set(&shares[i], n); n += 16384)
			got = n;
		taken += got;
		refused += got < BODY;
		assert_in_range(budget.used, 0, BODY_BUDGET_MAX);
	}
	assert_in_range(refused, MANY - 20, MANY - 15);
	assert_in_range(taken, BODY_BUDGET_MAX, BODY_BUDGET_MAX + MANY * BODY_BUDGET_FREE);
	for (size_t i = 0; i < MANY; i++)
		body_share_release(&shares[i]);
	assert_int_equal(budget.used, 0);
}

static void a_small_body_has_room_in_a_full_budget(void **state)
{
	(void)state;
	assert_true(body_share_set(&shares[0], BODY_BUDGET_MAX + BODY_BUDGET_FREE));
	assert_true(body_share_set(&shares[1], BODY_BUDGET_FREE));
	assert_false(body_share_set(&shares[1], BODY_BUDGET_FREE + 1));
	body_share_release(&shares[0]);
	assert_true(body_share_set(&shares[1], BODY_BUDGET_FREE + 1));
}

static void a_body_alone_may_be_larger_than_the_budget(void **state)
{
	(void)state;
	assert_true(body_share_set(&shares[0], 3 * BODY_BUDGET_MAX));
	assert_false(body_share_set(&shares[1], BODY));
	assert_true(body_share_set(&shares[0], 4 * BODY_BUDGET_MAX));
	assert_true(body_share_set(&shares[0], 0));
	assert_int_equal(budget.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(large_bodies_stay_within_the_budget, start_empty),
		cmocka_unit_test_setup(a_small_body_has_room_in_a_full_budget, start_empty),
		cmocka_unit_test_setup(a_body_alone_may_be_larger_than_the_budget, start_empty),
	};

	return cmocka_run_group_tests_name("engine body budget", tests, NULL, NULL);
}
