/* SPDX-License-Identifier: MIT */
/* The health of a feed, as polls leave it in the store. */
#include "lib/unit.h"

#include "lib/desk_polls.h"
#include "store/health.h"
#include "store/rhythm.h"

static struct store_health health_of(struct desk_fixture *f)
{
	struct store_feed feed;
	struct store_health h;

	assert_int_equal(store_feed_get(f->db->store, STR("a"), f->db->arena, &feed, &f->e), 0);
	assert_int_equal(store_health_get(f->db->store, feed.id, f->db->arena, &h, &f->e), 0);
	return h;
}

static void take_poll(struct desk_fixture *f, struct desk_poll p)
{
	struct desk_result r;

	p.feed = STR("a");
	p.started = p.fetched = clock_wall();
	p.interval = 5 * CLOCK_MINUTE;
	assert_int_equal(desk_ingest(f->desk, f->conf, &p, &r, &f->e), 0);
	clock_virtual_advance(5 * CLOCK_MINUTE);
}

static void fail_poll(struct desk_fixture *f, const char *why)
{
	take_poll(f, (struct desk_poll){.outcome = DESK_FAILED, .error = str_of(why)});
}

static void read_items(struct desk_fixture *f, struct feed_item *v, size_t n, size_t len)
{
	struct feed_batch b = {.items = v, .n_items = n, .complete = true};

	take_poll(f, (struct desk_poll){.outcome = DESK_NEW_BODY, .batch = &b, .body_bytes = len});
}

static void reasons_of_a_streak_are_counted(void **state)
{
	struct desk_fixture f;
	struct store_health h;
	int64_t began;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	began = clock_wall();
	fail_poll(&f, "HTTP 503 after 3.1 s");
	fail_poll(&f, "no such host");
	fail_poll(&f, "HTTP 503 after 3.2 s");
	h = health_of(&f);
	assert_string_equal(h.reasons.p, "2 HTTP 503 after 3.2 s\n1 no such host");
	assert_int_equal(h.failing_since, began);
	for (int i = 0; i < 9; i++) {
		char why[16];

		snprintf(why, sizeof(why), "reason %c", 'a' + i);
		fail_poll(&f, why);
	}
	h = health_of(&f);
	assert_string_equal(h.reasons.p, "1 reason i\n1 reason h\n1 reason g\n1 reason f");
	/* The next streak is one of its own. */
	take_poll(&f, (struct desk_poll){.outcome = DESK_UNCHANGED, .not_modified = true});
	began = clock_wall();
	fail_poll(&f, "gone away");
	h = health_of(&f);
	assert_string_equal(h.reasons.p, "1 gone away");
	assert_int_equal(h.failing_since, began);
	desk_fixture_close(&f);
}

static void answers_and_latency_are_measured(void **state)
{
	struct feed_item i[] = {desk_polls_item("1", "one"), desk_polls_item("2", "two")};
	struct desk_fixture f;
	struct store_health h;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	read_items(&f, i, 1, 1000);
	assert_int_equal(health_of(&f).bytes, 1000);
	for (int n = 0; n < 3; n++)
		take_poll(&f, (struct desk_poll){.outcome = DESK_UNCHANGED,
				      .not_modified = true,
				      .conditional = true});
	i[1].published = clock_wall() - 2 * CLOCK_MINUTE;
	read_items(&f, i, 2, 1800);
	h = health_of(&f);
	assert_int_equal(h.bytes, 1100);
	assert_int_equal(h.milli_same, 3000);
	assert_in_range(h.milli_whole, 1900, 2000);
	assert_int_equal(h.latency, 2 * CLOCK_MINUTE);
	assert_int_equal(h.newest, clock_wall() - 5 * CLOCK_MINUTE);
	desk_fixture_close(&f);
}

static struct store_rhythm rhythm_of(struct desk_fixture *f)
{
	struct store_feed feed;
	struct store_rhythm r;

	assert_int_equal(store_feed_get(f->db->store, STR("a"), f->db->arena, &feed, &f->e), 0);
	assert_int_equal(store_rhythm_get(f->db->store, feed.id, &r, &f->e), 0);
	return r;
}

/* Even if the first poll of the new one fails. */
static void another_address_has_no_rhythm_yet(void **state)
{
	struct feed_item i[] = {desk_polls_item("1", "one"), desk_polls_item("2", "two")};
	struct desk_fixture f;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	read_items(&f, i, 1, 1000);
	read_items(&f, i, 2, 1000);
	assert_true(rhythm_of(&f).since != STAMP_NONE);
	desk_configure(&f, "feed a { url = 'http://other.example/rss' }\n"
			   "notify desk { type = 'stdout' }\n"
			   "watch moves { query = 'embassy' notify = { desk } }\n");
	fail_poll(&f, "no such host");
	assert_true(rhythm_of(&f).since == STAMP_NONE);
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_of_a_streak_are_counted),
		cmocka_unit_test(answers_and_latency_are_measured),
		cmocka_unit_test(another_address_has_no_rhythm_yet),
	};

	return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
