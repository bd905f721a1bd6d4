/* SPDX-License-Identifier: MIT */
/* Parsing: formats, errors, limits, and independence of chunk sizes. */
#include "lib/unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "feed/parse.h"

static const char rss[] =
	"<?xml version=\"1.0\"?>\n"
	"<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
	" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
	" xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel>\n"
	"<title>Harbour &amp;amp; City</title><link>https://news.example/</link><ttl>30</ttl>"
	"<sy:updatePeriod>daily</sy:updatePeriod>\n"
	"<item><title>Ferry &lt;b&gt;late&lt;/b&gt; &nbsp; "
	"again</title><link>/ferry?a=1&amp;b=2</link>\n"
	"<guid isPermaLink=\"false\">f-1</guid><pubDate>Sat, 12 Feb 2022 10:00:00 GMT</pubDate>\n"
	"<dc:creator>Ann Example</dc:creator><description>Short.</description>\n"
	"<content:encoded><![CDATA[<p>One.</p><p>Two &copy; "
	"three.</p>]]></content:encoded></item>\n"
	"<item><title>Second</title><enclosure url=\"https://news.example/a.mp3\" "
	"type=\"audio/mpeg\""
	" length=\"12\"/></item>\n</channel></rss>\n";

static const char atom[] =
	"<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://a.example/x/\" "
	"xml:lang=\"de\">"
	"<title type=\"text\">1 &lt; 2</title><link rel=\"self\" href=\"feed\"/><id>urn:x</id>"
	"<entry><title type=\"html\">A &lt;i&gt;b&lt;/i&gt;</title><link "
	"href=\"e1\"/><id>urn:1</id>"
	"<updated>2022-02-12T10:00:00Z</updated><author><name>N</name><email>n@a.example</email></"
	"author>"
	"<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>5 &lt; "
	"6</p><p>z</p></div>"
	"</content></entry></feed>";

static struct feed_batch *parse(const char *body, size_t n, struct err *e)
{
	static const struct feed_parse_options o = {.url = {"https://news.example/rss", 24}};
	struct feed_batch *b;

	feed_parse(str_slice(body, n), &o, &b, e);
	return b;
}

#define assert_str(s, z)                                                                           \
	do {                                                                                       \
		assert_non_null((s).p);                                                            \
		assert_string_equal((s).p, z);                                                     \
	} while (0)

static void rss_is_read(void **state)
{
	struct err e = {.cls = ERR_NONE};
	struct feed_batch *b = parse(rss, sizeof(rss) - 1, &e);
	const struct feed_item *i;

	(void)state;
	assert_non_null(b);
	assert_int_equal(b->feed.format, FEED_RSS);
	assert_str(b->feed.format_version, "2.0");
	assert_str(b->feed.title, "Harbour & City");
	assert_int_equal(b->feed.ttl_ms, 30 * CLOCK_MINUTE);
	assert_true(b->complete);
	assert_int_equal(b->n_items, 2);
	i = &b->items[0];
	assert_str(i->title, "Ferry late again");
	assert_str(i->link, "https://news.example/ferry?a=1&b=2");
	assert_str(i->id, "f-1");
	assert_str(i->author.name, "Ann Example");
	assert_str(i->summary, "Short.");
	assert_str(i->content, "One.\n\nTwo © three.");
	assert_true(i->published == INT64_C(1644660000000));
	assert_int_equal(i->line, 4);
	assert_str(b->items[1].enclosures[0].url, "https://news.example/a.mp3");
	assert_false(str_present(b->items[1].link));
	feed_batch_free(b);
}

static void atom_is_read(void **state)
{
	struct err e = {.cls = ERR_NONE};
	struct feed_batch *b = parse(atom, sizeof(atom) - 1, &e);

	(void)state;
	assert_non_null(b);
	assert_int_equal(b->feed.format, FEED_ATOM);
	assert_str(b->feed.title, "1 < 2");
	assert_str(b->feed.self, "https://a.example/x/feed");
	assert_int_equal(b->n_items, 1);
	assert_str(b->items[0].title, "A b");
	assert_str(b->items[0].link, "https://a.example/x/e1");
	assert_str(b->items[0].language, "de");
	assert_str(b->items[0].author.text, "N (n@a.example)");
	assert_str(b->items[0].content, "5 < 6\n\nz");
	feed_batch_free(b);
}

