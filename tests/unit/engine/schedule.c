/* SPDX-License-Identifier: MIT */
/* Times of polls and delivery attempts; the heap; the queue of a host. */
#include "lib/unit.h"

#include "base/clock.h"
#include "engine/due.h"
#include "engine/schedule.h"

#define MIN  CLOCK_MINUTE
#define HOUR CLOCK_HOUR
#define DAY  CLOCK_DAY

/* 2022-02-12, a Saturday, 10:00 */
#define SATURDAY_TEN INT64_C(1644660000000)

static const struct {
	const char *name;
	struct schedule_poll s;
	int64_t low, high;
} polls[] = {
	{"a good poll", {.every = 5 * MIN}, 270000, 330000},
	{"by its rhythm", {.every = HOUR, .learnt = 10 * MIN, .fastest = MIN}, 9 * MIN, 11 * MIN},
	{"at its fastest", {.every = HOUR, .learnt = MIN, .fastest = MIN}, MIN, MIN + MIN / 10},
	{"a rhythm lengthens nothing", {.every = 5 * MIN, .learnt = HOUR, .fastest = MIN}, 270000,
		330000},
	{"max-age holds in its rhythm",
		{.every = HOUR, .learnt = MIN, .fastest = MIN, .max_age = 20 * MIN}, 20 * MIN,
		21 * MIN},
	{"a failure knows no rhythm",
		{.every = 5 * MIN, .learnt = MIN, .fastest = MIN, .failed = true, .failures = 1},
		4 * MIN, 6 * MIN},
	{"max-age is a floor", {.every = 5 * MIN, .max_age = HOUR}, HOUR, HOUR + HOUR / 20},
	{"max-age below every", {.every = 5 * MIN, .max_age = MIN}, 270000, 330000},
	{"max-age counts for a day", {.every = 5 * MIN, .max_age = 9 * DAY}, DAY, DAY + DAY / 20},
	{"ttl lengthens the default", {.every = 5 * MIN, .every_default = true, .ttl = 30 * MIN},
		30 * MIN, 30 * MIN + 30 * MIN / 20},
	{"ttl counts for an hour", {.every = 5 * MIN, .every_default = true, .ttl = DAY}, HOUR,
		HOUR + HOUR / 20},
	{"every of the feed goes before ttl", {.every = 2 * MIN, .ttl = HOUR}, 108000, 132000},
	{"force", {.every = MIN, .force = true, .max_age = HOUR, .ttl = HOUR}, 54000, 66000},
	{"first failure is gentle", {.every = 5 * MIN, .failed = true, .failures = 1}, 4 * MIN,
		6 * MIN},
	{"second failure", {.every = 5 * MIN, .failed = true, .failures = 2}, 8 * MIN, 12 * MIN},
	{"fourth failure", {.every = 5 * MIN, .failed = true, .failures = 4}, 32 * MIN, 48 * MIN},
	{"many failures", {.every = 5 * MIN, .failed = true, .failures = 4000000000u},
		6 * HOUR * 8 / 10, 6 * HOUR * 12 / 10},
	{"a slow feed fails", {.every = 12 * HOUR, .failed = true, .failures = 3},
		12 * HOUR * 8 / 10, 12 * HOUR * 12 / 10},
	{"retry-after", {.every = MIN, .failed = true, .failures = 1, .retry_after = HOUR}, HOUR,
		HOUR + HOUR / 20},
	{"retry-after beats force",
		{.every = MIN, .failed = true, .failures = 1, .force = true, .retry_after = HOUR},
		HOUR, HOUR + HOUR / 20},
	{"retry-after without end",
		{.every = MIN, .failed = true, .failures = 1, .retry_after = INT64_MAX}, DAY,
		DAY + DAY / 20},
	{"gone", {.every = MIN, .failed = true, .failures = 1, .gone = true, .absences = 1},
		DAY * 9 / 10, DAY * 11 / 10},
	{"gone for weeks",
		{.every = MIN, .failed = true, .failures = 22, .gone = true, .absences = 22},
		7 * DAY * 9 / 10, 7 * DAY * 11 / 10},
	{"gone for years",
		{.every = MIN, .failed = true, .failures = 400, .gone = true, .absences = 400},
		7 * DAY * 9 / 10, 7 * DAY * 11 / 10},
	{"gone, and never asked so often",
		{.every = 30 * DAY, .failed = true, .failures = 1, .gone = true, .absences = 1},
		27 * DAY, 33 * DAY},
	{"nothing there", {.every = 5 * MIN, .failed = true, .failures = 1, .absences = 1}, 4 * MIN,
		6 * MIN},
	{"still nothing there", {.every = 5 * MIN, .failed = true, .failures = 8, .absences = 8},
		512 * MIN, 768 * MIN},
	{"nothing there for days",
		{.every = 5 * MIN, .failed = true, .failures = 12, .absences = 12}, DAY * 8 / 10,
		DAY * 12 / 10},
	{"nothing there for weeks",
		{.every = 5 * MIN, .failed = true, .failures = 30, .absences = 22},
		7 * DAY * 8 / 10, 7 * DAY * 12 / 10},
	{"a server in trouble for weeks", {.every = 5 * MIN, .failed = true, .failures = 90},
		6 * HOUR * 8 / 10, 6 * HOUR * 12 / 10},
	{"a failure before a skipped hour",
		{.every = MIN, .failed = true, .failures = 1, .skip_hours = 1u << 10}, HOUR,
		HOUR + 10 * MIN},
	{"skipped hour", {.every = MIN, .skip_hours = 1u << 10 | 1u << 11}, 2 * HOUR,
		2 * HOUR + 10 * MIN},
	{"skipped weekend", {.every = MIN, .skip_days = 1u << 6 | 1u << 0}, 38 * HOUR,
		38 * HOUR + 10 * MIN},
	{"skipped, but forced", {.every = MIN, .force = true, .skip_days = 0x7f}, 54000, 66000},
	{"every hour skipped", {.every = MIN, .skip_hours = 0xffffff}, 54000, 66000},
};

