/* SPDX-License-Identifier: MIT */
/* Which sitemaps of an index are read, and what is remembered of them. */
#include "lib/unit.h"

#include "base/clock.h"
#include "engine/sitemap_plan.h"

#define NOW INT64_C(1790000000000)

static struct feed_child children[FEED_CHILDREN_MAX];
static char urls[FEED_CHILDREN_MAX][64];
static struct feed_batch map = {.children = children};
static struct sitemap out[SITEMAP_READ_MAX];

static void add(const char *url, int64_t updated)
{
	children[map.n_children++] = (struct feed_child){str_of(url), updated};
}

static size_t choose(const char *url, bool insecure)
{
	return sitemap_plan_choose(&map, str_of(url), insecure, out);
}

static void assert_chosen(size_t i, const char *url)
{
	if (!str_is(out[i].url, url))
		fail_msg("%zu: %.*s, not %s", i, STR_ARG(out[i].url), url);
}

static void the_newest_are_chosen(void **state)
{
	(void)state;
	map.n_children = 0;
	for (int i = 0; i < FEED_CHILDREN_MAX; i++) {
		snprintf(urls[i], sizeof(urls[i]), "https://a.example/%d", i);
		add(urls[i], i % 2 ? NOW - i * CLOCK_DAY : STAMP_NONE);
	}
	assert_int_equal(choose("https://a.example/index", false), SITEMAP_READ_MAX);
	/* half of the places: without a date, from both ends */
	assert_chosen(0, "https://a.example/0");
	assert_chosen(1, "https://a.example/62");
	assert_chosen(2, "https://a.example/2");
	assert_chosen(3, "https://a.example/60");
	assert_chosen(4, "https://a.example/1");
	assert_chosen(7, "https://a.example/7");
	/* with few dates they get the rest */
	map.n_children = 7;
	assert_int_equal(choose("https://a.example/index", false), 7);
}

static void only_its_own_site_is_chosen(void **state)
{
	char longest[SITEMAP_URL_MAX + 2];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "https://a.example/", 18);
	longest[sizeof(longest) - 1] = '\0';
	map.n_children = 0;
	add("https://a.example/index", NOW);
	add("https://www.a.example/1", NOW);
	add("https://www.a.example/1", NOW);
	add("http://a.example/2", NOW);
	add("https://b.example/3", NOW);
	add("https://127.0.0.1/4", NOW);
	add("https://a.example.evil.example/5", NOW);
	add("/relative", NOW);
	add(longest, NOW);
	assert_int_equal(choose("https://a.example/index", false), 1);
	assert_chosen(0, "https://www.a.example/1");
	assert_int_equal(choose("https://a.example/index", true), 2);
	assert_int_equal(choose("http://a.example/index", false), 3);
	assert_int_equal(choose("https://127.0.0.1/index", false), 1);
	assert_int_equal(choose("https://[", false), 0);
}

static void what_may_have_changed_is_due(void **state)
{
	static const struct {
		struct sitemap m;
		bool conditional, force, due;
	} rows[] = {
		{{.updated = NOW - 9 * CLOCK_DAY}, true, false, true}, /* never read */
		{{.read = true, .updated = NOW - 9 * CLOCK_DAY, .was = NOW - 9 * CLOCK_DAY}, true,
			false, false},
		{{.read = true, .updated = NOW - 9 * CLOCK_DAY, .was = NOW - 9 * CLOCK_DAY}, false,
			false, true},
		{{.read = true, .updated = NOW - 8 * CLOCK_DAY, .was = NOW - 9 * CLOCK_DAY}, true,
			false, true},
		{{.read = true, .updated = NOW - CLOCK_DAY, .was = NOW - CLOCK_DAY}, true, false,
			true},
		{{.read = true, .updated = STAMP_NONE, .was = STAMP_NONE}, true, false, true},
		{{.read = true,
			 .failed = true,
			 .updated = NOW - 9 * CLOCK_DAY,
			 .was = NOW - 9 * CLOCK_DAY},
			true, false, true},
		{{.updated = NOW, .fresh_until = NOW + 1}, true, false, false},
		{{.updated = NOW, .fresh_until = NOW + 1}, false, false, false},
		{{.updated = NOW, .fresh_until = NOW + 1}, true, true, true},
		{{.updated = NOW, .fresh_until = NOW}, true, false, true},
		/* the wall clock was set back */
		{{.updated = NOW, .fresh_until = NOW + 2 * CLOCK_DAY}, true, false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sitemap_terms t = {NOW, rows[i].conditional, rows[i].force};

		out[0] = rows[i].m;
		out[0].etag = STR("E");
		if (!out[0].fresh_until)
			out[0].fresh_until = STAMP_NONE;
		assert_int_equal(sitemap_plan_mark(out, 1, &t), rows[i].due);
		if (out[0].due != rows[i].due || str_present(out[0].etag) != rows[i].conditional)
			fail_msg("row %zu", i);
	}
}

static void it_is_written_and_read(void **state)
{
	struct sitemap known[SITEMAP_READ_MAX];
	struct buf text;

	(void)state;
	buf_init(&text, 4096);
	out[0] = (struct sitemap){.url = STR("https://a.example/1"),
		.updated = NOW,
		.read = true,
		.was = NOW - 1,
		.fresh_until = NOW + 5,
		.etag = STR("\"e\""),
		.last_modified = STR("Mon, 21 Sep 2026 10:00:00 GMT")};
	out[1] = (struct sitemap){.url = STR("https://a.example/2"),
		.updated = STAMP_NONE,
		.failed = true,
		.was = STAMP_NONE,
		.fresh_until = STAMP_NONE};
	assert_int_equal(sitemap_plan_write(out, 2, &text), 0);
	assert_int_equal(sitemap_plan_read(buf_str(&text), known), 2);
	assert_true(str_eq(known[0].url, out[0].url) && str_eq(known[0].etag, out[0].etag));
	assert_true(str_eq(known[0].last_modified, out[0].last_modified));
	assert_true(known[0].read && !known[0].failed && !known[1].read && known[1].failed);
	assert_true(known[0].updated == NOW && known[0].was == NOW - 1);
	assert_true(known[0].fresh_until == NOW + 5 && known[1].fresh_until == STAMP_NONE);
	assert_true(
		known[1].updated == STAMP_NONE && !known[1].etag.p && !known[1].last_modified.p);
	/* the index says a new date; the rest is what is known */
	out[0] = (struct sitemap){.url = STR("https://a.example/1"), .updated = NOW + 9};
	sitemap_plan_remember(out, 1, known, 2);
	assert_true(out[0].updated == NOW + 9 && out[0].was == NOW - 1 && out[0].read);
	buf_release(&text);
}

static void damaged_texts_are_read_as_far_as_they_go(void **state)
{
	static const char *const texts[] = {"", "\n", "\t\n", "u", "u\t",
		"u\t1\trf\t2\t3\te\tm\tmore", "\n\n\nu\n", "u\tx\tx\tx\tx\n",
		"u\t99999999999999999999999999999\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10"};
	static const size_t want[] = {0, 0, 0, 1, 1, 1, 1, 1, 1, 8};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(sitemap_plan_read(str_of(texts[i]), out), want[i]);
	assert_int_equal(sitemap_plan_read(STR_NONE, out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_are_chosen),
		cmocka_unit_test(only_its_own_site_is_chosen),
		cmocka_unit_test(what_may_have_changed_is_due),
		cmocka_unit_test(it_is_written_and_read),
		cmocka_unit_test(damaged_texts_are_read_as_far_as_they_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
