/* SPDX-License-Identifier: MIT */
/* Old items that slide in at the old end of a feed. */
#include "lib/unit.h"

#include "desk/explain.h"
#include "lib/desk_polls.h"

#define HOUR CLOCK_HOUR

/* Items by the hours since each was published at T0; -1: without a date; 0: end of the list. */
static size_t poll_ages(struct desk_fixture *f, const char *feed, const int ages[8])
{
	struct feed_item items[8];
	char ids[8][16];
	size_t n = 0;

	for (; n < 8 && ages[n]; n++) {
		snprintf(ids[n], sizeof(ids[n]), "i%d", ages[n]);
		items[n] = desk_polls_item(ids[n], "embassy");
		items[n].published = ages[n] > 0 ? T0 - ages[n] * HOUR : STAMP_NONE;
	}
	return desk_polls_items(f, feed, items, n).alerts;
}

static void old_items_at_the_old_end_do_not_alert(void **state)
{
	static const struct {
		const char *why;
		int first[8], second[8];
		size_t alerts;
	} rows[] = {
		{"one was deleted", {9, 50, 60}, {9, 60, 70}, 0},
		{"the list grew", {9, 50}, {9, 50, 60, 70, 80}, 0},
		{"a new one came too", {9, 50}, {5, 9, 60}, 1},
		{"oldest first", {60, 50, 9}, {70, 60, 9}, 0},
		{"a list of one", {50}, {50, 60}, 0},
		{"two days old at most", {9, 20}, {9, 20, 47}, 1},
		{"between known ones", {9, 70}, {9, 60, 70}, 1},
		{"as old as the oldest", {9, 60}, {9, 60, 60}, 0},
		{"at the top", {9, 60}, {70, 9, 60}, 1},
		{"no order so far", {60, 9, 50}, {60, 50, 9, 70}, 1},
		{"no order now", {9, 50, 60}, {9, 60, 50, 70}, 1},
		{"not dated", {9, 50}, {9, 50, -1}, 1},
		{"undated ones before", {9, -1}, {9, 60}, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk_fixture f;
		size_t alerts;

		desk_fixture_open(&f, FEEDS WATCH);
		assert_int_equal(poll_ages(&f, "a", rows[i].first), 0);
		alerts = poll_ages(&f, "a", rows[i].second);
		if (alerts != rows[i].alerts)
			fail_msg("%s: %zu alerts", rows[i].why, alerts);
		desk_fixture_close(&f);
	}
}

static void the_feed_may_let_them_alert(void **state)
{
	static const int first[8] = {9, 50}, second[8] = {9, 60};
	struct desk_fixture f;

	(void)state;
	desk_fixture_open(&f, "feed a { url = 'http://a.example/' resurfaced = alert }\n"
			      "watch w { query = 'embassy' }\n");
	poll_ages(&f, "a", first);
	assert_int_equal(poll_ages(&f, "a", second), 1);
	desk_fixture_close(&f);
}

static void another_url_has_another_old_end(void **state)
{
	static const int first[8] = {9, 50}, second[8] = {9, 60}, third[8] = {9, 60, 70};
	struct desk_fixture f;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_ages(&f, "a", first);
	desk_configure(&f, "feed a { url = 'http://z.example/' }\nwatch w { query = 'embassy' }\n");
	assert_int_equal(poll_ages(&f, "a", second), 1);
	assert_int_equal(poll_ages(&f, "a", third), 0);
	desk_fixture_close(&f);
}

static void explanations_say_so_and_edits_are_matched(void **state)
{
	static const int first[8] = {9, 50}, second[8] = {9, 60};
	struct desk_fixture f;
	struct desk_explanation x;
	struct feed_item items[2] = {
		desk_polls_item("i9", "embassy"), desk_polls_item("i60", "Ferry")};

	(void)state;
	desk_fixture_open(
		&f, FEEDS WATCH "watch boat { query = 'ferry' }\nwatch text { query = 'text' }\n");
	poll_ages(&f, "a", first);
	poll_ages(&f, "a", second);
	assert_int_equal(
		desk_explain(f.db->store, f.conf, 3, f.conf->watches, f.db->arena, &x, &f.e), 0);
	assert_int_equal(x.item.arrival, STORE_RESURFACED);
	assert_int_equal(x.n_matching, 1);
	assert_int_equal(x.verdicts[0].alert_state, DESK_RESURFACED);
	items[0].published = T0 - 9 * HOUR;
	items[1].published = T0 - 60 * HOUR;
	assert_int_equal(desk_polls_items(&f, "a", items, 2).alerts, 1);
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_items_at_the_old_end_do_not_alert),
		cmocka_unit_test(the_feed_may_let_them_alert),
		cmocka_unit_test(another_url_has_another_old_end),
		cmocka_unit_test(explanations_say_so_and_edits_are_matched),
	};

	return cmocka_run_group_tests_name("desk resurfaced", tests, NULL, NULL);
}
