/* SPDX-License-Identifier: MIT */
/* One poll after another through the desk: what alerts, what does not, what is remembered. */
#include "unit.h"

#include "unit/desk_fixture.h"

#define FEEDS                                                                                      \
	"feed a { url = 'http://a.example/rss' source = 'outlet' groups = { wires } }\n"           \
	"feed b { url = 'http://a.example/europe' source = 'outlet' }\n"                           \
	"feed c { url = 'http://c.example/rss' source = 'other' }\n"                               \
	"notify desk { type = 'stdout' }\nnotify mail { type = 'stdout' }\n"
#define WATCH                                                                                      \
	"watch moves { query = 'embassy' title = 'Moves' priority = 'urgent'"                      \
	" notify = { desk, mail } }\n"

static struct desk_result poll_batch(
	struct desk_fixture *f, const char *feed, const struct feed_batch *b, const char *etag)
{
	struct desk_poll p = {
		.feed = str_of(feed),
		.outcome = DESK_NEW_BODY,
		.batch = b,
		.etag = str_of(etag),
		.body_hash = 7,
		.started = clock_wall() - 10,
		.fetched = clock_wall() - 5,
		.next_due = clock_wall() + 1000,
	};
	struct desk_result r;
	int rc = desk_ingest(f->desk, f->conf, &p, &r, &f->e);

	if (rc)
		print_error("%s\n", f->e.text);
	assert_int_equal(rc, 0);
	clock_virtual_advance(CLOCK_MINUTE);
	return r;
}

static struct desk_result poll_items(
	struct desk_fixture *f, const char *feed, struct feed_item *items, size_t n)
{
	struct feed_batch b = make_batch(items, n);

	return poll_batch(f, feed, &b, "\"e\"");
}

static struct store_feed feed_state(struct desk_fixture *f, const char *name)
{
	struct store_feed s;

	assert_int_equal(store_feed_get(f->db->store, str_of(name), f->db->arena, &s, &f->e), 0);
	return s;
}

static struct feed_item item(const char *id, const char *title)
{
	return make_item(id, NULL, title, "text");
}

static void what_was_there_before_us_is_no_news(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		item("1", "The embassy moves"), item("2", "Rain"), item("3", "An embassy opens")};
	struct desk_result r;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	r = poll_items(&f, "a", items, 2);
	assert_true(r.first_run);
	assert_int_equal(r.new_items, 2);
	assert_int_equal(r.alerts, 0);
	for (int again = 0; again < 2; again++)
		assert_int_equal(poll_items(&f, "a", items, 2).new_items, 0);
	r = poll_items(&f, "a", items, 3);
	assert_false(r.first_run);
	assert_int_equal(r.new_items, 1);
	assert_int_equal(r.matched, 1);
	assert_int_equal(r.alerts, 1);
	assert_int_equal(poll_items(&f, "a", items, 3).alerts, 0);
	assert_int_equal(feed_state(&f, "a").items_seen, 3);
	desk_fixture_close(&f);
}

static void an_alert_says_all_there_is(void **state)
{
	struct desk_fixture f;
	struct feed_item i =
		make_item("id1", "http://a.example/1", "The embassy moves", "of embassy");
	struct feed_batch b = make_batch(&i, 1);
	struct store_due *due;
	struct alert *a;
	size_t n;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", NULL, 0);
	i.author.text = STR("A. Reporter");
	i.language = STR("en");
	i.published = T0 - 5;
	b.feed.title = STR("Feed A");
	assert_int_equal(poll_batch(&f, "a", &b, NULL).alerts, 1);
	assert_int_equal(store_outbox_due(f.db->store, STR("mail"), INT64_MAX, 9, f.db->arena, &due,
				 &n, &f.e),
		0);
	assert_int_equal(n, 1);
	a = &due->alert;
	assert_int_equal(a->id.n, 29);
	assert_true(str_starts(a->id, STR("al_")));
	assert_int_equal(a->created, T0 + CLOCK_MINUTE);
	assert_int_equal(a->fetched, T0 + CLOCK_MINUTE - 5);
	assert_string_equal(a->watch.p, "moves");
	assert_string_equal(a->watch_title.p, "Moves");
	assert_string_equal(a->priority.p, "urgent");
	assert_string_equal(a->item_id.p, "id1");
	assert_string_equal(a->title.p, "The embassy moves");
	assert_string_equal(a->link.p, "http://a.example/1");
	assert_string_equal(a->author.p, "A. Reporter");
	assert_string_equal(a->body.p, "of embassy");
	assert_int_equal(a->published, T0 - 5);
	assert_string_equal(a->feed.p, "a");
	assert_string_equal(a->feed_title.p, "Feed A");
	assert_string_equal(a->source.p, "outlet");
	assert_string_equal(a->language.p, "en");
	assert_int_equal(a->n_hits, 2);
	assert_int_equal(a->hits[0].field, WATCH_TITLE);
	assert_int_equal(a->hits[0].offset, 4);
	assert_int_equal(a->hits[1].field, WATCH_BODY);
	assert_string_equal(a->hits[1].text.p, "embassy");
	desk_fixture_close(&f);
}

