/* SPDX-License-Identifier: MIT */
/* Which items alert, how often, and the contents of alerts. */
#include "lib/unit.h"

#include "desk/ingest.h"
#include "feed/identity.h"
#include "lib/desk_polls.h"
#include "lib/scratch_state.h"

static void an_alert_has_all_fields(void **state)
{
	struct desk_fixture f;
	struct feed_item i = make_item(
		"id1", "http://a.example/1?utm_source=rss", "The embassy moves", "of embassy");
	struct feed_batch b = make_batch(&i, 1);
	struct store_due *due;
	struct alert *a;
	size_t n;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	i.author.text = STR("A. Reporter");
	i.language = STR("en");
	i.published = T0 - 5;
	b.feed.title = STR("Feed A");
	assert_int_equal(desk_polls_batch(&f, "a", &b, NULL).alerts, 1);
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
	assert_int_equal(a->priority, ALERT_URGENT);
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
	assert_int_equal(a->hits[0].field, QUERY_TITLE);
	assert_int_equal(a->hits[0].offset, 4);
	assert_int_equal(a->hits[1].field, QUERY_BODY);
	assert_string_equal(a->hits[1].text.p, "embassy");
	desk_fixture_close(&f);
}

static void an_alert_shows_the_update_where_no_publication_is_known(void **state)
{
	struct desk_fixture f;
	struct feed_item i = make_item("1", "http://a.example/1", "The embassy moves", "text");
	struct feed_batch b = make_batch(&i, 1);
	struct store_due *due;
	size_t n;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	i.published = STAMP_NONE;
	i.updated = T0 - 7;
	assert_int_equal(desk_polls_batch(&f, "a", &b, NULL).alerts, 1);
	assert_int_equal(store_outbox_due(f.db->store, STR("mail"), INT64_MAX, 9, f.db->arena, &due,
				 &n, &f.e),
		0);
	assert_int_equal(n, 1);
	assert_int_equal(due->alert.published, T0 - 7);
	desk_fixture_close(&f);
}

static void one_story_of_a_source_alerts_once(void **state)
{
	struct desk_fixture f;
	struct feed_item i = make_item("1", "http://a.example/1", "The embassy moves", "text");
	struct feed_item same = make_item("x", "http://a.example/1", "Embassy: it moves", "more");
	struct feed_item loose = make_item("y", NULL, "The embassy moves", "text");

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	desk_polls_items(&f, "b", NULL, 0);
	desk_polls_items(&f, "c", NULL, 0);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 1);
	assert_int_equal(desk_polls_items(&f, "b", &same, 1).alerts, 0);
	assert_int_equal(desk_polls_items(&f, "c", &i, 1).alerts, 1); /* another source */
	assert_int_equal(desk_polls_items(&f, "b", &loose, 1).alerts, 1);
	desk_fixture_close(&f);
}

/* An item that repeats one word, and many watches for it: each alerts, with the first hits. */
static void an_endlessly_repeated_word_alerts_each_watch(void **state)
{
	struct desk_fixture f;
	struct buf text, watches;
	struct feed_item i = make_item("1", "http://a.example/1", "Title", "");

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&watches, 1 << 20);
	for (size_t n = 0; n < 20000; n++)
		buf_addz(&text, "embassy ");
	buf_addz(&watches, FEEDS);
	for (unsigned n = 0; n < 60; n++)
		buf_printf(&watches, "watch w%u { query = 'embassy OR rare%u' notify = desk }\n", n,
			n);
	desk_fixture_open(&f, buf_z(&watches));
	desk_polls_items(&f, "a", NULL, 0);
	i.content = buf_str(&text);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 60);
	desk_fixture_close(&f);
	buf_release(&text);
	buf_release(&watches);
}

static uint64_t pool_steps(const struct desk_fixture *f)
{
	return scratch_state_of(f->desk->scratch).pool_steps;
}

static void items_of_a_poll_share_one_budget_pool(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {desk_polls_item("1", "one"), desk_polls_item("2", "two"),
		desk_polls_item("3", "three")};
	uint64_t full, left;
	struct buf text;

	(void)state;
	desk_fixture_open(
		&f, FEEDS "watch w { query = 'text NEAR/50 long NEAR/50 text' notify = desk }\n");
	desk_polls_items(&f, "a", NULL, 0);
	full = pool_steps(&f);
	assert_true(full > 0);
	buf_init(&text, 1 << 16);
	for (unsigned n = 0; n < 1000; n++)
		buf_addz(&text, "long text ");
	items[0].content = items[1].content = buf_str(&text);
	/* An item's costs are deducted when the next one begins, which adds less than that. */
	desk_polls_items(&f, "a", items, 3);
	left = pool_steps(&f);
	assert_true(left < full);
	items[0].id = STR("4");
	items[0].key[0] ^= 1;
	items[2].id = STR("5");
	items[2].key[0] ^= 1;
	desk_polls_items(&f, "a", &items[2], 1);
	assert_int_equal(pool_steps(&f), full);
	items[2].key[0] ^= 2;
	items[1] = items[2];
	desk_polls_items(&f, "a", items, 2);
	assert_int_equal(full - pool_steps(&f), (full - left) / 2);
	buf_release(&text);
	desk_fixture_close(&f);
}

