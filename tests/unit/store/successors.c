/* SPDX-License-Identifier: MIT */
/* Known items that come back under another id; what leaves a body and what stays in it. */
#include "lib/unit.h"

#include "lib/store_fixture.h"

#define N 5000

struct poll {
	struct store_fixture *f;
	int64_t feed, now;
	bool cut;      /* the body breaks off */
	size_t n_left; /* of the last poll */
};

/* Stores items as the desk does; returns the state of each. */
static const struct store_item *poll_items(struct poll *p, struct feed_item *items, size_t n)
{
	struct store_fixture *f = p->f;
	struct feed_batch b = make_batch(items, n);
	struct store_item *out = arena_array(f->arena, n + 1, sizeof(*out));
	struct store_lookup l = {
		.feed = p->feed, .batch = &b, .now = p->now, .items = out, .arena = f->arena};

	b.complete = !p->cut;
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_items_known(f->store, &l, &f->e), 0);
	for (size_t i = 0; i < n; i++)
		if (out[i].seen != STORE_KNOWN)
			assert_int_equal(store_item_put(f->store, p->feed, &items[i], p->now,
						 &out[i], &f->e),
				0);
	assert_int_equal(store_items_touch(f->store, &l, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	p->n_left = 0;
	for (size_t k = 0; k < l.n_left; k++)
		p->n_left += l.left[k].since == 0;
	p->now += CLOCK_MINUTE;
	return out;
}

static struct poll poll_start(void **state)
{
	return (struct poll){.f = *state, .feed = make_feed(*state, "a", 0), .now = DAY};
}

static struct feed_item dated(struct feed_item i, int64_t date)
{
	i.published = date;
	return i;
}

static struct store_item_row stored(const struct poll *p, int64_t row)
{
	struct store_item_row out;
	bool found;

	assert_int_equal(store_item_get(p->f->store, row, p->f->arena, &out, &found, &p->f->e), 0);
	assert_true(found);
	return out;
}

static void an_edit_may_change_the_id(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item v0[] = {make_item("x#0", "http://a.example/x", "Embassy", "one")};
	struct feed_item v1[] = {make_item("x#1", "http://a.example/x", "Embassy!", "two"),
		make_item("y#0", "http://a.example/y", "Other", "three")};
	const struct store_item *first = poll_items(&p, v0, 1), *s;

	s = poll_items(&p, v1, 2);
	assert_int_equal(s[0].seen, STORE_REVISED);
	assert_int_equal(s[0].id, first->id);
	assert_false(s[0].link_shared);
	assert_int_equal(s[1].seen, STORE_NEW);
	s = poll_items(&p, v1, 2);
	assert_int_equal(s[0].seen, STORE_KNOWN);
	assert_int_equal(s[0].id, first->id);
	assert_string_equal(stored(&p, first->id).item.id.p, "x#1");
	/* an old copy is served once more */
	assert_int_equal(poll_items(&p, v0, 1)[0].id, first->id);
}

static void a_live_blog_is_many_items(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item i[] = {make_item("3", "http://a.example/live", "Three", "text 3"),
		make_item("2", "http://a.example/live", "Two", "text 2"),
		make_item("1", "http://a.example/live", "One", "text 1")};
	struct feed_item next = make_item("4", "http://a.example/live", "Four", "text 4");

	assert_int_equal(poll_items(&p, i + 2, 1)[0].seen, STORE_NEW);
	assert_int_equal(poll_items(&p, i + 1, 2)[0].seen, STORE_NEW);
	assert_int_equal(poll_items(&p, i, 2)[0].seen, STORE_NEW); /* the oldest left */
	assert_int_equal(poll_items(&p, &next, 1)[0].seen, STORE_NEW);
}

static void a_body_that_breaks_off_shows_no_departure(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item old[] = {make_item("1", "http://a.example/x", "Embassy", "one"),
		make_item("2", "http://a.example/y", "Ferry", "two")};
	struct feed_item new = make_item("3", "http://a.example/x", "Embassy!", "three");

	poll_items(&p, old, 2);
	p.cut = true;
	assert_int_equal(poll_items(&p, &new, 1)[0].seen, STORE_NEW);
	assert_int_equal(p.n_left, 0);
}

static void departures_are_recorded_once(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item items[] = {make_item("1", "http://a.example/1", "One", "text 1"),
		make_item("2", "http://a.example/2", "Two", "text 2"),
		make_item("3", "http://a.example/3", "Three", "text 3")};

	poll_items(&p, items, 3);
	poll_items(&p, items, 1);
	assert_int_equal(p.n_left, 2);
	poll_items(&p, items, 1);
	assert_int_equal(p.n_left, 0);
	assert_true(poll_items(&p, items, 2)[1].was_gone);
	assert_false(poll_items(&p, items, 2)[1].was_gone);
	assert_int_equal(p.n_left, 0);
	poll_items(&p, NULL, 0); /* an empty list is probably an error */
	assert_int_equal(p.n_left, 0);
}

static void an_item_may_return_after_a_gap(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item old[] = {make_item("0", "http://a.example/0", "Zero", "nothing"),
		make_item("1", "http://a.example/s1/x", "Embassy", "one"),
		dated(make_item("2", "http://a.example/s1/y", "Ferry", "two"), 5)};
	struct feed_item soon[] = {old[0],
		make_item("3", "http://a.example/s2/x", "Embassy", "one"),
		dated(make_item("4", "http://a.example/s2/y", "Ferry", "two"), 5)};
	struct feed_item late[] = {old[0],
		make_item("5", "http://a.example/s3/x", "Embassy", "one"),
		dated(make_item("6", "http://a.example/s3/y", "Ferry", "two"), 5)};

	poll_items(&p, old, 3);
	poll_items(&p, old, 1);
	assert_int_equal(poll_items(&p, soon, 3)[1].seen, STORE_KNOWN);
	poll_items(&p, old, 1);
	p.now += 2 * CLOCK_HOUR;
	assert_int_equal(poll_items(&p, late, 3)[1].seen, STORE_NEW);
	/* with its date, an item is recognised at any time */
	poll_items(&p, old, 1);
	p.now += 40 * DAY;
	assert_int_equal(poll_items(&p, soon, 3)[2].seen, STORE_KNOWN);
}

static void notices_of_one_text_stay_apart(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item old[] = {
		dated(make_item("2", "http://a.example/2", "Siren test", "Stay calm."), DAY + 2),
		dated(make_item("1", "http://a.example/1", "Siren test", "Stay calm."), DAY + 1),
	};
	struct feed_item next[] = {
		dated(make_item("3", "http://a.example/3", "Siren test", "Stay calm."), DAY + 3),
		old[0],
	};
	struct feed_item moved[] = {
		dated(make_item("b3", "http://b.example/3", "Siren test", "Stay calm."), DAY + 3),
		dated(make_item("b2", "http://b.example/2", "Siren test", "Stay calm."), DAY + 2),
	};
	const struct store_item *two = poll_items(&p, old, 2), *three, *s;

	assert_int_not_equal(two[0].id, two[1].id);
	three = poll_items(&p, next, 2);
	assert_int_equal(three[0].seen, STORE_NEW);
	s = poll_items(&p, moved, 2);
	assert_int_equal(s[0].id, three[0].id);
	assert_int_equal(s[1].id, two[0].id);
	assert_string_equal(stored(&p, two[0].id).item.link.p, "http://b.example/2");
	assert_string_equal(stored(&p, two[0].id).item.id.p, "b2");
}

static void boilerplate_identifies_no_item(void **state)
{
	struct poll p = poll_start(state);
	static const char text[] = "Strong winds are expected. Stay at home.";
	struct feed_item old[] = {dated(make_item("1", "http://a.example/1", "North", text), DAY),
		dated(make_item("2", "http://a.example/2", "East", text), DAY + 5)};
	struct feed_item new[] = {
		dated(make_item("3", "http://a.example/3", "South", text), DAY), old[1]};

	poll_items(&p, old, 2);
	assert_int_equal(poll_items(&p, new, 2)[0].seen, STORE_NEW);
}

/* Some publishers build each body with other ids, links and the time of the build. */
static void dates_may_follow_the_clock(void **state)
{
	struct poll p = poll_start(state);

	for (int hour = 0; hour < 40; hour++) {
		struct feed_item items[5];
		char names[3][48];
		const struct store_item *s;

		snprintf(names[0], sizeof(names[0]), "id%d", hour);
		snprintf(names[1], sizeof(names[1]), "http://a.example/s?sid=%d", hour);
		snprintf(names[2], sizeof(names[2]), "another%d", hour);
		items[0] = make_item("k1", "http://a.example/k1", "Kept", "text");
		items[1] = make_item("k2", "http://a.example/k2", "Kept too", "text");
		items[2] =
			dated(make_item(names[0], "http://a.example/x", "Embassy", "one"), p.now);
		items[3] = dated(make_item(NULL, names[1], "Ferry", "two"), p.now);
		items[4] = dated(make_item(names[2], "http://a.example/y", "Title", NULL), p.now);
		s = poll_items(&p, items, 5);
		for (int i = 0; i < 5; i++)
			assert_int_equal(s[i].seen, hour ? STORE_KNOWN : STORE_NEW);
		p.now += CLOCK_HOUR;
	}
}

static void notices_of_one_text_and_link_stay_apart(void **state)
{
	static const char home[] = "http://a.example/";
	struct poll p = poll_start(state);
	struct feed_item i[4];
	const struct store_item *s;

	for (int k = 0; k < 4; k++) {
		static const char *const ids[] = {"4", "3", "2", "1"};

		i[k] = dated(make_item(ids[k], home, "Siren test", "Stay calm."),
			DAY - k * CLOCK_HOUR - CLOCK_MINUTE);
	}
	s = poll_items(&p, i + 2, 2);
	assert_int_equal(s[0].seen, STORE_NEW);
	assert_int_equal(s[1].seen, STORE_NEW);
	assert_int_equal(poll_items(&p, i + 1, 2)[0].seen, STORE_NEW); /* the oldest left */
	s = poll_items(&p, i, 2);
	assert_int_equal(s[0].seen, STORE_NEW);
	assert_int_equal(s[1].seen, STORE_KNOWN);
	assert_int_equal(poll_items(&p, i, 4)[3].seen, STORE_KNOWN);
	for (int k = 0; k < 4; k++) /* other ids */
		i[k].key[0] ^= 1;
	s = poll_items(&p, i, 4);
	for (int k = 0; k < 4; k++)
		assert_int_equal(s[k].seen, STORE_KNOWN);
}

/* A list that a publisher moves: every id, link and date is new. */
static void thousands_of_items_may_move_at_once(void **state)
{
	struct poll p = poll_start(state);
	static struct feed_item items[N];
	static char names[N][2][48];
	const struct store_item *s;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < N; i++) {
			snprintf(names[i][0], sizeof(names[i][0]), "http://%c.example/%d",
				'a' + round, i);
			snprintf(names[i][1], sizeof(names[i][1]), "Notice %d", i % 4500);
			items[i] = dated(make_item(names[i][0], names[i][0], names[i][1], "text"),
				round * DAY + i);
		}
		s = poll_items(&p, items, N);
	}
	for (int i = 0; i < N; i++) /* the last 500 have the titles of the first */
		if (i >= 500 && i < 4000)
			assert_int_equal(s[i].seen, STORE_KNOWN);
	s = poll_items(&p, items, N);
	for (int i = 0; i < N; i++)
		assert_int_equal(s[i].seen, STORE_KNOWN);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

