/* SPDX-License-Identifier: MIT */
/* The key identity of a feed: what makes an item the same. */
#include "lib/unit.h"

#include "feed/identity.h"
#include "lib/desk_polls.h"

/* An item with the keys that the parser gives it. */
static struct feed_item made(const char *id, const char *link, const char *title, const char *text)
{
	struct feed_item i = make_item(id, link, title, text);

	feed_identity_fill(&i, NULL, 0);
	return i;
}

static void configure(struct desk_fixture *f, const char *identity)
{
	char text[200];

	snprintf(text, sizeof(text),
		"feed a { url = 'http://a.example/' identity = %s }\nwatch w { query = 'embassy' "
		"}\n",
		identity);
	if (f->desk)
		desk_configure(f, text);
	else
		desk_fixture_open(f, text);
}

#define X "http://a.example/x"
#define Y "http://a.example/y"

/* An item, and one that replaces it: is that new? In the order auto, id, link, title. */
static void one_part_decides(void **state)
{
	static const char *const identities[] = {"auto", "id", "link", "title"};
	static const struct {
		const char *why, *was[4], *is[4];
		bool new[4];
	} rows[] = {
		{"all is the same", {"1", X, "Embassy", "one"}, {"1", X, "Embassy", "one"}, {0}},
		{"another id", {"1", X, "Embassy", "one"}, {"2", X, "Embassy", "one"},
			{0, 1, 0, 0}},
		{"an edit under another id", {"1", X, "Embassy", "one"},
			{"2", X, "Embassy!", "two"}, {0, 1, 0, 1}},
		{"another id and link", {"1", X, "Embassy", "one"}, {"2", Y, "Embassy", "one"},
			{0, 1, 1, 0}},
		{"all but the title", {"1", X, "Embassy", "one"}, {"2", Y, "Embassy", "two"},
			{1, 1, 1, 0}},
		{"all but the id", {"1", X, "Embassy", "one"}, {"1", Y, "Embassy!", "two"},
			{0, 0, 1, 1}},
		{"the fragment", {"1", X "#1", "Embassy", "one"}, {"1", X "#2", "Embassy!", "two"},
			{0, 0, 1, 1}},
		{"the id and the fragment", {"1", X "#1", "Embassy", "one"},
			{"2", X "#2", "Embassy", "one"}, {0, 1, 1, 0}},
		{"a tracking code", {"1", X, "Embassy", "one"},
			{"2", "https://www.a.example/x/", "Embassy!", "two"}, {0, 1, 0, 1}},
		{"no id", {NULL, X, "Embassy", "one"}, {NULL, X, "Embassy!", "two"}, {0, 0, 0, 1}},
		{"no link", {"1", NULL, "Embassy", "one"}, {"2", NULL, "Embassy", "two"},
			{1, 1, 1, 0}},
		{"no title", {"1", X, NULL, "one"}, {"1", Y, NULL, "two"}, {0, 0, 1, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t k = 0; k < 4; k++) {
			const char *const *w = rows[i].was, *const *n = rows[i].is;
			struct feed_item was = made(w[0], w[1], w[2], w[3]);
			struct feed_item is = made(n[0], n[1], n[2], n[3]);
			struct desk_fixture f = {0};
			struct desk_result r;

			configure(&f, identities[k]);
			desk_polls_items(&f, "a", &was, 1);
			r = desk_polls_items(&f, "a", &is, 1);
			if (r.new_items != rows[i].new[k])
				fail_msg("%s: %zu new by %s", rows[i].why, r.new_items,
					identities[k]);
			assert_int_equal(desk_polls_items(&f, "a", &is, 1).new_items, 0);
			desk_fixture_close(&f);
		}
}

static void items_that_share_it_are_one(void **state)
{
	struct desk_fixture f = {0};
	struct feed_item live[] = {made("3", X, "Embassy 3", "three"),
		made("2", X, "Embassy 2", "two"), made("1", X, "Embassy 1", "one")};
	struct feed_item twins[] = {made("1", X, "Embassy", "one"), made("2", X, "Embassy", "one")};
	struct feed_item log[] = {
		made("1", X "#1", "Embassy", "one"), made("2", X "#2", "Embassy", "one")};
	struct desk_result r;

	(void)state;
	configure(&f, "link");
	desk_polls_items(&f, "a", NULL, 0);
	assert_int_equal(desk_polls_items(&f, "a", log, 2).new_items, 2);
	assert_int_equal(desk_polls_items(&f, "a", live + 1, 2).new_items, 1);
	r = desk_polls_items(&f, "a", live, 3);
	assert_int_equal(r.new_items, 0);
	assert_int_equal(r.revised, 1);
	desk_fixture_close(&f);
	f = (struct desk_fixture){0};
	configure(&f, "id");
	desk_polls_items(&f, "a", NULL, 0);
	assert_int_equal(desk_polls_items(&f, "a", twins, 2).new_items, 2);
	assert_int_equal(desk_polls_items(&f, "a", twins, 2).new_items, 0);
	assert_int_equal(desk_polls_items(&f, "a", twins + 1, 1).new_items, 0);
	assert_int_equal(desk_polls_items(&f, "a", twins, 2).new_items, 0);
	desk_fixture_close(&f);
}

static void another_identity_makes_no_item_new(void **state)
{
	static const char *const all[] = {"auto", "id", "link", "title"};
	struct feed_item items[] = {made("1", X, "Embassy 1", "one"),
		made("2", NULL, "Embassy 2", "two"), made(NULL, Y, "Embassy 3", "three"),
		made("4", NULL, NULL, "four"), made("5", X "5", "Embassy 5", "five")};

	(void)state;
	for (size_t from = 0; from < 4; from++)
		for (size_t to = 0; to < 4; to++) {
			struct desk_fixture f = {0};
			struct desk_result r;

			configure(&f, all[from]);
			desk_polls_items(&f, "a", items, 4);
			configure(&f, all[to]);
			r = desk_polls_items(&f, "a", items, 5);
			assert_int_equal(r.new_items, 1);
			assert_int_equal(r.alerts, 1);
			assert_int_equal(desk_polls_items(&f, "a", items, 5).new_items, 0);
			desk_fixture_close(&f);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_part_decides),
		cmocka_unit_test(items_that_share_it_are_one),
		cmocka_unit_test(another_identity_makes_no_item_new),
	};

	return cmocka_run_group_tests_name("desk identity", tests, NULL, NULL);
}
