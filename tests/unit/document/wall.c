/* SPDX-License-Identifier: MIT */
/* The feed wall: states as characters, what changed, names by place and by search. */
#include "lib/unit.h"

#include "base/clock.h"
#include "document/wall.h"
#include "lib/conf_text.h"
#include "lib/store_fixture.h"

#define NOW (1000 * DAY)

static const char feeds[] = "feed fine { url = \"http://a.example/1\" }\n"
			    "feed failing { url = \"http://a.example/2\" title = \"Le Monde\" }\n"
			    "feed late { url = \"http://a.example/3\" }\n"
			    "feed new { url = \"http://a.example/4\" }\n"
			    "feed gone { url = \"http://a.example/5\" }\n";

static void put_feed(struct store_fixture *f, const char *name, struct store_feed feed)
{
	feed.name = str_of(name);
	feed.url = STR("http://a.example/");
	feed.last_poll = NOW - CLOCK_MINUTE;
	feed.last_ok = feed.last_poll;
	if (!feed.next_due)
		feed.next_due = NOW + CLOCK_MINUTE;
	feed.last_body = feed.oldest = feed.flood.at = STAMP_NONE;
	feed.trust.whole_at = feed.trust.distrust_until = STAMP_NONE;
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
}

static void every_feed_is_one_character(void **state)
{
	struct store_fixture *f = *state;
	struct conf *c = conf_text_load(feeds);
	struct buf wall;

	put_feed(f, "fine", (struct store_feed){0});
	put_feed(f, "failing", (struct store_feed){.failures = 2, .last_error = STR("no")});
	put_feed(f, "late", (struct store_feed){.next_due = NOW - CLOCK_DAY});
	put_feed(f, "gone", (struct store_feed){.gone = true, .failures = 1});
	put_feed(f, "removed", (struct store_feed){.failures = 1});
	buf_init(&wall, 1024);
	assert_int_equal(document_wall_read(c, f->store, NOW, &wall, &f->e), 0);
	assert_string_equal(buf_z(&wall), "fxlug");
	buf_release(&wall);
	conf_unref(c);
}

static void check_json(json_t *o, const char *want)
{
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

	assert_string_equal(text ? text : "", want);
	free(text);
	json_decref(o);
}

static void only_changes_are_sent(void **state)
{
	static const struct {
		const char *before, *after, *changes;
		bool whole;
	} rows[] = {
		{"..........................", "..........................", "", false},
		{"..........................", "x.........................",
			"{\"generation\":7,\"changes\":[[0,\"x\"]]}", false},
		{".........................x", "...............x.x........",
			"{\"generation\":7,\"changes\":[[15,\"x.x........\"]]}", false},
		{"........................................................",
			"x.x....................................................l",
			"{\"generation\":7,\"changes\":[[0,\"x.x\"],[55,\"l\"]]}", false},
		{"..", "xx", "", true},
		{"..", "...", "", true},
		{"", "", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool whole;

		check_json(document_wall_changes(
				   7, str_of(rows[i].before), str_of(rows[i].after), &whole),
			rows[i].changes);
		assert_int_equal(whole, rows[i].whole);
	}
}

static void names_come_by_place_and_by_search(void **state)
{
	struct conf *c = conf_text_load(feeds),
		    *other = conf_text_load("feed x { url = \"http://b.example\" }\n");
	struct str wire = STR("wire");
	const struct conf_feed cf = {.name = "s",
		.url = "http://me:secret@host.example/path?token=hidden",
		.groups = {&wire, 1}};
	char want[256];
	const unsigned g = document_wall_generation(c);

	(void)state;
	assert_int_not_equal(g, document_wall_generation(other));
	snprintf(want, sizeof(want), "{\"generation\":%u,\"from\":3,\"names\":[\"new\",\"gone\"]}",
		g);
	check_json(document_wall_names(c, 3, 10), want);
	snprintf(want, sizeof(want), "{\"generation\":%u,\"from\":9,\"names\":[]}", g);
	check_json(document_wall_names(c, 9, 10), want);
	snprintf(want, sizeof(want),
		"{\"generation\":%u,\"found\":[0,1,3,4],\"names\":[\"fine\",\"failing\"]}", g);
	check_json(document_wall_search(c, STR("N"), 2), want);
	snprintf(
		want, sizeof(want), "{\"generation\":%u,\"found\":[1],\"names\":[\"failing\"]}", g);
	check_json(document_wall_search(c, STR("le MONDE"), 2), want);
	conf_unref(other);
	assert_true(document_wall_has_text(&cf, STR("Host.example/PATH")));
	assert_true(document_wall_has_text(&cf, STR("wir")));
	assert_false(document_wall_has_text(&cf, STR("secret")));
	assert_false(document_wall_has_text(&cf, STR("hidden")));
	conf_unref(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_feed_is_one_character, store_fixture_open, store_fixture_close),
		cmocka_unit_test(only_changes_are_sent),
		cmocka_unit_test(names_come_by_place_and_by_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