/* Links whose words change with the headline have a number; they say so only if all have one. */
static void an_edit_may_keep_only_the_number(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item v0[] = {
		make_item("/ferry-61234", "http://a.example/ferry-61234", "Embassy", "one"),
		make_item("/posts-61235", "http://a.example/posts-61235", "Post", "two"),
		make_item("/ports-61236", "http://a.example/ports-61236", "Port", "three")};
	struct feed_item v1[] = {
		make_item("/staff-61234", "http://a.example/staff-61234", "Staff", "four"), v0[1],
		v0[2]};
	struct feed_item v2[] = {
		make_item("/ships-61234", "http://a.example/ships-61234", "Ships", "five"),
		make_item("/others-61234", "http://a.example/others-61234", "Others", "six"), v0[1],
		v0[2]};
	struct feed_item v3[] = {
		make_item("/boats-61234", "http://a.example/boats-61234", "B", "7")};
	const struct store_item *first = poll_items(&p, v0, 3), *s;

	s = poll_items(&p, v1, 3);
	assert_int_equal(s[0].seen, STORE_REVISED);
	assert_int_equal(s[0].id, first[0].id);
	/* a number that two have is that of a topic */
	s = poll_items(&p, v2, 4);
	assert_int_equal(s[0].seen, STORE_NEW);
	assert_int_equal(s[1].seen, STORE_NEW);
	s = poll_items(&p, v1, 1);
	assert_int_equal(s[0].id, first[0].id);
	/* too few items to know */
	assert_int_equal(poll_items(&p, v3, 1)[0].seen, STORE_NEW);
}