static void one_report_of_a_source_alerts_once(void **state)
{
	struct desk_fixture f;
	struct feed_item i = make_item("1", "http://a.example/1", "The embassy moves", "text");
	struct feed_item same = make_item("x", "http://a.example/1", "Embassy: it moves", "more");
	struct feed_item loose = make_item("y", NULL, "The embassy moves", "text");

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", NULL, 0);
	poll_items(&f, "b", NULL, 0);
	poll_items(&f, "c", NULL, 0);
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 1);
	assert_int_equal(poll_items(&f, "b", &same, 1).alerts, 0);
	assert_int_equal(poll_items(&f, "c", &i, 1).alerts, 1); /* another source */
	assert_int_equal(poll_items(&f, "b", &loose, 1).alerts, 1);
	desk_fixture_close(&f);
}

/* A live blog: all posts under one link. */
static void posts_under_one_link_all_alert(void **state)
{
	struct desk_fixture f;
	struct feed_item posts[] = {
		make_item("1", "http://a.example/live", "The embassy moves", "text"),
		make_item("2", "http://a.example/live", "The embassy has moved", "text"),
	};
	struct feed_item later = make_item("3", "http://a.example/live", "Embassy? embassy!", "t");

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", NULL, 0);
	assert_int_equal(poll_items(&f, "a", posts, 2).alerts, 2);
	assert_int_equal(poll_items(&f, "a", &later, 1).alerts, 1);
	desk_fixture_close(&f);
}

static void an_edit_alerts_when_it_matches_only_now(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {item("1", "The embassy moves"), item("2", "Rain")};
	struct desk_result r;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", items, 2);
	/* it matched before the edit, quietly */
	items[0] = item("1", "The embassy moves, corrected");
	r = poll_items(&f, "a", items, 2);
	assert_int_equal(r.revised, 1);
	assert_int_equal(r.new_items, 0);
	assert_int_equal(r.alerts, 0);
	items[1] = item("2", "Rain at the embassy");
	assert_int_equal(poll_items(&f, "a", items, 2).alerts, 1);
	/* it alerted already, also by way of a text that did not match */
	items[1] = item("2", "Rain");
	assert_int_equal(poll_items(&f, "a", items, 2).alerts, 0);
	items[1] = item("2", "Snow at the embassy");
	assert_int_equal(poll_items(&f, "a", items, 2).alerts, 0);
	desk_fixture_close(&f);
}

static void on_update_tells_again(void **state)
{
	struct desk_fixture f;
	struct feed_item i = item("1", "The embassy moves");

	(void)state;
	desk_fixture_open(&f, FEEDS "watch w { query = 'embassy' on-update = 'alert' }");
	poll_items(&f, "a", NULL, 0);
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 1);
	i = item("1", "The embassy has moved");
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 1);
	i = item("1", "The old embassy");
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 1);
	/* two servers that serve two versions in turn: each is told once */
	i = item("1", "The embassy has moved");
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 0);
	desk_fixture_close(&f);
}