static void the_poll_interval_stays_within_bounds(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (size_t i = 0; i < sizeof(polls) / sizeof(polls[0]); i++) {
		struct schedule_poll s = polls[i].s;

		s.now = SATURDAY_TEN;
		for (int k = 0; k < 1000; k++) {
			int64_t wait = schedule_next_poll(&s, &r).wait;

			if (wait < polls[i].low || wait > polls[i].high)
				fail_msg("%s: %lld is not in %lld..%lld", polls[i].name,
					(long long)wait, (long long)polls[i].low,
					(long long)polls[i].high);
		}
	}
}

static void a_skipped_hour_is_waited_out(void **state)
{
	struct schedule_poll s = {.now = SATURDAY_TEN + 59 * MIN, .skip_hours = 1u << 10};
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	assert_in_range(schedule_skipped_now(&s, &r), MIN, 11 * MIN);
	s.force = true;
	assert_int_equal(schedule_skipped_now(&s, &r), 0);
	s.force = false;
	s.now += MIN;
	assert_int_equal(schedule_skipped_now(&s, &r), 0);
	s.skip_days = 0x7f;
	assert_int_equal(schedule_skipped_now(&s, &r), 0);
}

static void the_reason_is_what_determines_the_interval(void **state)
{
	struct schedule_poll s = {.now = SATURDAY_TEN, .every = 5 * MIN, .max_age = 5 * MIN - 1};
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int k = 0; k < 100; k++) {
		struct schedule_plan p = schedule_next_poll(&s, &r);

		assert_int_equal(p.why, SCHEDULE_EVERY);
		assert_int_equal(p.interval, 5 * MIN);
		assert_true(p.wait >= s.max_age);
	}
	s = (struct schedule_poll){
		.now = SATURDAY_TEN, .every = MIN, .failed = true, .failures = 12, .absences = 12};
	assert_int_equal(schedule_next_poll(&s, &r).why, SCHEDULE_ABSENT);
	s.failures = s.absences = 2;
	assert_int_equal(schedule_next_poll(&s, &r).why, SCHEDULE_BACKOFF);
}

