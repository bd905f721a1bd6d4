/* SPDX-License-Identifier: MIT */
/* JSON Feed: valid documents, common errors, and documents that are refused. */
#include "lib/unit.h"

#include <stdlib.h>

#include "feed/json.h"
#include "lib/feed_text.h"

static struct feed_batch *read_feed(const char *text)
{
	struct feed_parse_options o = {.url = STR("https://a.example/feed.json")};
	struct feed_batch *b = NULL;
	struct err e = {0};

	if (feed_json_parse(str_of(text), &o, &b, &e))
		fail_msg("%s", e.text);
	return b;
}

static void a_json_feed_is_read_completely(void **state)
{
	struct feed_batch *b = read_feed(
		"\xEF\xBB\xBF{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"T "
		"&amp; x\",\n"
		"\"home_page_url\": \"/\", \"feed_url\": \"feed.json\", \"description\": \"D\",\n"
		"\"next_url\": \"?page=2\", \"icon\": \"i.png\", \"language\": \"en-GB\",\n"
		"\"authors\": [{\"name\": \"A\"}, {\"name\": \"B\", \"url\": "
		"\"mailto:b@c.example\"}],\n"
		"\"hubs\": [{\"type\": \"WebSub\", \"url\": \"https://hub.example/\"}],\n"
		"\"items\": [\n"
		"{\"id\": \"1\", \"url\": \"/one\", \"title\": \"One\", \"content_html\": "
		"\"<p>a</p><p>b\",\n"
		" \"summary\": \"s\", \"date_published\": \"2020-01-02T03:04:05+01:00\",\n"
		" \"date_modified\": \"2020-01-03\", \"tags\": [\"x\", \" y \", \"\"], "
		"\"language\": \"de\",\n"
		" \"author\": {\"name\": \"C\"}, \"attachments\": [{\"url\": \"m.mp3\",\n"
		" \"mime_type\": \"audio/mpeg\", \"size_in_bytes\": 12}, {\"mime_type\": "
		"\"x\"}]},\n"
		"{\"id\": 2, \"external_url\": \"https://b.example/\", \"content_text\": "
		"\"a\\nb\\n\\n c\"}]}");
	const struct feed_item *i = b->items;

	(void)state;
	assert_int_equal(b->feed.format, FEED_JSON);
	assert_text(b->feed.format_version, "1.1");
	assert_text(b->feed.title, "T & x");
	assert_text(b->feed.link, "https://a.example/");
	assert_text(b->feed.self, "https://a.example/feed.json");
	assert_text(b->feed.next, "https://a.example/feed.json?page=2");
	assert_text(b->feed.hub, "https://hub.example/");
	assert_text(b->feed.author.text, "A, B (b@c.example)");
	assert_true(b->well_formed && b->complete);
	assert_int_equal(b->n_problems, 0);
	assert_int_equal(b->n_items, 2);
	assert_text(i[0].id, "1");
	assert_text(i[0].link, "https://a.example/one");
	assert_text(i[0].content, "a\n\nb");
	assert_text(i[0].content_html, "<p>a</p><p>b");
	assert_text(i[0].summary, "s");
	assert_text(i[0].author.text, "C");
	assert_text(i[0].language, "de");
	assert_int_equal(i[0].published, INT64_C(1577930645000));
	assert_int_equal(i[0].updated, INT64_C(1578009600000));
	assert_int_equal(i[0].n_categories, 2);
	assert_text(i[0].categories[1], "y");
	assert_int_equal(i[0].n_enclosures, 1);
	assert_text(i[0].enclosures[0].url, "https://a.example/m.mp3");
	assert_text(i[0].enclosures[0].length, "12");
	assert_int_equal(i[0].line, 7);
	assert_text(i[1].id, "2");
	assert_text(i[1].link, "https://b.example/");
	assert_text(i[1].content, "a\nb\n\nc");
	assert_text(i[1].content_html, NULL);
	assert_text(i[1].author.text, "A, B (b@c.example)");
	assert_true(i[1].published == STAMP_NONE);
	feed_batch_free(b);
}

