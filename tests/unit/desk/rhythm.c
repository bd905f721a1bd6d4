/* SPDX-License-Identifier: MIT */
/*
 * The posting rhythm of feeds, learnt from simulated publishers: how often a sound one is called
 * silent, and how soon a dead one is.
 */
#include "lib/unit.h"

#include <math.h>

#include "base/rng.h"
#include "desk/rhythm.h"

#define MONDAY_0  INT64_C(1789948800000) /* Monday 2026-09-21 00:00 UTC */
#define POLL	  (5 * CLOCK_MINUTE)
#define TIMES_MAX 4096

/* A publisher: how many times an hour it posts at a time, and how. */
struct publisher {
	double (*rate)(int64_t t);
	double shape;		 /* of the gaps: 1 random, 0.4 in bursts, large: regular */
	unsigned items;		 /* of a posting, at most */
	int64_t holiday;	 /* days from the start on that it rests; 0: none */
	int64_t shift_at, shift; /* from then on all is so much later; 0: never */
};

static size_t hour_of_day(int64_t t)
{
	return (size_t)(t / CLOCK_HOUR % 24);
}

static size_t day_of_week(int64_t t)
{
	return (size_t)((t / CLOCK_DAY + 3) % 7);
}

static double forty_a_day(int64_t t)
{
	(void)t;
	return 40.0 / 24;
}

static double wire(int64_t t)
{
	return hour_of_day(t) < 5 ? 6 : 20;
}

static double newsroom_with_a_night(int64_t t)
{
	size_t h = hour_of_day(t);

	return h < 6 || h >= 23 ? 0 : day_of_week(t) > 4 ? 1.2 : 3;
}

static double office(int64_t t)
{
	size_t h = hour_of_day(t);

	return day_of_week(t) > 4 || h < 8 || h >= 17 ? 0 : 4;
}

static double blog(int64_t t)
{
	(void)t;
	return 3.0 / 168;
}

static double newsletter(int64_t t)
{
	return hour_of_day(t) == 7 ? 1 : 0;
}

static double unit_random(struct rng *rng)
{
	return ((double)rng_below(rng, 1U << 30) + 0.5) / (double)(1U << 30);
}

/* Mean 1; by the sum of exponentials, and below 1 as a mixture of short and long gaps. */
static double next_gap(struct rng *rng, double shape)
{
	double sum = 0;

	if (shape < 1)
		return unit_random(rng) < 0.6 ? -0.2 * log(unit_random(rng))
					      : -2.2 * log(unit_random(rng));
	for (int i = 0; i < (int)shape; i++)
		sum -= log(unit_random(rng));
	return sum / (int)shape;
}

/* The life of one feed. */
struct life {
	const struct publisher *p;
	struct rng *rng;
	struct store_rhythm r;
	int64_t now;
	double to_go; /* of the gap, by the clock of the publisher */
	size_t alarms, postings;
	bool alarmed;
	int64_t alarmed_at;
};

static double rate_at(const struct life *l, int64_t t)
{
	const struct publisher *p = l->p;

	if (p->holiday && day_of_week(t) == 2 && t / CLOCK_DAY % p->holiday < 7)
		return 0;
	return p->rate(p->shift_at && t >= p->shift_at ? t - p->shift : t);
}

/* Polls until `end`; dead: nothing is posted. */
static void live_until(struct life *l, int64_t end, bool dead)
{
	for (; l->now < end; l->now += POLL) {
		int64_t times[64];
		size_t n = 0;

		for (int64_t t = l->now - POLL; !dead && t < l->now; t += CLOCK_MINUTE) {
			l->to_go -= rate_at(l, t) / 60;
			while (l->to_go <= 0) {
				l->to_go += next_gap(l->rng, l->p->shape);
				l->postings++;
				for (unsigned i = 0; i < l->p->items && n < 64; i++)
					times[n++] = t;
			}
		}
		if (n > 0) {
			rhythm_learn(&l->r, times, n, l->now);
			l->alarmed = false;
		} else if (!l->alarmed && l->r.silent_at != STAMP_NONE &&
			   l->now >= l->r.silent_at) {
			l->alarmed = true;
			l->alarmed_at = l->now;
			l->alarms++;
		}
	}
}

static struct life be_born(const struct publisher *p, struct rng *rng)
{
	struct life l = {.p = p, .rng = rng, .now = MONDAY_0, .to_go = 1};

	rhythm_start(&l.r, l.now);
	return l;
}

#define YEAR (52 * 7 * CLOCK_DAY)

