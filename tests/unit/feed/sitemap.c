/* SPDX-License-Identifier: MIT */
/* Sitemaps: what their elements mean, namespaces as publishers write them, large ones, indexes. */
#include "lib/unit.h"

#include "base/buf.h"
#include "feed/parse.h"
#include "lib/feed_text.h"

#define PROTOCOL "http://www.sitemaps.org/schemas/sitemap/0.9"
#define NEWS	 "xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\""
#define ENTRY_2                                                                                    \
	"<url><loc>https://news.example/2</loc><lastmod>2026-09-20</lastmod><news:news>"           \
	"<news:publication><news:name>Times</news:name><news:language>en</news:language>"          \
	"</news:publication><news:publication_date>2026-09-19</news:publication_date>"             \
	"<news:title>Second</news:title></news:news></url>"

static struct buf doc;

static int parse_doc(struct feed_batch **b, bool sitemaps, struct err *e)
{
	struct feed_limits limits = feed_limits_default;
	struct feed_parse_options o = {.url = STR("https://news.example/sitemap.xml"),
		.limits = &limits,
		.sitemaps = sitemaps};

	limits.cpu_us *= 100;
	assert_false(buf_failed(&doc));
	return feed_parse(buf_str(&doc), &o, b, e);
}

static struct feed_batch *read_doc(void)
{
	struct feed_batch *b = NULL;
	struct err e = {0};

