/* SPDX-License-Identifier: MIT */
/* What a feed usually brings, and which alerts of a flood become a digest. */
#include "lib/unit.h"

#include "desk/arrivals.h"
#include "desk/explain.h"
#include "lib/desk_polls.h"

/* --- what is usual --- */

static struct store_arrivals learn(double per_poll, int64_t gap, int polls)
{
	struct store_arrivals a = {0, STAMP_NONE, STAMP_NONE};
	int64_t now = T0;

	arrivals_count(&a, now, 0);
	for (int i = 0; i < polls; i++)
		arrivals_count(&a, now += gap, per_poll);
	return a;
}

static void the_usual_number_is_an_average_over_time(void **state)
{
	static const struct {
		double per_poll;
		int64_t gap;
		int polls;
		int64_t since; /* since the last poll */
		double low, high;
	} rows[] = {
		{10, 5 * CLOCK_MINUTE, 3, 5 * CLOCK_MINUTE, 13.1, 13.2}, /* 10 and its root */
		{10, 5 * CLOCK_MINUTE, 3000, 5 * CLOCK_MINUTE, 13.0, 13.3},
		{10, 5 * CLOCK_MINUTE, 3, CLOCK_HOUR, 130.9, 131},
		{0, 5 * CLOCK_MINUTE, 100, CLOCK_DAY, 0, 0},
		{7, 5 * CLOCK_MINUTE, 0, CLOCK_DAY, 0, 0},
		{7, CLOCK_HOUR, 5, -CLOCK_DAY, 0, 0}, /* the clock was set back */
		{3, CLOCK_DAY, 100, CLOCK_DAY, 4.7, 4.8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct store_arrivals a = learn(rows[i].per_poll, rows[i].gap, rows[i].polls);
		double usual = arrivals_usual(&a, a.until + rows[i].since);

		if (usual < rows[i].low || usual > rows[i].high)
			print_error("%zu: %f\n", i, usual);
		assert_true(usual >= rows[i].low && usual <= rows[i].high);
	}
}

static void what_is_past_is_forgotten(void **state)
{
	struct store_arrivals a = learn(60, 5 * CLOCK_MINUTE, 100);
	int64_t now = a.until;

	(void)state;
	for (int i = 0; i < 14 * 288; i++)
		arrivals_count(&a, now += 5 * CLOCK_MINUTE, 0);
	assert_true(arrivals_usual(&a, now + 5 * CLOCK_MINUTE) < 1);
	/* A clock that was set back begins again. */
	arrivals_count(&a, T0 - CLOCK_DAY, 5);
	assert_true(a.since == a.until && a.milli_items == 0);
}

/* --- floods --- */

#define MANY 60

static struct feed_item items[MANY];
static char texts[MANY][32];

/* Items whose ids and titles begin with that prefix. */
static void make_items(const char *prefix)
{
	for (size_t i = 0; i < MANY; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%s %zu", prefix, i);
		items[i] = desk_polls_item(texts[i], texts[i]);
	}
}

static size_t due_of(struct desk_fixture *f, const char *notify, struct store_due **due)
{
	size_t n;

	assert_int_equal(store_outbox_due(f->db->store, str_of(notify), INT64_MAX, 200,
				 f->db->arena, due, &n, &f->e),
		0);
	return n;
}

/* Returns the digest that the alert of watch moves for that item is part of. */
static struct str digest_of_item(struct desk_fixture *f, const char *title)
{
	const struct conf_watch *w = conf_find_watch(f->conf, STR("moves"));
	struct desk_explanation x;

	for (int64_t row = 1; row <= MANY; row++) {
		if (desk_explain(f->db->store, f->conf, row, w, f->db->arena, &x, &f->e) != 0)
			continue; /* it was deleted */
		if (str_is(x.item.item.title, title))
			return x.alerts[0].deliveries[0].digest;
	}
	return STR_NONE;
}

static void the_rest_of_a_flood_is_one_digest_for_each_watch(void **state)
{
	const struct alert_digest *d;
	struct desk_fixture f;
	struct desk_result r;
	struct store_feed feed;
	struct store_due *due;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH "watch five { query = '\"embassy 5\" OR \"embassy 6\"'"
					  " notify = desk }\n"
					  "watch mute { query = 'embassy' }\n");
	desk_polls_items(&f, "a", NULL, 0);
	make_items("embassy");
	items[5].published = STAMP_NONE;
	items[5].updated = T0 - 7;
	r = desk_polls_items(&f, "a", items, MANY);
	assert_true(r.flood && r.digests == 1 && r.in_digest == MANY - 5);
	assert_int_equal(r.alerts, MANY * 2 + 2);
	assert_int_equal(due_of(&f, "mail", &due), 6);
	assert_int_equal(due_of(&f, "desk", &due), 6 + 2);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(due[i].alert.kind, i == 5 ? ALERT_DIGEST : ALERT_CREATED);
	d = due[5].alert.digest;
	assert_true(str_starts(due[5].alert.id, STR("dg_")));
	assert_true(str_is(due[5].alert.title, "55 more alerts at once"));
	assert_int_equal(due[5].alert.priority, ALERT_URGENT);
	assert_true(d->why == ALERT_WHY_FLOOD && d->n == 50 && d->left_out == 5);
	assert_true(str_is(d->alerts[0].title, "embassy 5"));
	assert_int_equal(d->alerts[0].published / CLOCK_SECOND, (T0 - 7) / CLOCK_SECOND);
	assert_true(str_is(d->alerts[0].watch, "moves") && str_is(d->alerts[0].feed, "a"));
	assert_int_equal(store_feed_get(f.db->store, STR("a"), f.db->arena, &feed, &f.e), 0);
	assert_true(feed.flood.items == MANY && feed.flood.in_digest == MANY - 5);
	assert_true(str_eq(digest_of_item(&f, "embassy 7"), due[5].alert.id));
	assert_false(str_present(digest_of_item(&f, "embassy 4")));
	/* The same again is neither new nor a flood. */
	r = desk_polls_items(&f, "a", items, MANY);
	assert_true(!r.flood && r.alerts == 0);
	desk_fixture_close(&f);
}