/* Enough items for many blocks; then the same bytes in pushes of difficult sizes. */
static void chunk_sizes_do_not_change_the_batch(void **state)
{
	static const size_t steps[] = {1, 7, 4096, 16384, 100000};
	static const struct feed_parse_options o = {.headers_only = false};
	struct buf body;

	(void)state;
	buf_init(&body, 1 << 20);
	buf_addz(&body, "<rss version='2.0'><channel><title>t</title>");
	for (int i = 0; i < 500; i++)
		buf_printf(&body,
			"<item><title>Nr %d é — "
			"中文</title><guid>g%d</guid><description><![CDATA[<p>%d]] > é</p>]]>"
			"</description></item>\n",
			i, i, i * 7919);
	buf_addz(&body, "</channel></rss>");
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		struct feed_parser *p = feed_parser_new(&o);
		struct feed_batch *b = NULL;
		char want[64];

		for (size_t at = 0; at < body.len; at += steps[s]) {
			size_t n = body.len - at < steps[s] ? body.len - at : steps[s];

			assert_int_equal(feed_parser_push(p, body.data + at, n, NULL), 0);
		}
		assert_int_equal(feed_parser_finish(p, &b, NULL), 0);
		assert_int_equal(b->n_items, 500);
		assert_true(b->complete && b->well_formed);
		for (int i = 0; i < 500; i++) {
			snprintf(want, sizeof(want), "Nr %d é — 中文", i);
			assert_str(b->items[i].title, want);
			snprintf(want, sizeof(want), "%d]] > é", i * 7919);
			assert_str(b->items[i].summary, want);
		}
		feed_batch_free(b);
		feed_parser_free(p);
	}
	buf_release(&body);
}

static void documents_that_are_not_feeds_are_reported(void **state)
{
	static const struct {
		const char *body, *says;
	} rows[] = {
		{"", "empty"},
		{" \n\t", "empty"},
		{"<!DOCTYPE html><html><body>hi</body></html>", "looks like an HTML page"},
		{"\n<html><p>x</html>", "discover"},
		{"%PDF-1.4", "PDF"},
		{"Service unavailable", "plain text"},
		{"<opml version='2.0'/>", "OPML"},
		{"<foo><bar/></foo>", "<foo>"},
		{"[1,2", "JSON"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {.cls = ERR_NONE};

		assert_null(parse(rows[i].body, strlen(rows[i].body), &e));
		if (!strstr(e.text, rows[i].says) || e.cls != ERR_INPUT)
			fail_msg("%s: %s", rows[i].body, e.text);
	}
}

/* In RSS too, by an undeclared prefix too; a flood of them is cut. */
static void deleted_entries_are_read(void **state)
{
	struct err e = {.cls = ERR_NONE};
	struct feed_batch *b;
	struct buf body;

	(void)state;
	buf_init(&body, (size_t)1 << 20);
	buf_addz(&body, "<rss version=\"2.0\"><channel><title>T</title>\n");
	for (int i = 0; i < FEED_DELETED_MAX + 5; i++)
		buf_printf(&body,
			"<at:deleted-entry ref=\"%d\" when=\"2022-02-12T10:00:00Z\">"
			"<at:by><atom:name>Ann</atom:name></at:by></at:deleted-entry>\n",
			i);
	buf_addz(&body, "<item><title>One</title><guid>x</guid></item></channel></rss>");
	b = parse(buf_z(&body), body.len, &e);
	assert_non_null(b);
	assert_int_equal(b->n_deleted, FEED_DELETED_MAX);
	assert_str(b->deleted[7].ref, "7");
	assert_str(b->deleted[7].by, "Ann");
	assert_int_equal(b->deleted[7].when, INT64_C(1644660000000));
	assert_int_equal(b->deleted[7].line, 9);
	assert_int_equal(b->n_items, 1);
	assert_null(b->items[0].author.text.p);
	assert_str(b->problems[b->n_problems - 1].text,
		"5 deleted entries more than 2000; they are left out");
	feed_batch_free(b);
	buf_release(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rss_is_read),
		cmocka_unit_test(atom_is_read),
		cmocka_unit_test(chunk_sizes_do_not_change_the_batch),
		cmocka_unit_test(documents_that_are_not_feeds_are_reported),
		cmocka_unit_test(deleted_entries_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
