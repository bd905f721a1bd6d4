/* SPDX-License-Identifier: MIT */
/* New and known items, revisions, ids that change, retention. */
#include "lib/unit.h"

#include <sqlite3.h>

#include "lib/store_fixture.h"

/* Stores items as the desk does; returns the state of each. */
static const struct store_item *poll_batch(
	struct store_fixture *f, int64_t feed, struct feed_batch b, int64_t now)
{
	size_t n = b.n_items;
	struct feed_item *items = b.items;
	struct store_item *out = arena_array(f->arena, n + 1, sizeof(*out));
	struct store_lookup l = {
		.feed = feed, .batch = &b, .now = now, .items = out, .arena = f->arena};

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_items_known(f->store, &l, &f->e), 0);
	assert_int_equal(store_items_touch(f->store, &l, &f->e), 0);
	for (size_t i = 0; i < n; i++)
		if (out[i].seen != STORE_KNOWN)
			assert_int_equal(
				store_item_put(f->store, feed, &items[i], now, &out[i], &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return out;
}

static const struct store_item *poll_items(
	struct store_fixture *f, int64_t feed, struct feed_item *items, size_t n, int64_t now)
{
	return poll_batch(f, feed, make_batch(items, n), now);
}

static void poll_part(
	struct store_fixture *f, int64_t feed, struct feed_item *items, size_t n, int64_t now)
{
	struct feed_batch b = make_batch(items, n);

	b.complete = false;
	poll_batch(f, feed, b, now);
}

static void an_item_is_new_once(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0), b = make_feed(f, "b", 0);
	struct feed_item items[] = {
		make_item("1", "http://a.example/1", "One", "text"),
		make_item("2", NULL, "Two", NULL),
		make_item(NULL, "http://a.example/3", NULL, "three"),
	};
	const struct store_item *s = poll_items(f, a, items, 3, DAY);

	for (int i = 0; i < 3; i++) {
		assert_int_equal(s[i].seen, STORE_NEW);
		assert_int_not_equal(s[i].id, 0);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(poll_items(f, a, items, 3, DAY + i)[i].seen, STORE_KNOWN);
	assert_int_equal(poll_items(f, a, items, 3, DAY)[2].id, s[2].id);
	/* feeds are independent */
	assert_int_equal(poll_items(f, b, items, 3, DAY)[0].seen, STORE_NEW);
	assert_int_equal(poll_items(f, b, NULL, 0, DAY)[0].id, 0);
}

static void an_item_is_stored_and_read(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct str categories[] = {STR("world news"), STR("war")};
	struct feed_item i = make_item("1", "http://a.example/1", "One", "First.\n\nSecond.");
	struct store_item_row row;
	const struct store_item *s;
	bool found;

	i.author.text = STR("A. Reporter");
	i.language = STR("en-gb");
	i.published = 1234;
	i.summary = STR("First. [\xe2\x80\xa6]");
	i.categories = categories;
	i.n_categories = 2;
	s = poll_items(f, a, &i, 1, 77);
	assert_int_equal(store_item_get(f->store, s[0].id, f->arena, &row, &found, &f->e), 0);
	assert_true(found);
	assert_string_equal(row.feed.p, "a");
	assert_int_equal(row.first_seen, 77);
	assert_string_equal(row.item.title.p, "One");
	assert_string_equal(row.item.author.text.p, "A. Reporter");
	assert_string_equal(row.item.content.p, "First.\n\nSecond.");
	assert_string_equal(row.item.summary.p, "First. [\xe2\x80\xa6]");
	assert_int_equal(row.item.published, 1234);
	assert_int_equal(row.item.updated, STAMP_NONE);
	assert_int_equal(row.item.n_categories, 2);
	assert_true(str_is(row.item.categories[0], "world news"));
	assert_true(str_is(row.item.categories[1], "war"));
	assert_int_equal(store_item_get(f->store, 999, f->arena, &row, &found, &f->e), 0);
	assert_false(found);
}

static void an_edit_is_a_revision(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item old = make_item("1", "http://a.example/1", "One", "text");
	struct feed_item new = make_item("1", "http://a.example/1", "One, corrected", "text");
	const struct store_item *s = poll_items(f, a, &old, 1, 10), *r;
	struct store_revision *v;
	struct store_item_row row;
	bool found;
	size_t n;

	r = poll_items(f, a, &new, 1, 20);
	assert_int_equal(r->seen, STORE_REVISED);
	assert_int_equal(r->id, s->id);
	assert_int_equal(poll_items(f, a, &new, 1, 30)->seen, STORE_KNOWN);
	assert_int_equal(store_item_get(f->store, s->id, f->arena, &row, &found, &f->e), 0);
	assert_string_equal(row.item.title.p, "One, corrected");
	assert_int_equal(store_item_revisions(f->store, &row, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].item.title.p, "One");
	assert_int_equal(v[0].until, 20);
	for (int i = 0; i < STORE_REVISIONS_MAX + 10; i++) {
		char title[32];

		snprintf(title, sizeof(title), "updated %d minutes ago", i);
		new = make_item("1", "http://a.example/1", title, "text");
		poll_items(f, a, &new, 1, 40 + i);
	}
	assert_int_equal(store_item_revisions(f->store, &row, f->arena, &v, &n, &f->e), 0);
	assert_int_equal(n, STORE_REVISIONS_MAX);
	assert_string_equal(v[0].item.title.p, "updated 40 minutes ago");
}

static void forget_label_keys(const struct store_fixture *f)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "UPDATE known SET label_key = NULL", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* The labels of items stored before schema 7 are recorded first: not all items are edited. */
static void labels_are_recorded_before_they_are_compared(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item i = make_item("1", "http://a.example/1", "One", "text");

	i.label_key = 1;
	poll_items(f, a, &i, 1, 10);
	forget_label_keys(f);
	i.label_key = 2;
	assert_int_equal(poll_items(f, a, &i, 1, 20)->seen, STORE_KNOWN);
	assert_int_equal(poll_items(f, a, &i, 1, 30)->seen, STORE_KNOWN);
	i.label_key = 3;
	assert_int_equal(poll_items(f, a, &i, 1, 40)->seen, STORE_REVISED);
	assert_int_equal(poll_items(f, a, &i, 1, 50)->seen, STORE_KNOWN);
}

static void changing_ids_do_not_make_items_new(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0), first = 0;

	for (int poll = 0; poll < 5; poll++) {
		char id[2][16];
		struct feed_item items[2];
		const struct store_item *s;

		snprintf(id[0], sizeof(id[0]), "a%d", poll);
		snprintf(id[1], sizeof(id[1]), "b%d", poll);
		items[0] = make_item(id[0], "http://a.example/1", "One", "text");
		items[1] = make_item(id[1], "http://a.example/2", "Two", "text");
		s = poll_items(f, a, items, 2, poll);
		for (int i = 0; i < 2; i++)
			assert_int_equal(s[i].seen, poll ? STORE_KNOWN : STORE_NEW);
		first = poll ? first : s[0].id;
		assert_int_equal(s[0].id, first);
		/* after the rename its id identifies it: an edit is a revision, not a new item */
		items[0] = make_item(id[0], "http://a.example/1", "One!", "text");
		if (poll == 4)
			assert_int_equal(poll_items(f, a, items, 2, 9)[0].seen, STORE_REVISED);
	}
}