/* The only item of a date to the second may change in all else, if its text is mostly the same. */
static void an_edit_may_keep_only_the_date(void **state)
{
	static const char text[] =
		"The embassy will shut its doors on Monday, a spokesman said at the harbour, and "
		"the staff will leave by ship.";
	static const char more[] =
		"The embassy will shut its doors on Monday, a spokesman said at the harbour, and "
		"the staff will leave by ship. More follows.";
	struct poll p = poll_start(state);
	struct feed_item v0[] = {
		dated(make_item("/a", "http://a.example/a", "Shuts", text), DAY - 77007)};
	struct feed_item v1[] = {
		dated(make_item("/b", "http://a.example/b", "Leaves", more), DAY - 77007)};
	struct feed_item v2[] = {
		dated(make_item("/c", "http://a.example/c", "Leaves so", text), DAY - 77007),
		dated(make_item("/d", "http://a.example/d", "Left", "other"), DAY - 77007)};
	int64_t first = poll_items(&p, v0, 1)[0].id;
	const struct store_item *s = poll_items(&p, v1, 1);

	assert_int_equal(s[0].id, first);
	assert_int_equal(s[0].seen, STORE_REVISED);
	s = poll_items(&p, v2, 2);
	assert_int_equal(s[0].seen, STORE_NEW);
	assert_int_equal(s[1].seen, STORE_NEW);
}

