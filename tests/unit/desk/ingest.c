/* SPDX-License-Identifier: MIT */
/* Polls through the desk: new items, and the stored state of feeds. */
#include "lib/unit.h"

#include "lib/desk_polls.h"

static struct store_feed feed_state(struct desk_fixture *f, const char *name)
{
	struct store_feed s;

	assert_int_equal(store_feed_get(f->db->store, str_of(name), f->db->arena, &s, &f->e), 0);
	return s;
}

static void items_of_the_first_body_do_not_alert(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {desk_polls_item("1", "The embassy moves"),
		desk_polls_item("2", "Rain"), desk_polls_item("3", "An embassy opens")};
	struct desk_result r;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	r = desk_polls_items(&f, "a", items, 2);
	assert_true(r.first_run);
	assert_int_equal(r.new_items, 2);
	assert_int_equal(r.alerts, 0);
	for (int again = 0; again < 2; again++)
		assert_int_equal(desk_polls_items(&f, "a", items, 2).new_items, 0);
	r = desk_polls_items(&f, "a", items, 3);
	assert_false(r.first_run);
	assert_int_equal(r.new_items, 1);
	assert_int_equal(r.matched, 1);
	assert_int_equal(r.alerts, 1);
	assert_int_equal(desk_polls_items(&f, "a", items, 3).alerts, 0);
	assert_int_equal(feed_state(&f, "a").items_seen, 3);
	desk_fixture_close(&f);
}

static uint64_t count_events(const uint64_t histogram[METRICS_BUCKETS + 1])
{
	uint64_t n = 0;

	for (size_t i = 0; i < METRICS_BUCKETS; i++)
		n += histogram[i];
	return n;
}

/* Old items of a first body, items without a date and edits say nothing about how quick it is. */
static void delays_are_those_of_news_with_a_date(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {desk_polls_item("1", "Snow"), desk_polls_item("2", "embassy"),
		desk_polls_item("3", "Rain"), desk_polls_item("4", "Hail")};
	struct desk_result r;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	items[0].published = T0 - CLOCK_DAY;
	r = desk_polls_items(&f, "a", items, 1);
	assert_int_equal(count_events(r.publish_to_seen_ms), 0);
	assert_int_equal(count_events(r.item_match_us), 0);
	items[0] = desk_polls_item("1", "Snow and ice");
	items[0].published = T0 - CLOCK_DAY;
	items[1].published = clock_wall() - 95 * CLOCK_SECOND;
	items[2].published = clock_wall() + CLOCK_DAY * 400;
	items[2].date_implausible = true;
	r = desk_polls_items(&f, "a", items, 4);
	assert_int_equal(r.new_items, 3);
	assert_int_equal(r.revised, 1);
	assert_int_equal(count_events(r.publish_to_seen_ms), 1);
	assert_int_equal(r.publish_to_seen_ms[METRICS_SUM], 95 * CLOCK_SECOND);
	assert_int_equal(count_events(r.item_match_us), 4);
	desk_fixture_close(&f);
}

static void first_run_can_be_set_to_alert(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {desk_polls_item("1", "embassy one"),
		desk_polls_item("2", "embassy two"), desk_polls_item("3", "embassy three")};

	(void)state;
	desk_fixture_open(&f, "feed all { url = 'http://a.example/' first-run = 'alert' }\n"
			      "feed one { url = 'http://b.example/' first-run = 'newest' }\n"
			      "feed top { url = 'http://c.example/' first-run = 'newest' }\n"
			      "notify desk { type = 'stdout' }\n"
			      "watch w { query = 'embassy' notify = desk }");
	assert_int_equal(desk_polls_items(&f, "all", items, 3).alerts, 3);
	assert_int_equal(desk_polls_items(&f, "top", items, 3).alerts, 1);
	items[0].published = T0 - 2;
	items[1].published = T0 - 1;
	items[2].published = T0 + CLOCK_DAY * 400;
	items[2].date_implausible = true;
	assert_int_equal(desk_polls_items(&f, "one", items, 3).alerts, 1);
	{
		struct store_due *due;
		size_t n;

		assert_int_equal(store_outbox_due(f.db->store, STR("desk"), INT64_MAX, 9,
					 f.db->arena, &due, &n, &f.e),
			0);
		assert_int_equal(n, 5);
		assert_string_equal(due[3].alert.title.p, "embassy one");
		assert_string_equal(due[4].alert.title.p, "embassy two");
	}
	desk_fixture_close(&f);
}

