/* SPDX-License-Identifier: MIT */
/* Default namespaces that are declared by mistake: the format is that of the elements. */
#include "lib/unit.h"

#include "base/buf.h"
#include "feed/parse.h"
#include "lib/feed_text.h"

static const char *const uris[] = {
	"http://www.w3.org/2005/Atom",
	"http://purl.org/atom/ns#",
	"http://www.itunes.com/dtds/podcast-1.0.dtd",
	"http://search.yahoo.com/mrss/",
	"http://purl.org/dc/elements/1.1/",
	"http://purl.org/rss/1.0/modules/content/",
	"http://www.w3.org/1999/xhtml",
	"http://www.georss.org/georss",
	"http://ext.example/unknown",
};

static struct feed_batch *parse_text(const char *body, struct err *e)
{
	static const struct feed_parse_options o = {.url = {"https://desk.example/rss", 24}};
	struct feed_batch *b = NULL;

	feed_parse(str_of(body), &o, &b, e);
	return b;
}

/* The attribute xmlns at the element `at`: 'r' <rss>, 'c' <channel>, 'i' the items. */
static struct feed_batch *parse_rss(const char *uri, char at, bool broken)
{
	struct feed_batch *b;
	struct buf body, ns;
	struct err e = {0};

	buf_init(&ns, 200);
	buf_init(&body, 1 << 16);
	buf_printf(&ns, " xmlns=\"%s\"", uri);
	buf_printf(&body,
		"<rss version=\"2.0\"%s><channel%s><title>Harbour</title>"
		"<link>https://desk.example/</link><item%s><title>Ferry</title>"
		"<link>/1</link><guid isPermaLink=\"false\">g1</guid>"
		"<pubDate>Sat, 12 Feb 2022 10:00:00 GMT</pubDate><author>j@desk.example</author>"
		"<category>C</category><description>Two &lt;b&gt;hours&lt;/b&gt;</description>"
		"</item><item%s><title>%s</title></item></channel></rss>",
		at == 'r' ? buf_z(&ns) : "", at == 'c' ? buf_z(&ns) : "",
		at == 'i' ? buf_z(&ns) : "", at == 'i' ? buf_z(&ns) : "",
		broken ? "Fish & chips < ten" : "Second");
	b = parse_text(buf_z(&body), &e);
	buf_release(&body);
	buf_release(&ns);
	return b;
}

static void check_rss(const char *uri, char at, bool broken)
{
	struct feed_batch *b = parse_rss(uri, at, broken);
	const struct feed_item *i;

	if (!b || b->n_items != 2 || b->feed.format != FEED_RSS)
		fail_msg("%s at %c", uri, at);
	i = &b->items[0];
	assert_text(b->feed.title, "Harbour");
	assert_text(i->title, "Ferry");
	assert_text(i->link, "https://desk.example/1");
	assert_text(i->id, "g1");
	assert_text(i->author.text, "j@desk.example");
	assert_text(i->categories[0], "C");
	assert_text(i->summary, "Two hours");
	assert_true(i->published != STAMP_NONE);
	feed_batch_free(b);
}

static void rss_in_a_foreign_namespace_is_rss(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
		for (const char *at = "rci"; *at; at++) {
			check_rss(uris[i], *at, false);
			check_rss(uris[i], *at, true);
		}
}

static void an_element_may_declare_its_own_namespace(void **state)
{
	struct err e = {0};
	struct feed_batch *b = parse_text(
		"<rss version=\"2.0\"><channel><title>T</title><link>https://desk.example/</link>"
		"<link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"/f\"/>"
		"<item><description>S</description>"
		"<body xmlns=\"http://www.w3.org/1999/xhtml\"><p>Long <i>text</i></p></body>"
		"</item></channel></rss>",
		&e);

	(void)state;
	assert_non_null(b);
	assert_text(b->feed.link, "https://desk.example/");
	assert_text(b->feed.self, "https://desk.example/f");
	assert_text(b->items[0].content, "Long text");
	feed_batch_free(b);
	b = parse_text("<rss xmlns=\"http://www.w3.org/2005/Atom\" "
		       "xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>"
		       "<atom:link rel=\"self\" href=\"/f\"/><link>/home</link>"
		       "<item><title>A</title></item></channel></rss>",
		&e);
	assert_non_null(b);
	assert_text(b->feed.link, "https://desk.example/home");
	assert_text(b->feed.self, "https://desk.example/f");
	feed_batch_free(b);
}

static void items_of_the_other_format_are_read(void **state)
{
	struct err e = {0};
	struct feed_batch *b = parse_text(
		"<rss xmlns=\"http://www.w3.org/2005/Atom\"><channel><title>T</title><entry>"
		"<title type=\"html\">A &amp;lt; b</title><id>urn:1</id><link href=\"/1\"/>"
		"<link rel=\"enclosure\" href=\"/e.mp3\"/><author><name>N</name></author>"
		"</entry></channel></rss>",
		&e);

	(void)state;
	assert_non_null(b);
	assert_int_equal(b->n_items, 1);
	assert_text(b->items[0].title, "A < b");
	assert_text(b->items[0].link, "https://desk.example/1");
	assert_text(b->items[0].author.text, "N");
	assert_int_equal(b->items[0].n_enclosures, 1);
	feed_batch_free(b);
	b = parse_text("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title><item>"
		       "<title>A</title><link>/1</link><guid>g</guid></item></feed>",
		&e);
	assert_non_null(b);
	assert_int_equal(b->feed.format, FEED_ATOM);
	assert_int_equal(b->n_items, 1);
	assert_text(b->items[0].link, "https://desk.example/1");
	assert_text(b->items[0].id, "g");
	feed_batch_free(b);
	b = parse_text(
		"<rss><channel><items><item><title>A</title></item></items></channel></rss>", &e);
	assert_non_null(b);
	assert_int_equal(b->n_items, 1);
	feed_batch_free(b);
	b = parse_text("<a:rss xmlns:a=\"http://www.w3.org/2005/Atom\"><a:channel><a:item>"
		       "<a:title>A</a:title></a:item></a:channel></a:rss>",
		&e);
	assert_non_null(b);
	assert_int_equal(b->n_items, 1);
	feed_batch_free(b);
}

static void items_in_a_wrong_place_are_an_error(void **state)
{
	static const char *const rows[] = {
		"<rss><channel><title>T</title><wrap><item><title>A</title></item></wrap>"
		"</channel></rss>",
		"<rss xmlns:x=\"http://ext.example/\"><channel><x:item/></channel></rss>",
		"<feed xmlns=\"http://www.w3.org/2005/Atom\"><list><entry/></list></feed>",
		"<rss><channel><description><item><title>A</title></item></description>"
		"</channel></rss>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {0};

		assert_null(parse_text(rows[i], &e));
		assert_int_equal(e.cls, ERR_INPUT);
		assert_non_null(strstr(e.text, "the items are not where a feed has them"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rss_in_a_foreign_namespace_is_rss),
		cmocka_unit_test(an_element_may_declare_its_own_namespace),
		cmocka_unit_test(items_of_the_other_format_are_read),
		cmocka_unit_test(items_in_a_wrong_place_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