static void deliver_all(struct desk_fixture *f, const char *notify)
{
	struct store_due *due;
	size_t n = due_of(f, notify, &due);

	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(store_delivery_update(f->db->store, due[i].d.id, STORE_DELIVERED,
					 T0, T0, STR("yes"), &f->e),
			0);
}

/* The first item of the digest left its feed long ago; the others are still there. */
static void a_digest_of_a_flood_is_kept_with_its_alerts(void **state)
{
	struct desk_fixture f;
	struct str digest;
	bool more = true;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	make_items("embassy");
	desk_polls_items(&f, "a", items, MANY);
	deliver_all(&f, "desk");
	deliver_all(&f, "mail");
	digest = digest_of_item(&f, "embassy 7");
	assert_true(str_starts(digest, STR("dg_")));
	desk_polls_items(&f, "a", items + 6, MANY - 6);
	clock_virtual_advance(30 * CLOCK_DAY);
	desk_polls_items(&f, "a", items + 6, MANY - 6);
	while (more)
		assert_int_equal(
			store_expire(f.db->store, clock_wall() - CLOCK_DAY, 100, &more, &f.e), 0);
	assert_false(str_present(digest_of_item(&f, "embassy 5")));
	assert_true(str_eq(digest_of_item(&f, "embassy 7"), digest));
	desk_fixture_close(&f);
}

static void a_first_run_is_no_flood(void **state)
{
	struct desk_fixture f;
	struct desk_result r;

	(void)state;
	desk_fixture_open(&f, "feed all { url = 'http://a.example/' first-run = alert }\n"
			      "notify desk { type = stdout }\n"
			      "watch w { query = 'embassy' notify = desk }\n");
	make_items("embassy");
	r = desk_polls_items(&f, "all", items, MANY);
	assert_true(!r.flood && r.alerts == MANY && r.digests == 0);
	desk_fixture_close(&f);
}

static void too_many_alerts_of_one_watch_are_a_flood(void **state)
{
	static const struct {
		const char *limits;
		size_t items, alone; /* alerts that are sent by themselves */
	} rows[] = {
		{"", 20, 20},
		{"", 21, 5},
		{"daemon { flood-alerts = 0 }\n", 50, 50},
		{"daemon { flood-alerts = 0 }\n", 51, 5},
		{"daemon { flood-items = 0 }\n", 60, 5},
		{"daemon { flood-items = 0 flood-alerts = 0 }\n", 60, 60},
		{"daemon { flood-items = 3 }\n", 5, 5},
		{"daemon { flood-items = 3 }\n", 6, 5},
		{"daemon { flood-alerts = 8 }\n", 8, 8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t digests = rows[i].items > rows[i].alone;
		struct desk_fixture f;
		struct store_due *due;
		char text[1024];

		snprintf(text, sizeof(text), FEEDS WATCH "%s", rows[i].limits);
		desk_fixture_open(&f, text);
		desk_polls_items(&f, "a", NULL, 0);
		make_items("embassy");
		assert_int_equal(desk_polls_items(&f, "a", items, rows[i].items).digests, digests);
		assert_int_equal(due_of(&f, "mail", &due), rows[i].alone + digests);
		desk_fixture_close(&f);
	}
}

/* A template change edits all items at once. */
static void edits_may_be_a_flood(void **state)
{
	struct desk_fixture f;
	struct desk_result r;
	struct store_due *due;

	(void)state;
	desk_fixture_open(
		&f, FEEDS "watch w { query = 'embassy' on-update = alert notify = desk }");
	desk_polls_items(&f, "a", NULL, 0);
	make_items("embassy");
	for (size_t from = 0; from < MANY; from += 20) {
		clock_virtual_advance(CLOCK_HOUR);
		desk_polls_items(&f, "a", &items[from], 20);
	}
	assert_int_equal(due_of(&f, "desk", &due), MANY);
	for (size_t i = 0; i < MANY; i++) {
		items[i].content = STR("Read more on our site.");
		items[i].text_key ^= 1;
	}
	r = desk_polls_items(&f, "a", items, 30);
	assert_true(r.revised == 30 && r.alerts == 30 && r.in_digest == 25);
	assert_int_equal(due_of(&f, "desk", &due), MANY + 6);
	desk_fixture_close(&f);
}

/* A publisher that changes all with each poll. */
static void repeated_floods_are_not_learnt_at_once(void **state)
{
	struct desk_fixture f;
	struct desk_result r;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	for (int poll = 0; poll < 20; poll++) {
		char prefix[24];

		snprintf(prefix, sizeof(prefix), "embassy %d", poll);
		make_items(prefix);
		r = desk_polls_items(&f, "a", items, MANY);
		assert_true(r.flood && r.in_digest == MANY - 5);
	}
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_number_is_an_average_over_time),
		cmocka_unit_test(what_is_past_is_forgotten),
		cmocka_unit_test(the_rest_of_a_flood_is_one_digest_for_each_watch),
		cmocka_unit_test(a_digest_of_a_flood_is_kept_with_its_alerts),
		cmocka_unit_test(a_first_run_is_no_flood),
		cmocka_unit_test(too_many_alerts_of_one_watch_are_a_flood),
		cmocka_unit_test(edits_may_be_a_flood),
		cmocka_unit_test(repeated_floods_are_not_learnt_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