static void without_a_link_only_the_id_counts(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item i = make_item("1", NULL, "Earthquake", "magnitude 5");

	poll_items(f, a, &i, 1, 0);
	i = make_item("2", NULL, "Earthquake", "magnitude 5");
	assert_int_equal(poll_items(f, a, &i, 1, 1)->seen, STORE_NEW);
}

static void a_shared_id_hides_no_item(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item items[] = {
		make_item("site", "http://a.example/1", "One", "text"),
		make_item("site", "http://a.example/2", "Two", "text"),
		make_item("site", "http://a.example/", "Three", "text"),
		make_item("site", "http://a.example/", "Four", "text"),
		make_item("site", "http://a.example/", "Four", "text"),
		make_item("site", NULL, "Five", "text"),
	};
	struct feed_item turned[6];
	const struct store_item *s = poll_items(f, a, items, 6, 0);

	for (int i = 0; i < 6; i++)
		assert_int_equal(s[i].seen, i == 4 ? STORE_KNOWN : STORE_NEW);
	for (int i = 0; i < 6; i++)
		turned[i] = items[5 - i];
	for (int i = 0; i < 6; i++)
		assert_int_equal(poll_items(f, a, turned, 6, 1)[i].seen, STORE_KNOWN);
	for (int i = 0; i < 6; i++)
		assert_int_equal(poll_items(f, a, turned + 4, 1, 1)[0].seen, STORE_KNOWN);
}