static size_t feeds = 2; /* of each kind; an argument of the program asks for more */

/* False alarms of these feeds in a year each. */
static size_t count_false_alarms(const struct publisher *p)
{
	struct rng rng;
	size_t alarms = 0, postings = 0;

	rng_seed(&rng, 7);
	for (size_t i = 0; i < feeds; i++) {
		struct life l = be_born(p, &rng);

		live_until(&l, MONDAY_0 + YEAR, false);
		alarms += l.alarms;
		postings += l.postings;
	}
	print_message("%zu feed-years, %zu postings, %zu false alarms\n", feeds, postings, alarms);
	return alarms;
}

static const struct {
	struct publisher p;
	double hours; /* from the last posting of a dead feed to the alarm, at most, on average */
} kinds[] = {
	{{.rate = forty_a_day, .shape = 1, .items = 1}, 13},
	{{.rate = forty_a_day, .shape = 12, .items = 1}, 4},
	{{.rate = forty_a_day, .shape = 0.4, .items = 3}, 48},
	{{.rate = wire, .shape = 1, .items = 1}, 1.5},
	{{.rate = wire, .shape = 8, .items = 1}, 1},
	{{.rate = newsroom_with_a_night, .shape = 1, .items = 1}, 9},
	{{.rate = newsroom_with_a_night, .shape = 8, .items = 2}, 4},
	{{.rate = office, .shape = 1, .items = 1}, 9},
	{{.rate = newsletter, .shape = 4, .items = 1}, 14 * 24},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* At most one in ten feed-years, of all kinds. */
static void sound_feeds_are_hardly_called_silent(void **state)
{
	size_t alarms = 0;

	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		alarms += count_false_alarms(&kinds[i].p);
	assert_true(alarms <= feeds * KINDS / 10);
}

#define LIVES 5

static void a_dead_feed_is_silent_soon(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11);
	for (size_t i = 0; i < KINDS; i++) {
		int64_t died = MONDAY_0 + 42 * CLOCK_DAY + 9 * CLOCK_HOUR;
		double sum = 0;

		for (int n = 0; n < LIVES; n++) {
			struct life l = be_born(&kinds[i].p, &rng);

			live_until(&l, died, false);
			live_until(&l, died + 30 * CLOCK_DAY, true);
			assert_true(l.alarmed);
			sum += (double)(l.alarmed_at - l.r.last) / (double)CLOCK_HOUR;
		}
		print_message("kind %zu: %.1f h\n", i, sum / LIVES);
		assert_true(sum / LIVES <= kinds[i].hours);
	}
}

/* A feed that posts three times a week, or has just begun, has no silence yet. */
static void few_postings_prove_nothing(void **state)
{
	static const struct publisher rare = {.rate = blog, .shape = 1, .items = 1};
	static const struct publisher fresh = {.rate = forty_a_day, .shape = 1, .items = 1};
	struct rhythm_rates rates;
	struct life l;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3);
	l = be_born(&rare, &rng);
	live_until(&l, MONDAY_0 + 28 * CLOCK_DAY, false);
	live_until(&l, MONDAY_0 + 49 * CLOCK_DAY, true);
	assert_int_equal(l.alarms, 0);
	l = be_born(&fresh, &rng);
	live_until(&l, MONDAY_0 + 8 * CLOCK_HOUR, false);
	live_until(&l, MONDAY_0 + 7 * CLOCK_DAY, true);
	assert_int_equal(l.alarms, 0);
	rhythm_start(&l.r, MONDAY_0);
	rhythm_rates(&l.r, MONDAY_0, &rates);
	assert_false(rhythm_is_known(&rates));
	assert_true(rhythm_rate(&rates, MONDAY_0) <= 0);
	assert_true(rhythm_chance(&l.r, &rates, MONDAY_0, MONDAY_0 + YEAR) >= 1);
	assert_int_equal(rhythm_silent_at(&l.r, &rates), STAMP_NONE);
}

/* Three days are enough for a feed that posts around the clock; the first weekend is unknown. */
static void three_days_are_a_beginning(void **state)
{
	static const struct publisher p = {.rate = forty_a_day, .shape = 12, .items = 1};
	static const struct publisher q = {.rate = office, .shape = 12, .items = 1};
	int64_t thursday = MONDAY_0 + 3 * CLOCK_DAY + 9 * CLOCK_HOUR;
	struct life l;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	l = be_born(&p, &rng);
	live_until(&l, thursday, false);
	assert_int_equal(l.alarms, 0);
	live_until(&l, thursday + 8 * CLOCK_HOUR, true);
	assert_int_equal(l.alarms, 1);
	l = be_born(&q, &rng);
	live_until(&l, MONDAY_0 + 14 * CLOCK_DAY, false);
	assert_int_equal(l.alarms, 0);
}