/* Other items of the feed are matched; the text before the edit does not matter. */
static void an_item_too_large_to_match_is_counted(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		desk_polls_item("1", "Embassy one"), desk_polls_item("2", "Embassy two")};
	struct desk_result r;
	char *large = test_calloc(1, 2001);

	(void)state;
	memset(large, 'x', 2000);
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	arena_free(f.desk->item_arena);
	f.desk->item_arena = arena_new(4000);
	items[0].summary = STR("Standfirst.");
	items[0].content = str_of(large);
	r = desk_polls_items(&f, "a", items, 2);
	assert_int_equal(r.unmatched, 0);
	assert_int_equal(r.alerts, 2);
	arena_free(f.desk->item_arena);
	f.desk->item_arena = arena_new(1500);
	items[0].key[0] ^= 1;
	items[1].key[0] ^= 1;
	r = desk_polls_items(&f, "a", items, 2);
	assert_int_equal(r.new_items, 2);
	assert_int_equal(r.unmatched, 1);
	assert_int_equal(r.alerts, 1);
	assert_int_equal(desk_polls_items(&f, "a", items, 2).new_items, 0);
	test_free(large);
	desk_fixture_close(&f);
}

/* A live blog: all posts have one link. */
static void posts_with_one_link_all_alert(void **state)
{
	struct desk_fixture f;
	struct feed_item posts[] = {
		make_item("1", "http://a.example/live", "The embassy moves", "text"),
		make_item("2", "http://a.example/live", "The embassy has moved", "text"),
	};
	struct feed_item later = make_item("3", "http://a.example/live", "Embassy? embassy!", "t");

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	assert_int_equal(desk_polls_items(&f, "a", posts, 2).alerts, 2);
	assert_int_equal(desk_polls_items(&f, "a", &later, 1).alerts, 1);
	desk_fixture_close(&f);
}

static void an_edit_alerts_when_it_matches_only_now(void **state)
{
	struct desk_fixture f;
	struct feed_item items[] = {
		desk_polls_item("1", "The embassy moves"), desk_polls_item("2", "Rain")};
	struct desk_result r;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", items, 2);
	/* matched before the edit, without an alert */
	items[0] = desk_polls_item("1", "The embassy moves, corrected");
	r = desk_polls_items(&f, "a", items, 2);
	assert_int_equal(r.revised, 1);
	assert_int_equal(r.new_items, 0);
	assert_int_equal(r.alerts, 0);
	items[1] = desk_polls_item("2", "Rain at the embassy");
	assert_int_equal(desk_polls_items(&f, "a", items, 2).alerts, 1);
	/* alerted before, also after a text that did not match */
	items[1] = desk_polls_item("2", "Rain");
	assert_int_equal(desk_polls_items(&f, "a", items, 2).alerts, 0);
	items[1] = desk_polls_item("2", "Snow at the embassy");
	assert_int_equal(desk_polls_items(&f, "a", items, 2).alerts, 0);
	desk_fixture_close(&f);
}

static void on_update_alerts_again(void **state)
{
	struct desk_fixture f;
	struct feed_item i = desk_polls_item("1", "The embassy moves");

	(void)state;
	desk_fixture_open(&f, FEEDS "watch w { query = 'embassy' on-update = 'alert' }");
	desk_polls_items(&f, "a", NULL, 0);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 1);
	i = desk_polls_item("1", "The embassy has moved");
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 1);
	i = desk_polls_item("1", "The old embassy");
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 1);
	/* two servers return two versions in turn: each alerts once */
	i = desk_polls_item("1", "The embassy has moved");
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 0);
	desk_fixture_close(&f);
}

static struct feed_item label_item(const char *author, struct str *categories, size_t n)
{
	struct feed_item i = desk_polls_item("1", "Atlantis");

	i.author.text = str_of(author);
	i.categories = categories;
	i.n_categories = n;
	feed_identity_fill(&i, NULL, 0);
	return i;
}