static void errors_are_repaired_with_a_warning(void **state)
{
	static const struct {
		const char *text, *title;
		size_t items;
		bool complete;
	} rows[] = {
		{"{\"items\":[{\"title\":\"a\nb\"}]}", "a b", 1, true},
		{"{\"items\":[{\"title\":\"a\\'b\"},]}", "a'b", 1, true},
		{"{\"items\":[{\"title\":\"a\\ud83d b\"}]}", "a\uFFFD b", 1, true},
		{"{\"items\":[{\"title\":\"a\\u0000b\"}]}", "a\uFFFDb", 1, true},
		{"{\"items\":[{\"title\":\"a\"}]} <!-- junk -->", "a", 1, true},
		{"{\"items\":[{\"title\":\"a\"},{\"title\":\"b\"},{\"title\":\"c", "a", 2, false},
		{"{\"items\":[{\"title\":\"a\",\"tags\":[\"x\"]},", "a", 1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_batch *b = read_feed(rows[i].text);

		assert_int_equal(b->n_items, rows[i].items);
		assert_text(b->items[0].title, rows[i].title);
		assert_int_equal(b->complete, rows[i].complete);
		assert_false(b->well_formed);
		assert_true(b->n_problems >= 1);
		assert_int_equal(b->problems[0].line, i == 0 ? 1 : b->problems[0].line);
		feed_batch_free(b);
	}
}

static void common_deviations_are_read(void **state)
{
	struct feed_batch *b =
		read_feed("{\"items\":[{\"title\":\"<b>x</b>\",\"content_text\":\"<p>a</"
			  "p>b\",\"summary\":\"s &amp; t\","
			  "\"author\":\"Somebody\",\"date_published\":1400000000}, 7]}");

	(void)state;
	assert_int_equal(b->n_items, 1);
	assert_text(b->items[0].title, "x");
	assert_text(b->items[0].content, "a\n\nb");
	assert_text(b->items[0].summary, "s & t");
	assert_text(b->items[0].author.text, "Somebody");
	assert_int_equal(b->items[0].published, INT64_C(1400000000000));
	assert_int_equal(b->n_problems, 2); /* without a version; a number among the items */
	feed_batch_free(b);
}

static void numbers_that_no_parser_holds_are_text(void **state)
{
	struct feed_batch *b =
		read_feed("{\"items\":[{\"id\":12345678901234567890,\"tags\":\"World\"},"
			  "{\"id\":-00123, \"title\":\"b\"},"
			  "{\"id\":123456789012345678,\"title\":\"c\"},"
			  "{\"id\":0,\"title\":\"d\"}, {\"id\":0.5,\"title\":\"e\"}]}");

	(void)state;
	assert_int_equal(b->n_items, 5);
	assert_text(b->items[0].id, "12345678901234567890");
	assert_int_equal(b->items[0].n_categories, 1);
	assert_text(b->items[0].categories[0], "World");
	assert_text(b->items[1].id, "-00123");
	assert_text(b->items[2].id, "123456789012345678");
	assert_text(b->items[3].id, "0");
	assert_text(b->items[4].id, "0.5");
	feed_batch_free(b);
}

static void names_and_tags_are_visible_text(void **state)
{
	struct feed_batch *b = read_feed(
		"{\"items\":[{\"id\":\"1\",\"title\":\"K\u00C3\u00B6ln\",\"tags\":[\"<b>World</"
		"b>\","
		"\"Arts &amp; Life\",3],\"author\":{\"name\":\"<i>Jane</i> &amp; Jo\"}}]}");

	(void)state;
	assert_text(b->items[0].title, "Köln");
	assert_int_equal(b->items[0].n_categories, 2);
	assert_text(b->items[0].categories[0], "World");
	assert_text(b->items[0].categories[1], "Arts & Life");
	assert_text(b->items[0].author.text, "Jane & Jo");
	feed_batch_free(b);
}

static void the_encoding_is_reported(void **state)
{
	/* a quote of windows-1252 in UTF-8; GBK without a declaration */
	struct feed_batch *b =
		parse_feed("{\"items\":[{\"title\":\"F\xC3\xA4hre: embassy\x92s\"}]}", NULL);

	(void)state;
	assert_text(b->items[0].title, "Fähre: embassy’s");
	assert_false(b->well_formed);
	assert_non_null(strstr(b->problems[b->n_problems - 1].text.p, "read as windows-1252: 1"));
	feed_batch_free(b);
	b = parse_feed("{\"items\":[{\"title\":\"\xB1\xB1\xBE\xA9\xD0\xC2\xCE\xC5\"}]}", NULL);
	assert_text(b->feed.encoding, "gb18030");
	assert_text(b->items[0].title, "北京新闻");
	assert_non_null(strstr(b->problems[b->n_problems - 1].text.p, "no encoding is declared"));
	feed_batch_free(b);
}

static void documents_that_are_not_feeds_are_refused(void **state)
{
	static const struct {
		const char *text;
		enum err_class cls;
	} rows[] = {
		{"", ERR_INPUT},
		{"[]", ERR_INPUT},
		{"{}", ERR_INPUT},
		{"{\"error\":\"x\"}", ERR_INPUT},
		{"{\"items\":{}}", ERR_INPUT},
		{"{\"items\":[", ERR_INPUT},
		{"{\"items\":[{\"a\"}]}", ERR_INPUT},
		{"{\"items\":[}", ERR_INPUT},
	};
	struct feed_parse_options o = {.url = STR_NONE};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_batch *b = NULL;
		struct err e = {0};

		assert_int_equal(
			feed_json_parse(str_of(rows[i].text), &o, &b, &e), -(int)rows[i].cls);
		assert_null(b);
		assert_non_null(strstr(e.text, "not a feed"));
	}
}