static void first_run_may_be_told_to_alert(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		item("1", "embassy one"), item("2", "embassy two"), item("3", "embassy three")};

	(void)state;
	desk_fixture_open(&f, "feed all { url = 'http://a.example/' first-run = 'alert' }\n"
			      "feed one { url = 'http://b.example/' first-run = 'newest' }\n"
			      "feed top { url = 'http://c.example/' first-run = 'newest' }\n"
			      "notify desk { type = 'stdout' }\n"
			      "watch w { query = 'embassy' notify = desk }");
	assert_int_equal(poll_items(&f, "all", items, 3).alerts, 3);
	assert_int_equal(poll_items(&f, "top", items, 3).alerts, 1);
	items[0].published = T0 - 2;
	items[1].published = T0 - 1;
	items[2].published = T0 + CLOCK_DAY * 400;
	items[2].date_implausible = true;
	assert_int_equal(poll_items(&f, "one", items, 3).alerts, 1);
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
	struct feed_item items[] = {item("1", "one"), item("2", "embassy two")};
	struct feed_batch half = make_batch(items, 1);
	struct store_feed s;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	half.complete = false;
	assert_true(poll_batch(&f, "a", &half, "\"1\"").first_run);
	s = feed_state(&f, "a");
	assert_false(s.baseline || str_present(s.etag));
	assert_true(str_present(s.last_error));
	/* the rest of the same document is as old as its beginning */
	assert_int_equal(poll_items(&f, "a", items, 2).alerts, 0);
	s = feed_state(&f, "a");
	assert_true(s.baseline);
	assert_false(str_present(s.last_error));
	assert_string_equal(s.etag.p, "\"e\"");
	assert_int_equal(s.body_hash, 7);
	poll_batch(&f, "a", &half, "\"2\"");
	assert_string_equal(feed_state(&f, "a").etag.p, "\"e\"");
	desk_fixture_close(&f);
}

static void a_feed_that_is_never_whole_alerts_in_the_end(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {item("1", "embassy one"), item("2", "embassy two")};
	struct feed_batch half = make_batch(items, 1);

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	half.complete = false;
	for (int i = 0; i < 3; i++)
		assert_int_equal(poll_batch(&f, "a", &half, NULL).alerts, 0);
	half.n_items = 2;
	assert_int_equal(poll_batch(&f, "a", &half, NULL).alerts, 1);
	desk_fixture_close(&f);
}

static void a_new_url_may_be_another_feed(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {item("1", "rain"), item("2", "embassy two")};
	struct feed_item others[] = {item("8", "embassy"), item("9", "embassy nine")};
	struct store_feed s;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", items, 1);
	/* moved: one item is known, so the other is news */
	desk_configure(&f, "feed a { url = 'https://a.example/rss' }" WATCH
			   "notify desk { type = 'stdout' } notify mail { type = 'stdout' }");
	assert_int_equal(poll_items(&f, "a", items, 2).alerts, 1);
	s = feed_state(&f, "a");
	assert_string_equal(s.url.p, "https://a.example/rss");
	assert_string_equal(s.etag.p, "\"e\"");
	assert_false(s.url_changed);
	/* replaced: nothing is known, so nothing is news */
	desk_configure(&f, "feed a { url = 'https://b.example/rss' }" WATCH
			   "notify desk { type = 'stdout' } notify mail { type = 'stdout' }");
	assert_int_equal(poll_items(&f, "a", others, 1).alerts, 0);
	assert_int_equal(poll_items(&f, "a", others, 2).alerts, 1);
	desk_fixture_close(&f);
}

static void only_a_body_with_items_tells_what_left(void **state)
{
	struct desk_fixture f;
	struct feed_item i = item("1", "rain");
	struct feed_batch half = make_batch(&i, 1);

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", &i, 1);
	assert_int_equal(feed_state(&f, "a").last_body, T0);
	poll_items(&f, "a", NULL, 0);
	assert_int_equal(feed_state(&f, "a").last_body, T0);
	half.complete = false;
	poll_batch(&f, "a", &half, NULL);
	assert_int_equal(feed_state(&f, "a").last_body, T0 + 2 * CLOCK_MINUTE);
	desk_fixture_close(&f);
}