static void a_broken_document_keeps_the_old_validators(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		desk_polls_item("1", "one"), desk_polls_item("2", "embassy two")};
	struct feed_batch half = make_batch(items, 1);
	struct store_feed s;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	half.complete = false;
	assert_true(desk_polls_batch(&f, "a", &half, "\"1\"").first_run);
	s = feed_state(&f, "a");
	assert_false(s.baseline || str_present(s.etag));
	assert_true(str_present(s.last_error));
	/* the rest of the document is not news either */
	assert_int_equal(desk_polls_items(&f, "a", items, 2).alerts, 0);
	s = feed_state(&f, "a");
	assert_true(s.baseline);
	assert_false(str_present(s.last_error));
	assert_string_equal(s.etag.p, "\"e\"");
	assert_int_equal(s.body_hash, 7);
	desk_polls_batch(&f, "a", &half, "\"2\"");
	assert_string_equal(feed_state(&f, "a").etag.p, "\"e\"");
	desk_fixture_close(&f);
}

static void a_feed_that_is_never_complete_alerts_in_the_end(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		desk_polls_item("1", "embassy one"), desk_polls_item("2", "embassy two")};
	struct feed_batch half = make_batch(items, 1);

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	half.complete = false;
	for (int i = 0; i < 3; i++)
		assert_int_equal(desk_polls_batch(&f, "a", &half, NULL).alerts, 0);
	half.n_items = 2;
	assert_int_equal(desk_polls_batch(&f, "a", &half, NULL).alerts, 1);
	desk_fixture_close(&f);
}

static void a_new_url_may_be_another_feed(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		desk_polls_item("1", "rain"), desk_polls_item("2", "embassy two")};
	struct feed_item others[] = {
		desk_polls_item("8", "embassy"), desk_polls_item("9", "embassy nine")};
	struct store_feed s;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", items, 1);
	/* moved: one item is known, so the other is new */
	desk_configure(&f, "feed a { url = 'https://a.example/rss' }" WATCH
			   "notify desk { type = 'stdout' } notify mail { type = 'stdout' }");
	assert_int_equal(desk_polls_items(&f, "a", items, 2).alerts, 1);
	s = feed_state(&f, "a");
	assert_string_equal(s.url.p, "https://a.example/rss");
	assert_string_equal(s.etag.p, "\"e\"");
	assert_false(s.url_changed);
	/* replaced: no item is known, so none alerts */
	desk_configure(&f, "feed a { url = 'https://b.example/rss' }" WATCH
			   "notify desk { type = 'stdout' } notify mail { type = 'stdout' }");
	assert_int_equal(desk_polls_items(&f, "a", others, 1).alerts, 0);
	assert_int_equal(desk_polls_items(&f, "a", others, 2).alerts, 1);
	desk_fixture_close(&f);
}

static void only_a_body_with_items_marks_items_as_gone(void **state)
{
	struct desk_fixture f;
	struct feed_item i = desk_polls_item("1", "rain");
	struct feed_batch half = make_batch(&i, 1);

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", &i, 1);
	assert_int_equal(feed_state(&f, "a").last_body, T0);
	desk_polls_items(&f, "a", NULL, 0);
	assert_int_equal(feed_state(&f, "a").last_body, T0);
	half.complete = false;
	desk_polls_batch(&f, "a", &half, NULL);
	assert_int_equal(feed_state(&f, "a").last_body, T0 + 2 * CLOCK_MINUTE);
	desk_fixture_close(&f);
}

static void a_failure_advances_nothing(void **state)
{
	struct desk_fixture f;
	struct feed_item i = desk_polls_item("1", "rain");
	struct desk_poll p = {
		.feed = STR("a"),
		.outcome = DESK_FAILED,
		.error = STR("no answer"),
		.etag = STR("\"x\""),
		.fetched = T0 + 500,
		.next_due = T0 + 900,
	};
	struct desk_result r;
	struct store_feed s;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", &i, 1);
	for (unsigned n = 1; n <= 2; n++) {
		assert_int_equal(desk_ingest(f.desk, f.conf, &p, &r, &f.e), 0);
		s = feed_state(&f, "a");
		assert_int_equal(s.failures, n);
		assert_string_equal(s.last_error.p, "no answer");
		assert_string_equal(s.etag.p, "\"e\"");
		assert_int_equal(s.last_ok, T0 - 5);
		assert_int_equal(s.last_poll, T0 + 500);
		assert_int_equal(s.next_due, T0 + 900);
	}
	p.outcome = DESK_UNCHANGED;
	p.moved_to = STR("http://b.example/");
	for (unsigned n = 1; n <= 2; n++) {
		assert_int_equal(desk_ingest(f.desk, f.conf, &p, &r, &f.e), 0);
		s = feed_state(&f, "a");
		assert_int_equal(s.failures, 0);
		assert_false(str_present(s.last_error));
		/* the same body with another validator; then a 304 without one */
		assert_string_equal(s.etag.p, "\"x\"");
		p.etag = STR_NONE;
		assert_int_equal(s.last_ok, T0 + 500);
		assert_int_equal(s.moved_seen, n);
	}
	p.outcome = DESK_FAILED;
	p.gone = true;
	assert_int_equal(desk_ingest(f.desk, f.conf, &p, &r, &f.e), 0);
	s = feed_state(&f, "a");
	assert_true(s.gone);
	assert_int_equal(s.moved_seen, 2);
	p.feed = STR("unheard-of");
	assert_int_equal(desk_ingest(f.desk, f.conf, &p, &r, &f.e), -(int)ERR_CONF);
	desk_fixture_close(&f);
}