static void attempts_become_fewer(void **state)
{
	int64_t sum = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	assert_int_equal(schedule_next_attempt(0, &r), 0);
	assert_in_range(schedule_next_attempt(1, &r), 4000, 6000);
	for (unsigned n = 1; n <= 10; n++)
		sum += schedule_next_attempt(n, &r);
	assert_in_range(sum, 60 * HOUR, 92 * HOUR);
	for (unsigned n = 11; n < 1000; n *= 2)
		assert_in_range(schedule_next_attempt(n, &r), 19 * HOUR, 29 * HOUR);
}

#define SECOND CLOCK_SECOND

static const struct {
	const char *name;
	struct schedule_probe p;
	int64_t pace;
} probes[] = {
	{"the first", {0}, 5 * SECOND},
	{"the second", {.down = 5 * SECOND, .probes = 1}, 10 * SECOND},
	{"the third", {.down = 15 * SECOND, .probes = 2}, 20 * SECOND},
	{"then", {.down = 35 * SECOND, .probes = 3}, 30 * SECOND},
	{"for an hour", {.down = HOUR - 1, .probes = 100}, 30 * SECOND},
	{"after an hour", {.down = HOUR, .probes = 100}, 5 * MIN},
	{"for a day", {.down = DAY - 1, .probes = 100}, 5 * MIN},
	{"after a day", {.down = DAY, .probes = 400}, 30 * MIN},
	{"for ever", {.down = 900 * DAY, .probes = UINT32_MAX}, 30 * MIN},
	{"denied", {.down = 15 * SECOND, .probes = 2, .denied = true}, 20 * SECOND},
	{"denied for long", {.down = 2 * MIN, .probes = 5, .denied = true}, 5 * MIN},
	{"denied for a day", {.down = DAY, .probes = 300, .denied = true}, 30 * MIN},
	{"it asked for less", {.down = HOUR, .asked = SECOND}, 5 * MIN},
};

static void receivers_in_trouble_are_probed_at_a_pace(void **state)
{
	struct schedule_probe p = {.down = MIN, .probes = 3, .asked = 31 * SECOND};
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		for (int n = 0; n < 100; n++) {
			int64_t wait = schedule_next_probe(&probes[i].p, &r);

			if (wait > probes[i].pace || wait < probes[i].pace / 10 * 9)
				fail_msg("%s: %lld", probes[i].name, (long long)wait);
		}
	assert_int_equal(schedule_next_probe(&p, &r), 31 * SECOND);
	p.asked = 99 * HOUR;
	assert_int_equal(schedule_next_probe(&p, &r), HOUR);
	assert_int_equal(schedule_pause(0), SECOND);
	assert_int_equal(schedule_pause(-5), SECOND);
	assert_int_equal(schedule_pause(7 * SECOND), 7 * SECOND);
	assert_int_equal(schedule_pause(DAY), HOUR);
}

#define MANY 1000

static void the_heap_returns_the_earliest(void **state)
{
	static struct due v[MANY];
	struct due_heap h = {0};
	struct rng r;
	int64_t last = -1;
	size_t seen = 0;

	(void)state;
	rng_seed(&r, 99);
	assert_int_equal(due_reserve(&h, MANY), 0);
	for (size_t i = 0; i < MANY; i++)
		due_set(&h, &v[i], (int64_t)rng_below(&r, 500));
	for (size_t i = 0; i < MANY; i += 3)
		due_set(&h, &v[i], (int64_t)rng_below(&r, 500));
	for (size_t i = 0; i < MANY; i += 5)
		due_unset(&h, &v[i]);
	due_unset(&h, &v[0]);
	while (due_first(&h)) {
		struct due *d = due_first(&h);

		assert_true(d->at >= last);
		last = d->at;
		due_unset(&h, d);
		assert_int_equal(d->slot, 0);
		seen++;
	}
	assert_int_equal(seen, MANY - MANY / 5);
	due_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_poll_interval_stays_within_bounds),
		cmocka_unit_test(a_skipped_hour_is_waited_out),
		cmocka_unit_test(the_reason_is_what_determines_the_interval),
		cmocka_unit_test(attempts_become_fewer),
		cmocka_unit_test(receivers_in_trouble_are_probed_at_a_pace),
		cmocka_unit_test(the_heap_returns_the_earliest),
	};

	return cmocka_run_group_tests_name("engine schedule", tests, NULL, NULL);
}