static void changed_labels_are_an_edit(void **state)
{
	struct str three[] = {STR("Level 3"), STR("AT")}, swapped[] = {STR("AT"), STR("Level 3")};
	struct str twice[] = {STR("AT"), STR("Level 3"), STR("AT")};
	struct str four[] = {STR("Level 4"), STR("AT")};
	struct desk_fixture f;
	struct feed_item i = label_item("A", three, 2);
	const struct alert_change *c;
	struct desk_result r;
	struct store_due *due;
	size_t n;

	(void)state;
	desk_fixture_open(&f, FEEDS "watch w { query = 'category:\"level 4\" OR author:b'"
				    " notify = desk }");
	desk_polls_items(&f, "a", NULL, 0);
	desk_polls_items(&f, "a", &i, 1);
	i = label_item("A", swapped, 2);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).revised, 0);
	i = label_item("A", twice, 3);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).revised, 0);
	i = label_item("A", four, 2);
	r = desk_polls_items(&f, "a", &i, 1);
	assert_true(r.revised == 1 && r.alerts == 1);
	assert_int_equal(store_outbox_due(f.db->store, STR("desk"), INT64_MAX, 9, f.db->arena, &due,
				 &n, &f.e),
		0);
	assert_int_equal(n, 1);
	assert_int_equal(due->alert.kind, ALERT_UPDATED);
	assert_int_equal(due->alert.n_changes, 1);
	c = &due->alert.changes[0];
	assert_true(c->part == ALERT_CATEGORIES && c->n_was == 2 && c->n_is == 2);
	assert_true(str_is(c->was[0], "Level 3") && str_is(c->is[0], "Level 4"));
	/* It matched before, so a new author is an edit that raises no alert. */
	i = label_item("B", four, 2);
	r = desk_polls_items(&f, "a", &i, 1);
	assert_true(r.revised == 1 && r.alerts == 0);
	i = label_item("B", NULL, 0);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).revised, 1);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).revised, 0);
	desk_fixture_close(&f);
}

static void a_reload_changes_what_alerts(void **state)
{
	struct desk_fixture f;
	struct feed_item i = desk_polls_item("1", "rain");

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 0);
	desk_configure(&f, FEEDS "watch one { query = 'embassy' } watch two { query = 'snow' }");
	i = desk_polls_item("2", "snow at the embassy");
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 2);
	desk_fixture_close(&f);
}

static void a_long_body_is_cut_to_where_it_matched(void **state)
{
	struct desk_fixture f;
	struct feed_item i;
	struct store_due *due;
	const struct alert *a;
	char *text = malloc(60001);
	size_t n;

	(void)state;
	desk_fixture_open(&f, FEEDS WATCH);
	desk_polls_items(&f, "a", NULL, 0);
	for (size_t k = 0; k < 60000; k += 2)
		memcpy(text + k, "\xc3\xa4", 2);
	memcpy(text + 40001 - 1, " embassy ", 9);
	text[40009] = ' ';
	text[60000] = '\0';
	i = make_item("1", NULL, "Long", text);
	assert_int_equal(desk_polls_items(&f, "a", &i, 1).alerts, 1);
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

static void an_alert_id_depends_on_watch_feed_and_item(void **state)
{
	static const uint8_t one[16] = {1}, two[16] = {2};
	struct buf id[5];

	(void)state;
	for (int k = 0; k < 5; k++)
		buf_init(&id[k], 64);
	alert_put_id(STR("ab"), STR("c"), one, &id[0]);
	alert_put_id(STR("a"), STR("bc"), one, &id[1]);
	alert_put_id(STR("ab"), STR("c"), two, &id[2]);
	alert_put_id(STR("ab"), STR("d"), one, &id[3]);
	alert_put_id(STR("ab"), STR("c"), one, &id[4]);
	for (int k = 1; k < 4; k++)
		assert_string_not_equal(buf_z(&id[0]), buf_z(&id[k]));
	assert_string_equal(buf_z(&id[0]), buf_z(&id[4]));
	for (int k = 0; k < 5; k++)
		buf_release(&id[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_has_all_fields),
		cmocka_unit_test(an_alert_shows_the_update_where_no_publication_is_known),
		cmocka_unit_test(one_story_of_a_source_alerts_once),
		cmocka_unit_test(an_endlessly_repeated_word_alerts_each_watch),
		cmocka_unit_test(items_of_a_poll_share_one_budget_pool),
		cmocka_unit_test(an_item_too_large_to_match_is_counted),
		cmocka_unit_test(posts_with_one_link_all_alert),
		cmocka_unit_test(an_edit_alerts_when_it_matches_only_now),
		cmocka_unit_test(on_update_alerts_again),
		cmocka_unit_test(changed_labels_are_an_edit),
		cmocka_unit_test(a_reload_changes_what_alerts),
		cmocka_unit_test(a_long_body_is_cut_to_where_it_matched),
		cmocka_unit_test(an_alert_id_depends_on_watch_feed_and_item),
	};

	return cmocka_run_group_tests_name("desk alerts", tests, NULL, NULL);
}
