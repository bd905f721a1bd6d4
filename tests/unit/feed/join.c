/* SPDX-License-Identifier: MIT */
/* Several batches become one. */
#include "lib/unit.h"

#include "base/buf.h"
#include "feed/join.h"
#include "feed/parse.h"
#include "lib/feed_text.h"

/* A sitemap of n entries, of that year and those before it, with that name. */
static struct feed_batch *make(const char *name, int n, int year)
{
	struct feed_parse_options o = {.sitemaps = true};
	struct feed_batch *b = NULL;
	struct err e = {0};
	struct buf doc;

	buf_init(&doc, 1 << 20);
	buf_addz(&doc, "<urlset>");
	for (int i = 0; i < n; i++)
		buf_printf(&doc,
			"<url><loc>https://a.example/%s/%d</loc><news:news><news:publication>"
			"<news:name>%s</news:name><news:language>en</news:language>"
			"</news:publication><news:publication_date>%d-01-01</news:publication_date>"
			"</news:news></url>",
			name, i, name, year - i);
	buf_addz(&doc, "</urlset>");
	if (feed_parse(buf_str(&doc), &o, &b, &e) != 0)
		fail_msg("%s", e.text);
	buf_release(&doc);
	return b;
}

static void the_newest_of_all_are_kept(void **state)
{
	struct feed_batch *into = make("none", 0, 2000),
			  *parts[] = {make("A", 10, 2020), make("A", 10, 2015)};
	struct err e = {0};

	(void)state;
	assert_int_equal(feed_batch_join(into, parts, 2, 12, &e), 0);
	assert_int_equal(into->n_items, 12);
	assert_int_equal(into->left_out, 8);
	assert_text(into->items[0].link, "https://a.example/A/0");
	assert_text(into->items[11].link, "https://a.example/A/2"); /* 2013 */
	assert_text(into->feed.title, "A");
	assert_text(into->feed.language, "en");
	assert_false(into->partial);
	for (int i = 0; i < 2; i++)
		feed_batch_free(parts[i]);
	feed_batch_free(into);
}

static void what_differs_or_lacks_is_known(void **state)
{
	struct feed_batch *into = make("A", 2, 2020),
			  *parts[] = {make("B", 1, 2020), make("C", 1, 2020)};
	struct err e = {0};

	(void)state;
	parts[1]->partial = true;
	assert_int_equal(feed_batch_join(into, parts, 2, 2000, &e), 0);
	assert_int_equal(into->n_items, 4);
	assert_int_equal(into->left_out, 0);
	assert_int_equal(into->items[1].part, 0);
	assert_int_equal(into->items[2].part, 1);
	assert_int_equal(into->items[3].part, 2);
	assert_text(into->feed.title, "A"); /* its own */
	assert_true(into->partial);
	assert_true(into->complete);
	for (int i = 0; i < 2; i++)
		feed_batch_free(parts[i]);
	feed_batch_free(into);
	into = make("none", 0, 2000);
	parts[0] = make("B", 1, 2020);
	parts[1] = make("C", 1, 2020);
	assert_int_equal(feed_batch_join(into, parts, 2, 2000, &e), 0);
	assert_text(into->feed.title, NULL);
	assert_text(into->feed.language, "en");
	for (int i = 0; i < 2; i++)
		feed_batch_free(parts[i]);
	feed_batch_free(into);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_of_all_are_kept),
		cmocka_unit_test(what_differs_or_lacks_is_known),
	};

	feed_parse_global_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