static void a_repeat_in_one_document_counts_once(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item items[] = {
		make_item("1", "http://a.example/1", "One", "text"),
		make_item("1", "http://a.example/1", "One", "text"),
		make_item("2", "http://a.example/1", "One", "text"),
	};
	const struct store_item *s = poll_items(f, a, items, 3, 0);

	assert_int_equal(s[0].seen, STORE_NEW);
	assert_int_equal(s[1].seen, STORE_KNOWN);
	assert_int_equal(s[2].seen, STORE_KNOWN);
	assert_int_equal(s[1].id, 0);
	assert_false(s[0].link_shared);
}

static void a_shared_link_identifies_no_item(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item items[] = {
		make_item("1", "http://a.example/live", "One", "text"),
		make_item("2", "http://a.example/live", "Two", "text"),
		make_item("3", "http://a.example/3", "Three", "text"),
	};
	struct feed_item later[] = {make_item("4", "http://a.example/3", "Four", "text"), items[2]};
	const struct store_item *s = poll_items(f, a, items, 3, 0);

	assert_true(s[0].link_shared);
	assert_true(s[1].link_shared);
	assert_false(s[2].link_shared);
	assert_false(poll_items(f, a, items + 2, 1, 0)->link_shared);
	assert_true(poll_items(f, a, later, 2, 0)->link_shared);
}

static void batches_of_every_size_are_stored(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	static struct feed_item items[20000];
	static char ids[20000][32];
	const struct store_item *s;

	for (int i = 0; i < 20000; i++) {
		snprintf(ids[i], sizeof(ids[i]), "http://a/%d", i);
		items[i] = make_item(ids[i], ids[i], ids[i], NULL);
	}
	poll_items(f, a, items, 15000, 0);
	s = poll_items(f, a, items, 20000, 0);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(s[i].seen, i < 15000 ? STORE_KNOWN : STORE_NEW);
}

static void expire(struct store_fixture *f, int64_t before, size_t batch)
{
	bool more = true;

	for (int i = 0; more; i++) {
		assert_in_range(i, 0, 1000);
		assert_int_equal(store_expire(f->store, before, batch, &more, &f->e), 0);
	}
}

static void feed_was_read(struct store_fixture *f, const char *name, int64_t body, int64_t whole)
{
	struct store_feed feed;

	make_feed(f, name, body);
	assert_int_equal(store_feed_get(f->store, str_of(name), f->arena, &feed, &f->e), 0);
	feed.trust.whole_at = whole;
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

static void items_that_left_the_feed_are_deleted(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0), b = make_feed(f, "b", 0);
	const struct store_item *s;
	static struct feed_item items[30];
	static char ids[30][16];

	for (int i = 0; i < 30; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%d", i);
		items[i] = make_item(ids[i], NULL, ids[i], NULL);
	}
	poll_items(f, a, items, 30, 1 * DAY);
	poll_items(f, b, items, 5, 1 * DAY);
	make_feed(f, "a", 1 * DAY);
	make_feed(f, "b", 1 * DAY);
	/* the feed returned 304 for a year: its items are still in it */
	expire(f, 300 * DAY, 7);
	assert_int_equal(poll_items(f, a, items, 30, 100 * DAY)[3].seen, STORE_KNOWN);
	/* ten of feed a are left; feed b was not read since */
	poll_items(f, a, items, 10, 200 * DAY);
	make_feed(f, "a", 200 * DAY);
	/* It does not matter when the others were recorded last: they have only left now. */
	expire(f, 199 * DAY, 7);
	assert_int_equal(poll_items(f, a, items, 30, 200 * DAY + 1)[29].seen, STORE_KNOWN);
	poll_items(f, a, items, 10, 201 * DAY);
	expire(f, 202 * DAY, 7);
	assert_int_equal(poll_items(f, b, items, 5, 203 * DAY)[4].seen, STORE_KNOWN);
	s = poll_items(f, a, items, 30, 203 * DAY);
	for (int i = 0; i < 30; i++)
		assert_int_equal(s[i].seen, i < 10 ? STORE_KNOWN : STORE_NEW);
}