static void a_failure_advances_nothing(void **state)
{
	struct desk_fixture f;
	struct feed_item i = item("1", "rain");
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
	poll_items(&f, "a", &i, 1);
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
		/* the body of last time under another validator; then a bare 304 */
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

static void validators_have_a_limit(void **state)
{
	struct desk_fixture f;
	char etag[2000];

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	memset(etag, 'x', sizeof(etag));
	etag[sizeof(etag) - 1] = '\0';
	{
		struct feed_batch b = make_batch(NULL, 0);

		poll_batch(&f, "a", &b, etag);
	}
	assert_false(str_present(feed_state(&f, "a").etag));
	desk_fixture_close(&f);
}

static void a_reload_changes_what_alerts(void **state)
{
	struct desk_fixture f;
	struct feed_item i = item("1", "rain");

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", NULL, 0);
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 0);
	desk_configure(&f, FEEDS "watch one { query = 'embassy' } watch two { query = 'snow' }");
	i = item("2", "snow at the embassy");
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 2);
	desk_fixture_close(&f);
}

static void a_long_body_is_shown_where_it_matched(void **state)
{
	struct desk_fixture f;
	struct feed_item i;
	struct store_due *due;
	const struct alert *a;
	char *text = malloc(60001);
	size_t n;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	poll_items(&f, "a", NULL, 0);
	for (size_t k = 0; k < 60000; k += 2)
		memcpy(text + k, "\xc3\xa4", 2);
	memcpy(text + 40001 - 1, " embassy ", 9);
	text[40009] = ' ';
	text[60000] = '\0';
	i = make_item("1", NULL, "Long", text);
	assert_int_equal(poll_items(&f, "a", &i, 1).alerts, 1);
	assert_int_equal(store_outbox_due(f.db->store, STR("desk"), INT64_MAX, 9, f.db->arena, &due,
				 &n, &f.e),
		0);
	a = &due->alert;
	assert_in_range(a->body.n, ALERT_BODY_MAX - 4, ALERT_BODY_MAX);
	assert_int_equal(a->n_hits, 1);
	assert_true(str_eq(
		str_slice(a->body.p + a->hits[0].offset, a->hits[0].length), STR("embassy")));
	assert_int_equal(a->body.p[0], '\xc3');
	free(text);
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

static void an_id_depends_on_all_it_names(void **state)
{
	static const uint8_t one[16] = {1}, two[16] = {2};
	struct buf id[5];

	(void)state;
	for (int k = 0; k < 5; k++)
		buf_init(&id[k], 64);
	desk_alert_id(STR("ab"), STR("c"), one, &id[0]);
	desk_alert_id(STR("a"), STR("bc"), one, &id[1]);
	desk_alert_id(STR("ab"), STR("c"), two, &id[2]);
	desk_alert_id(STR("ab"), STR("d"), one, &id[3]);
	desk_alert_id(STR("ab"), STR("c"), one, &id[4]);
	for (int k = 1; k < 4; k++)
		assert_string_not_equal(buf_z(&id[0]), buf_z(&id[k]));
	assert_string_equal(buf_z(&id[0]), buf_z(&id[4]));
	for (int k = 0; k < 5; k++)
		buf_release(&id[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_there_before_us_is_no_news),
		cmocka_unit_test(an_alert_says_all_there_is),
		cmocka_unit_test(one_report_of_a_source_alerts_once),
		cmocka_unit_test(posts_under_one_link_all_alert),
		cmocka_unit_test(an_edit_alerts_when_it_matches_only_now),
		cmocka_unit_test(on_update_tells_again),
		cmocka_unit_test(first_run_may_be_told_to_alert),
		cmocka_unit_test(a_broken_document_keeps_the_old_validators),
		cmocka_unit_test(a_feed_that_is_never_whole_alerts_in_the_end),
		cmocka_unit_test(a_new_url_may_be_another_feed),
		cmocka_unit_test(only_a_body_with_items_tells_what_left),
		cmocka_unit_test(a_failure_advances_nothing),
		cmocka_unit_test(validators_have_a_limit),
		cmocka_unit_test(a_reload_changes_what_alerts),
		cmocka_unit_test(a_long_body_is_shown_where_it_matched),
		cmocka_unit_test(a_view_holds_what_a_query_sees),
		cmocka_unit_test(an_id_depends_on_all_it_names),
	};

	return cmocka_run_group_tests_name("desk ingest", tests, NULL, NULL);
}
