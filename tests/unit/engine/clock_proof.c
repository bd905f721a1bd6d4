/* SPDX-License-Identifier: MIT */
/* Whether the wall clock is believed, by what hosts and the system say. */
#include "lib/unit.h"

#include "base/clock.h"
#include "engine/clock_proof.h"

#define NOW  INT64_C(1790000000000)
#define YEAR (365 * CLOCK_DAY)

static const struct {
	const char *name;
	bool synchronised;
	enum clock_verdict verdict;
	int64_t off[5]; /* of the hosts; 0 ends the list */
} rows[] = {
	{"no statement", false, CLOCK_UNPROVEN, {0}},
	{"the system's word", true, CLOCK_PROVEN, {0}},
	{"one host is not enough", false, CLOCK_UNPROVEN, {1}},
	{"two hosts are", false, CLOCK_PROVEN, {1, -CLOCK_MINUTE}},
	{"two and one liar", false, CLOCK_PROVEN, {1, YEAR, 2}},
	{"one against one", false, CLOCK_UNPROVEN, {1, YEAR}},
	{"two against two", false, CLOCK_UNPROVEN, {1, YEAR, -YEAR, 1}},
	{"one liar against the system", true, CLOCK_PROVEN, {YEAR}},
	{"two hosts against the system", true, CLOCK_WRONG, {-10 * YEAR, -10 * YEAR}},
	{"ahead", false, CLOCK_WRONG, {-10 * YEAR, -10 * YEAR, 1}},
	{"back to 1970", false, CLOCK_WRONG, {50 * YEAR, 50 * YEAR}},
	{"an hour off", false, CLOCK_WRONG, {CLOCK_HOUR, CLOCK_HOUR}},
};

static void wake_nothing(void *arg)
{
	(void)arg;
}

static void clock_is_judged_by_majority(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct clock_proof p = {.troubles = troubles_new(wake_nothing, NULL)};
		char host[] = "a.example";

		clock_virtual_start(NOW);
		clock_virtual_synchronise(rows[i].synchronised);
		for (int h = 0; rows[i].off[h]; h++, host[0]++)
			clock_proof_note(&p, host, NOW + rows[i].off[h]);
		if (clock_proof_judge(&p, true) != rows[i].verdict)
			fail_msg("%s", rows[i].name);
		clock_virtual_advance(2 * CLOCK_DAY);
		troubles_free(p.troubles);
	}
	clock_virtual_stop();
}

static void step_is_noticed_before_the_next_answer(void **state)
{
	struct clock_proof p = {.troubles = troubles_new(wake_nothing, NULL)};

	(void)state;
	clock_virtual_start(NOW);
	clock_proof_note(&p, "a.example", NOW);
	clock_proof_note(&p, "b.example", NOW);
	clock_virtual_advance(30 * CLOCK_DAY);
	assert_int_equal(clock_proof_judge(&p, true), CLOCK_PROVEN);
	clock_virtual_step(10 * YEAR);
	assert_int_equal(clock_proof_judge(&p, true), CLOCK_WRONG);
	clock_virtual_step(-10 * YEAR);
	assert_int_equal(clock_proof_judge(&p, true), CLOCK_PROVEN);
	troubles_free(p.troubles);
	clock_virtual_stop();
}

static void newest_statements_of_hosts_count(void **state)
{
	struct clock_proof p = {.troubles = troubles_new(wake_nothing, NULL)};
	char host[32];

	(void)state;
	clock_virtual_start(NOW);
	for (int i = 0; i < 1000; i++)
		clock_proof_note(&p, "a.example", NOW);
	assert_int_equal(clock_proof_judge(&p, true), CLOCK_UNPROVEN);
	for (int i = 0; i < 3 * CLOCK_PROOF_HOSTS; i++) {
		snprintf(host, sizeof(host), "%d.example", i);
		clock_proof_note(&p, host, NOW + (i < 2 * CLOCK_PROOF_HOSTS ? YEAR : 0));
	}
	assert_int_equal(clock_proof_judge(&p, true), CLOCK_PROVEN);
	troubles_free(p.troubles);
	clock_virtual_stop();
}

static void doubt_is_a_trouble(void **state)
{
	struct clock_proof p = {.troubles = troubles_new(wake_nothing, NULL)};

	(void)state;
	clock_virtual_start(NOW);
	clock_proof_judge(&p, false);
	assert_int_equal(troubles_next(p.troubles), INT64_MAX);
	clock_proof_judge(&p, true);
	assert_true(troubles_next(p.troubles) >= clock_mono() + CLOCK_DAY);
	clock_proof_note(&p, "a.example", NOW - YEAR);
	clock_proof_note(&p, "b.example", NOW - YEAR);
	clock_proof_judge(&p, false);
	assert_true(troubles_next(p.troubles) <= clock_mono() + CLOCK_MINUTE);
	troubles_free(p.troubles);
	clock_virtual_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_is_judged_by_majority),
		cmocka_unit_test(step_is_noticed_before_the_next_answer),
		cmocka_unit_test(newest_statements_of_hosts_count),
		cmocka_unit_test(doubt_is_a_trouble),
	};

	return cmocka_run_group_tests_name("engine clock_proof", tests, NULL, NULL);
}