/* The wall clock was ten years ahead when the item left its feed. */
static void items_that_left_in_the_future_leave_with_the_next_body(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item items[] = {
		make_item("1", NULL, "One", NULL), make_item("2", NULL, "Two", NULL)};

	poll_items(f, a, items, 2, 10 * DAY);
	poll_items(f, a, items, 1, 3660 * DAY);
	poll_items(f, a, items, 1, 11 * DAY);
	make_feed(f, "a", 50 * DAY);
	expire(f, 12 * DAY, 7);
	assert_int_equal(poll_items(f, a, items, 2, 51 * DAY)[1].seen, STORE_NEW);
}

/* A body that breaks off does not show that an item left, unless the feed has no others. */
static void incomplete_bodies_keep_items_as_long_as_others_come(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0);
	struct feed_item items[] = {
		make_item("1", NULL, "One", NULL), make_item("2", NULL, "Two", NULL)};

	poll_items(f, a, items, 2, 10 * DAY);
	poll_part(f, a, items, 1, 100 * DAY);
	feed_was_read(f, "a", 100 * DAY, 99 * DAY);
	expire(f, 70 * DAY, 7);
	assert_int_equal(poll_items(f, a, items, 2, 101 * DAY)[1].seen, STORE_KNOWN);
	poll_part(f, a, items, 1, 140 * DAY);
	feed_was_read(f, "a", 140 * DAY, 101 * DAY);
	expire(f, 110 * DAY, 7);
	assert_int_equal(poll_items(f, a, items, 2, 141 * DAY)[1].seen, STORE_NEW);
}

static void an_undelivered_alert_keeps_its_item(void **state)
{
	struct store_fixture *f = *state;
	int64_t a = make_feed(f, "a", 0), at;
	struct feed_item i = make_item("1", NULL, "One", NULL);
	const struct store_item *s = poll_items(f, a, &i, 1, DAY);
	struct alert alert = {.id = STR("al_1"), .watch = STR("w"), .created = DAY};
	struct str ops = STR("ops");
	struct store_plan plan = {.notify = ops, .due_at = DAY};
	struct store_raise r = {.alert = &alert, .item = s->id, .plans = &plan, .n_plans = 1};
	struct metrics counts;
	int64_t raised;

	make_feed(f, "a", 50 * DAY);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	expire(f, 40 * DAY, 7);
	assert_int_equal(store_outbox_next(f->store, ops, 0, &at, &f->e), 0);
	assert_int_equal(at, DAY);
	assert_int_equal(store_delivery_update(f->store, 1, STORE_DELIVERED, DAY, 2 * DAY,
				 STR("HTTP 200"), &f->e),
		0);
	expire(f, 40 * DAY, 7);
	assert_int_equal(store_metrics(f->store, &counts, &f->e), 0);
	assert_int_equal(counts.alerts_stored, 0);
	assert_int_equal(counts.deliveries_delivered, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_item_is_new_once),
		T(an_item_is_stored_and_read),
		T(an_edit_is_a_revision),
		T(labels_are_recorded_before_they_are_compared),
		T(changing_ids_do_not_make_items_new),
		T(without_a_link_only_the_id_counts),
		T(a_shared_id_hides_no_item),
		T(a_repeat_in_one_document_counts_once),
		T(a_shared_link_identifies_no_item),
		T(batches_of_every_size_are_stored),
		T(items_that_left_the_feed_are_deleted),
		T(items_that_left_in_the_future_leave_with_the_next_body),
		T(incomplete_bodies_keep_items_as_long_as_others_come),
		T(an_undelivered_alert_keeps_its_item),
	};

	return cmocka_run_group_tests_name("store items", tests, NULL, NULL);
}
