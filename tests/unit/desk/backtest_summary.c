/* SPDX-License-Identifier: MIT */
/* The alerts of a back-test, counted and sampled. */
#include "lib/unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "desk/backtest_summary.h"

#define T0 INT64_C(1704067200000) /* 2024-01-01 */

static void add(struct backtest_summary *t, const char *watch, int day, const char *feed,
	const char *title, enum backtest_change change)
{
	const struct conf_watch w = {.name = watch};
	const struct store_item_row row = {.id = 7,
		.first_seen = T0 + day * CLOCK_DAY + CLOCK_HOUR,
		.feed = str_of(feed),
		.item = {.title = str_of(title)}};
	const struct watch_view v = {.title = str_of(title), .body = STR("the body")};
	const struct watch_hit hits[] = {
		{QUERY_TITLE, 0, 3, str_slice(title, 3), STR("tit*")},
		{QUERY_BODY, 4, 4, STR("body"), STR("body")},
		{QUERY_AUTHOR, 0, 2, STR("Jo"), STR("author:jo")},
	};
	const struct backtest_alert a = {
		.change = change, .watch = &w, .row = &row, .view = &v, .hits = hits, .n_hits = 3};

	assert_int_equal(backtest_summary_add(t, &a, 2), 0);
}

static void note(void *ctx, const char *name, uint64_t n)
{
	char *out = ctx;

	sprintf(out + strlen(out), "%s=%llu ", name, (unsigned long long)n);
}

static void alerts_are_counted_by_day_and_feed(void **state)
{
	static const int days[] = {0, 0, 3, 3, 3, 31, 40};
	struct backtest_summary *t = backtest_summary_new();
	const struct backtest_watch *w;
	char text[256] = "";
	uint64_t others;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		add(t, "w", days[i], i % 3 == 2 ? "a" : "b", "title", BACKTEST_BOTH);
	add(t, "w", 40, "c", "title", BACKTEST_BOTH);
	add(t, "other", 1, "c", "title", BACKTEST_BOTH);
	assert_null(backtest_summary_find(t, "none"));
	w = backtest_summary_find(t, "w");
	assert_int_equal(w->alerts, 8);
	backtest_each_period(w, BACKTEST_DAY, note, text);
	assert_string_equal(text, "2024-01-01=2 2024-01-04=3 2024-02-01=1 2024-02-10=2 ");
	*text = '\0';
	backtest_each_period(w, BACKTEST_MONTH, note, text);
	assert_string_equal(text, "2024-01=5 2024-02=3 ");
	*text = '\0';
	backtest_busiest_day(w, note, text);
	assert_string_equal(text, "2024-01-04=3 ");
	*text = '\0';
	backtest_each_feed(t, w, 0, note, text, &others);
	assert_string_equal(text, "b=5 a=2 c=1 ");
	assert_int_equal(others, 0);
	*text = '\0';
	backtest_each_feed(t, w, 1, note, text, &others);
	assert_string_equal(text, "b=5 ");
	assert_int_equal(others, 3);
	backtest_summary_free(t);
	backtest_summary_free(NULL);
}

static void many_feeds_out_of_order_are_counted(void **state)
{
	struct backtest_summary *t = backtest_summary_new();
	char name[16], text[64] = "";
	uint64_t others;

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "f%d", i * 7 % 500);
		add(t, i % 2 ? "w" : "v", 500 - i, name, "title", BACKTEST_BOTH);
	}
	add(t, "w", 1, "f499", "title", BACKTEST_BOTH);
	assert_int_equal(backtest_summary_find(t, "w")->feeds.n, 250);
	assert_int_equal(backtest_summary_find(t, "w")->days.n, 250);
	backtest_each_feed(t, backtest_summary_find(t, "w"), 1, note, text, &others);
	assert_string_equal(text, "f499=2 ");
	assert_int_equal(others, 249);
	backtest_summary_free(t);
}

static void gained_and_lost_alerts_are_counted(void **state)
{
	struct backtest_summary *t = backtest_summary_new();
	const struct backtest_watch *w;

	(void)state;
	add(t, "w", 0, "a", "title", BACKTEST_BOTH);
	add(t, "w", 0, "a", "title", BACKTEST_GAINED);
	add(t, "w", 0, "a", "title", BACKTEST_GAINED);
	add(t, "w", 0, "a", "title", BACKTEST_LOST);
	w = backtest_summary_find(t, "w");
	assert_true(w->kept == 1 && w->gained == 2 && w->lost == 1);
	assert_int_equal(w->alerts, 3);
	assert_int_equal(w->days.v[0].n, 3);
	backtest_summary_free(t);
}

/* The source item is freed before the samples are read. */
static void the_newest_samples_are_copied(void **state)
{
	static const char *const titles[] = {"title one", "title two", "title three"};
	struct backtest_summary *t = backtest_summary_new();
	const struct backtest_watch *w;
	const struct backtest_sample *s;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *copy = strdup(titles[i]);

		add(t, "w", (int)i, "a", copy, BACKTEST_BOTH);
		memset(copy, 'x', strlen(copy));
		free(copy);
	}
	w = backtest_summary_find(t, "w");
	assert_int_equal(w->n_samples, 2);
	s = backtest_sample(w, 0);
	assert_true(str_is(s->row.item.title, "title three") && str_is(s->row.feed, "a"));
	assert_int_equal(s->n_hits, 2); /* the author's text is not kept */
	assert_ptr_equal(s->hits[0].text.p, s->view.title.p);
	assert_true(str_is(s->hits[0].term, "tit*") && str_is(s->hits[1].text, "body"));
	assert_true(str_is(backtest_sample(w, 1)->row.item.title, "title two"));
	backtest_summary_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_are_counted_by_day_and_feed),
		cmocka_unit_test(many_feeds_out_of_order_are_counted),
		cmocka_unit_test(gained_and_lost_alerts_are_counted),
		cmocka_unit_test(the_newest_samples_are_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