static void an_empty_list_alone_is_no_feed(void **state)
{
	static const char *const refused[] = {
		"{\"error\": \"invalid_token\", \"items\": []}",
		"{\"items\": [], \"errors\": [{\"code\": 403}]}",
		"{\"items\": [], \"total\": 0}",
	};
	struct feed_parse_options o = {.headers_only = false};
	struct feed_batch *b = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err e = {0};

		assert_int_equal(feed_json_parse(str_of(refused[i]), &o, &b, &e), -(int)ERR_INPUT);
		assert_null(b);
		assert_non_null(strstr(e.text, "empty list"));
		assert_int_equal(strstr(e.text, "reports an error") != NULL, i < 2);
	}
	b = read_feed("{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": []}");
	assert_int_equal(b->n_items, 0);
	feed_batch_free(b);
	b = read_feed("{\"home_page_url\": \"https://b.example/\", \"items\": []}");
	assert_int_equal(b->n_items, 0);
	feed_batch_free(b);
}

static void links_are_relative_to_the_home_page(void **state)
{
	struct feed_batch *b = read_feed(
		"{\"version\": \"https://jsonfeed.org/version/1.1\", \"icon\": \"/i.png\",\n"
		"\"home_page_url\": \"https://desk.example/en/\", \"items\": [\n"
		"{\"id\": \"1\", \"url\": \"/news?a=1&amp;b=2\",\n"
		"\"date_published\": \"0001-01-01T00:00:00Z\"}]}");

	(void)state;
	assert_text(b->feed.image, "https://a.example/i.png");
	assert_text(b->items[0].link, "https://desk.example/news?a=1&b=2");
	assert_true(b->items[0].published == STAMP_NONE);
	assert_int_equal(b->n_problems, 1);
	feed_batch_free(b);
}

static void links_are_repaired(void **state)
{
	struct feed_batch *b =
		read_feed("{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [\n"
			  "{\"url\": \"null\", \"external_url\": \"https://b.example/1\"},\n"
			  "{\"url\": \"www.b.example/2?a&#038;b\"},\n"
			  "{\"url\": \"<a href=\\\"/3\\\">Ferry</a>\"},\n"
			  "{\"url\": \"Read more: https://b.example/4\"},\n"
			  "{\"url\": \"Not available yet\"}]}");

	(void)state;
	assert_text(b->items[0].link, "https://b.example/1");
	assert_text(b->items[1].link, "https://www.b.example/2?a&b");
	assert_text(b->items[2].link, "https://a.example/3");
	assert_text(b->items[3].link, "https://b.example/4");
	assert_text(b->items[4].link, NULL);
	feed_batch_free(b);
}

static void every_limit_is_enforced(void **state)
{
	struct feed_limits l = feed_limits_default;
	struct feed_parse_options o = {.limits = &l};
	struct feed_batch *b = NULL;
	size_t n = 0, size = 200000;
	char *deep = malloc(size + 64);

	(void)state;
	memcpy(deep, "{\"items\":", 9);
	for (n = 9; n < size; n++)
		deep[n] = '[';
	assert_int_equal(feed_json_parse(str_slice(deep, n), &o, &b, NULL), -(int)ERR_LIMIT);
	free(deep);
	l.elements = 3;
	assert_int_equal(
		feed_json_parse(STR("{\"items\":[1,2,3,4]}"), &o, &b, NULL), -(int)ERR_LIMIT);
	l = feed_limits_default;
	l.body_bytes = 10;
	assert_int_equal(feed_json_parse(STR("{\"items\":[]}"), &o, &b, NULL), -(int)ERR_LIMIT);
	l = feed_limits_default;
	l.items = 1;
	l.field_bytes = 4;
	assert_int_equal(
		feed_json_parse(STR("{\"items\":[{\"id\":\"abcd\xC3\xA9\"},{}]}"), &o, &b, NULL),
		0);
	assert_int_equal(b->n_items, 1);
	assert_text(b->items[0].id, "abcd");
	assert_int_equal(b->n_problems, 3); /* without a version; too many; truncated */
	feed_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_json_feed_is_read_completely),
		cmocka_unit_test(errors_are_repaired_with_a_warning),
		cmocka_unit_test(common_deviations_are_read),
		cmocka_unit_test(the_encoding_is_reported),
		cmocka_unit_test(numbers_that_no_parser_holds_are_text),
		cmocka_unit_test(names_and_tags_are_visible_text),
		cmocka_unit_test(documents_that_are_not_feeds_are_refused),
		cmocka_unit_test(an_empty_list_alone_is_no_feed),
		cmocka_unit_test(links_are_relative_to_the_home_page),
		cmocka_unit_test(links_are_repaired),
		cmocka_unit_test(every_limit_is_enforced),
	};

	return cmocka_run_group_tests_name("feed json", tests, NULL, NULL);
}