	if (parse_doc(&b, true, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(b->feed.format, FEED_SITEMAP);
	return b;
}

static void namespaces_are_found(void **state)
{
	static const char *const roots[][2] = {
		{"<urlset xmlns=\"" PROTOCOL "\" " NEWS ">", "</urlset>"},
		{"<urlset xmlns=\"https://www.sitemaps.org/schemas/sitemap/0.9/\" " NEWS ">",
			"</urlset>"},
		{"<urlset xmlns=\"http://www.google.com/schemas/sitemap/0.84\" " NEWS ">",
			"</urlset>"},
		{"<urlset xmlns=\"http://typo.example/sitemap\" " NEWS ">", "</urlset>"},
		{"<urlset " NEWS ">", "</urlset>"},
		{"<urlset>", "</urlset>"}, /* the prefix is not declared */
		{"junk<urlset>", "</urlset>"},
		{"<URLSET>", "</URLSET>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct feed_batch *b;

		buf_clear(&doc);
		buf_printf(&doc, "%s" ENTRY_2 "%s", roots[i][0], roots[i][1]);
		b = read_doc();
		assert_int_equal(b->n_items, 1);
		assert_text(b->items[0].link, "https://news.example/2");
		assert_text(b->items[0].title, "Second");
		assert_text(b->items[0].language, "en");
		assert_text(b->items[0].source_title, "Times");
		assert_text(b->items[0].id, NULL);
		assert_true(b->items[0].published < b->items[0].updated);
		assert_text(b->feed.title, "Times");
		feed_batch_free(b);
	}
}

static void a_prefixed_root_is_a_sitemap(void **state)
{
	struct feed_batch *b;

	(void)state;
	buf_clear(&doc);
	buf_addz(&doc, "<s:urlset xmlns:s=\"" PROTOCOL "\" xmlns:n="
		       "\"https://www.google.com/schemas/sitemap-news/0.9\"><s:url>"
		       "<s:loc>/1</s:loc><n:news><n:title>First</n:title></n:news></s:url>"
		       "</s:urlset>");
	b = read_doc();
	assert_int_equal(b->n_items, 1);
	assert_text(b->items[0].link, "https://news.example/1");
	assert_text(b->items[0].title, "First");
	feed_batch_free(b);
}

static void only_a_common_name_is_the_title(void **state)
{
	struct feed_batch *b;

	(void)state;
	buf_clear(&doc);
	buf_addz(&doc, "<urlset " NEWS ">" ENTRY_2 "<url><loc>/1</loc><news:news><news:publication>"
		       "<news:name>Post</news:name><news:language>fr</news:language>"
		       "</news:publication></news:news></url></urlset>");
	b = read_doc();
	assert_int_equal(b->n_items, 2);
	assert_text(b->feed.title, NULL);
	assert_text(b->feed.language, NULL);
	assert_text(b->items[1].language, "fr");
	feed_batch_free(b);
}

static void the_link_is_the_identity(void **state)
{
	struct feed_batch *a, *b;

	(void)state;
	buf_clear(&doc);
	buf_addz(&doc, "<urlset " NEWS ">" ENTRY_2 "</urlset>");
	a = read_doc();
	buf_clear(&doc);
	buf_addz(&doc, "<urlset><url><lastmod>2027-01-01</lastmod>"
		       "<loc>https://news.example/2</loc></url></urlset>");
	b = read_doc();
	assert_memory_equal(a->items[0].key, b->items[0].key, sizeof(a->items[0].key));
	feed_batch_free(a);
	feed_batch_free(b);
}

/* 50,000 entries, the most that the protocol allows, with five elements each. */
static void the_newest_of_a_large_sitemap_are_kept(void **state)
{
	struct feed_batch *b;
	bool reported = false;

	(void)state;
	buf_clear(&doc);
	buf_addz(&doc, "<urlset xmlns=\"" PROTOCOL "\">");
	for (int i = 0; i < 50000; i++)
		buf_printf(&doc,
			"<url><loc>https://news.example/%d</loc><lastmod>%04d-%02d-%02dT%02d:00Z"
			"</lastmod><changefreq>daily</changefreq><priority>0.5</priority></url>",
			i, 1990 + i / 2000, 1 + i % 12, 1 + i % 27, i % 24);
	buf_addz(&doc, "</urlset>");
	b = read_doc();
	assert_int_equal(b->n_items, 2000);
	assert_int_equal(b->left_out, 48000);
	assert_true(b->complete);
	/* of the last year */
	assert_text(b->items[0].link, "https://news.example/48000");
	assert_text(b->items[1999].link, "https://news.example/49999");
	for (size_t i = 0; i < b->n_problems; i++)
		reported |= str_find(b->problems[i].text, STR("48000 are left out")) >= 0;
	assert_true(reported);
	feed_batch_free(b);
}

static void elements_are_bounded(void **state)
{
	struct feed_batch *b = NULL;
	struct err e = {0};

	(void)state;
	buf_clear(&doc);
	buf_addz(&doc, "<urlset>");
	for (int i = 0; i < 1000001; i++)
		buf_addz(&doc, "<a/>");
	buf_addz(&doc, "</urlset>");
	assert_int_equal(parse_doc(&b, true, &e), -ERR_LIMIT);
	assert_non_null(strstr(e.text, "more than 1000000 elements"));
}

static void an_index_has_its_newest_sitemaps(void **state)
{
	struct feed_batch *b;

	(void)state;
	buf_clear(&doc);
	buf_addz(&doc, "<sitemapindex xmlns=\"" PROTOCOL "\">");
	for (int i = 0; i < 10000; i++)
		buf_printf(&doc,
			"<sitemap><loc>/%d.xml</loc><lastmod>%04d-01-01</lastmod></sitemap>", i,
			1995 + i % 25);
	buf_addz(&doc, "<sitemap><loc>javascript:alert(1)</loc></sitemap>"
		       "</sitemapindex>");
	b = read_doc();
	assert_int_equal(b->n_children, FEED_CHILDREN_MAX);
	for (size_t i = 0; i < b->n_children; i++)
		assert_true(b->children[i].updated >= INT64_C(1546300800000)); /* 2019 */
	assert_true(str_starts(b->children[0].url, STR("https://news.example/")));
	feed_batch_free(b);
}

static void the_title_may_be_in_the_address(void **state)
{
	static const struct {
		const char *path, *title;
	} rows[] = {
		{"world/2026/embassy-moves-to-halmvik-6234567.html", "embassy moves to halmvik"},
		{"a_b_c/index.html?x-y-z-w#p-q-r", "a b c"},
		{"embassy-staff-leave/12345678/", "embassy staff leave"},
		{"%D0%B2-%D0%9A%D0%B8%D0%B5%D0%B2%D0%B5-%d0%b4%d0%be%d0%bc/", "в Киеве дом"},
		{"the-budget-of-2026", "the budget of 2026"},
		{"one-two-three.4.five", "one two three 4"},
		{"one-two-three.not_an_ending", "one two three not an ending"},
		{"", NULL},
		{"embassy-moves", NULL},
		{"%FF-a-b-c", NULL},
		{"%0A-a-b-c", NULL},
		{"a-b-c/d/e/f", NULL},
		{"12-34-56-78-90", NULL},
		{"?a-b-c-d", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_batch *b;

		buf_clear(&doc);
		buf_printf(&doc, "<urlset><url><loc>https://news.example/%s</loc></url></urlset>",
			rows[i].path);
		b = read_doc();
		assert_text(b->items[0].title, rows[i].title);
		feed_batch_free(b);
	}
}

static void without_the_option_it_is_no_feed(void **state)
{
	struct feed_batch *b = NULL;
	struct err e = {0};

	(void)state;
	buf_clear(&doc);
	buf_addz(&doc, "<urlset xmlns=\"" PROTOCOL "\" " NEWS ">" ENTRY_2 "</urlset>");
	assert_int_equal(parse_doc(&b, false, &e), -ERR_INPUT);
	assert_non_null(strstr(e.text, "type = \"sitemap\""));
	/* broken, for the lenient parser */
	buf_addz(&doc, "<");
	assert_int_equal(parse_doc(&b, false, &e), -ERR_INPUT);
	assert_non_null(strstr(e.text, "type = \"sitemap\""));
}

static int release(void **state)
{
	(void)state;
	buf_release(&doc);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(namespaces_are_found),
		cmocka_unit_test(a_prefixed_root_is_a_sitemap),
		cmocka_unit_test(only_a_common_name_is_the_title),
		cmocka_unit_test(the_link_is_the_identity),
		cmocka_unit_test(the_newest_of_a_large_sitemap_are_kept),
		cmocka_unit_test(elements_are_bounded),
		cmocka_unit_test(an_index_has_its_newest_sitemaps),
		cmocka_unit_test(the_title_may_be_in_the_address),
		cmocka_unit_test(without_the_option_it_is_no_feed),
	};

	buf_init(&doc, (size_t)16 << 20);
	feed_parse_global_init();
	return cmocka_run_group_tests(tests, NULL, release);
}