static void holidays_and_summer_time_are_not_silence(void **state)
{
	/* Each ninth week or so has a Wednesday without work; the clocks are put back in week 30.
	 */
	static const struct publisher all[] = {
		{.rate = office, .shape = 8, .items = 1, .holiday = 60},
		{.rate = newsroom_with_a_night, .shape = 8, .items = 1, .holiday = 0},
		{.rate = office,
			.shape = 12,
			.items = 1,
			.shift_at = MONDAY_0 + 30 * 7 * CLOCK_DAY,
			.shift = CLOCK_HOUR},
	};
	size_t alarms = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		alarms += count_false_alarms(&all[i]);
	assert_int_equal(alarms, 0);
}

/* After an outage of three days the next one is found about as soon. */
static void an_outage_is_not_learnt_as_usual(void **state)
{
	static const struct publisher p = {.rate = forty_a_day, .shape = 4, .items = 1};
	int64_t at = MONDAY_0 + 42 * CLOCK_DAY, first;
	struct life l;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 13);
	l = be_born(&p, &rng);
	live_until(&l, at, false);
	live_until(&l, at + 3 * CLOCK_DAY, true);
	assert_int_equal(l.alarms, 1);
	first = l.alarmed_at - l.r.last;
	live_until(&l, at + 10 * CLOCK_DAY, false);
	assert_false(l.alarmed);
	live_until(&l, at + 13 * CLOCK_DAY, true);
	assert_true(l.alarmed);
	assert_true(l.alarmed_at - l.r.last < 3 * first);
}

static void the_rate_follows_hour_and_day(void **state)
{
	static const struct publisher p = {.rate = office, .shape = 1, .items = 2};
	int64_t at = MONDAY_0 + 42 * CLOCK_DAY;
	struct rhythm_rates rates;
	struct life l;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 17);
	l = be_born(&p, &rng);
	live_until(&l, at, false);
	rhythm_rates(&l.r, at, &rates);
	assert_true(rhythm_is_known(&rates) && rates.whole_week);
	assert_true(rhythm_rate(&rates, at + 12 * CLOCK_HOUR) > 2.5);
	assert_true(rhythm_rate(&rates, at + 12 * CLOCK_HOUR) < 5);
	assert_true(rhythm_rate(&rates, at + 3 * CLOCK_HOUR) < 0.2);
	assert_true(rhythm_rate(&rates, at + 5 * CLOCK_DAY + 12 * CLOCK_HOUR) < 1.5);
	assert_true(fabs(rhythm_expected(&rates, at, at + 7 * CLOCK_DAY) - 5 * 9 * 4) < 40);
	assert_true(fabs(rhythm_expected(&rates, at, at + 21 * CLOCK_DAY) - 15 * 9 * 4) < 120);
	assert_true(fabs(rhythm_items_a_day(&l.r, &rates) - 5.0 / 7 * 9 * 4 * 2) < 15);
	assert_true(rhythm_expected(&rates, at + 5 * CLOCK_DAY, at + 7 * CLOCK_DAY) < 0.01);
}

static void a_clock_that_was_set_back_starts_again(void **state)
{
	struct store_rhythm r;
	int64_t t = MONDAY_0;

	(void)state;
	rhythm_start(&r, MONDAY_0);
	rhythm_learn(&r, &t, 1, MONDAY_0 + CLOCK_HOUR);
	assert_int_equal(r.since, MONDAY_0);
	rhythm_learn(&r, &t, 1, MONDAY_0 - CLOCK_DAY);
	assert_int_equal(r.since, MONDAY_0 - CLOCK_DAY);
	assert_int_equal(r.last, MONDAY_0 - CLOCK_DAY);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_feeds_are_hardly_called_silent),
		cmocka_unit_test(a_dead_feed_is_silent_soon),
		cmocka_unit_test(few_postings_prove_nothing),
		cmocka_unit_test(three_days_are_a_beginning),
		cmocka_unit_test(holidays_and_summer_time_are_not_silence),
		cmocka_unit_test(an_outage_is_not_learnt_as_usual),
		cmocka_unit_test(the_rate_follows_hour_and_day),
		cmocka_unit_test(a_clock_that_was_set_back_starts_again),
	};

	if (argc > 1)
		feeds = strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests_name("rhythm", tests, NULL, NULL);
}