static void long_validators_are_not_stored(void **state)
{
	struct desk_fixture f;
	char etag[2000];

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	memset(etag, 'x', sizeof(etag));
	etag[sizeof(etag) - 1] = '\0';
	{
		struct feed_batch b = make_batch(NULL, 0);

		desk_polls_batch(&f, "a", &b, etag);
	}
	assert_false(str_present(feed_state(&f, "a").etag));
	desk_fixture_close(&f);
}

static void a_summary_that_repeats_the_content_is_not_stored(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {desk_polls_item("1", "One"), desk_polls_item("2", "Two")};

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	for (int i = 0; i < 2; i++)
		items[i].content = STR("First.\n\nSecond.");
	items[0].summary = STR("First. [\xe2\x80\xa6]");
	items[1].summary = STR("Other words.");
	assert_int_equal(desk_polls_items(&f, "a", items, 2).new_items, 2);
	for (int i = 0; i < 2; i++) {
		struct store_item_row row;
		bool found;

		assert_int_equal(
			store_item_get(f.db->store, i + 1, f.db->arena, &row, &found, &f.e), 0);
		assert_true(found);
		assert_string_equal(row.item.content.p, "First.\n\nSecond.");
		assert_int_equal(str_present(row.item.summary), i);
	}
	desk_fixture_close(&f);
}

static void a_view_holds_what_a_query_sees(void **state)
{
	struct str groups[] = {STR("wires")};
	struct conf_feed cf = {.name = "a", .lang = "fr", .groups = {groups, 1}};
	struct feed_item i = make_item("1", "https://www.BBC.co.uk:443/news?x=1", "T", "content");
	struct arena *arena = arena_new(10000);
	struct watch_view v;

	(void)state;
	i.summary = STR("another summary");
	i.published = 5;
	assert_int_equal(desk_view(&cf, &i, STR_NONE, 7, 8, arena, &v), 0);
	assert_true(str_is(v.body, "content\n\nanother summary"));
	assert_string_equal(v.site.p, "www.bbc.co.uk");
	assert_string_equal(v.feed.p, "a");
	assert_string_equal(v.lang.p, "fr");
	assert_int_equal(v.n_groups, 1);
	assert_int_equal(v.published, 5);
	assert_int_equal(v.first_seen, 7);
	assert_int_equal(v.now, 8);
	i.date_implausible = true;
	i.summary = STR("content...");
	i.link = STR_NONE;
	assert_int_equal(desk_view(NULL, &i, STR("de"), 7, 8, arena, &v), 0);
	assert_true(str_is(v.body, "content"));
	assert_true(str_is(v.lang, "de"));
	assert_int_equal(v.published, STAMP_NONE);
	assert_false(str_present(v.site) || str_present(v.feed));
	i.language = STR("en");
	assert_int_equal(desk_view(&cf, &i, STR("de"), 7, 8, arena, &v), 0);
	assert_true(str_is(v.lang, "en"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_of_the_first_body_do_not_alert),
		cmocka_unit_test(delays_are_those_of_news_with_a_date),
		cmocka_unit_test(first_run_can_be_set_to_alert),
		cmocka_unit_test(a_broken_document_keeps_the_old_validators),
		cmocka_unit_test(a_feed_that_is_never_complete_alerts_in_the_end),
		cmocka_unit_test(a_new_url_may_be_another_feed),
		cmocka_unit_test(only_a_body_with_items_marks_items_as_gone),
		cmocka_unit_test(a_failure_advances_nothing),
		cmocka_unit_test(long_validators_are_not_stored),
		cmocka_unit_test(a_summary_that_repeats_the_content_is_not_stored),
		cmocka_unit_test(a_view_holds_what_a_query_sees),
	};

	return cmocka_run_group_tests_name("desk ingest", tests, NULL, NULL);
}