/* What stays must be sure, for the old item may come after the end; it has not left either. */
static void a_body_that_breaks_off_may_rename(void **state)
{
	struct poll p = poll_start(state);
	struct feed_item v0[] = {
		dated(make_item("a1", "http://a.example/1?sid=7", "Embassy", "one"), DAY - 77007),
		dated(make_item("b1", "http://a.example/2", "Port", "two"), DAY - 88008),
		dated(make_item("c1", "http://a.example/3", "Ferry", "three"), DAY - 99009)};
	struct feed_item v1[] = {
		dated(make_item("d1", "http://a.example/3", "Another", "four"), DAY - 66006),
		dated(make_item("a2", "http://a.example/1?sid=8", "Embassy", "one"), DAY - 77007),
		dated(make_item("b2", "http://a.example/2", "Ports", "five"), DAY - 88008)};
	const struct store_item *first = poll_items(&p, v0, 3), *s;

	p.cut = true;
	s = poll_items(&p, v1, 3);
	assert_int_equal(s[0].seen, STORE_NEW);
	assert_int_equal(s[1].id, first[0].id);
	assert_int_equal(s[2].id, first[1].id);
	assert_int_equal(s[2].seen, STORE_REVISED);
	assert_int_equal(p.n_left, 0);
	s = poll_items(&p, v1, 3);
	assert_int_equal(s[0].seen, STORE_KNOWN);
	assert_int_equal(s[2].seen, STORE_KNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_edit_may_change_the_id),
		T(a_live_blog_is_many_items),
		T(a_body_that_breaks_off_shows_no_departure),
		T(a_body_that_breaks_off_may_rename),
		T(departures_are_recorded_once),
		T(an_item_may_return_after_a_gap),
		T(notices_of_one_text_stay_apart),
		T(dates_may_follow_the_clock),
		T(notices_of_one_text_and_link_stay_apart),
		T(an_edit_may_keep_only_the_number),
		T(an_edit_may_keep_only_the_date),
		T(boilerplate_identifies_no_item),
		T(thousands_of_items_may_move_at_once),
	};

	return cmocka_run_group_tests_name("store successors", tests, NULL, NULL);
}
