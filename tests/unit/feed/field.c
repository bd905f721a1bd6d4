/* SPDX-License-Identifier: MIT */
/* Fields of items: links that are not plain addresses, fallbacks, full texts of extensions. */
#include "lib/unit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "feed/item.h"
#include "lib/feed_text.h"

#define URL "https://cdn.example/f/rss.xml"

static struct feed_batch *parse_rss(const char *channel, const char *item)
{
	struct feed_batch *b;
	struct buf body;

	buf_init(&body, 1 << 16);
	buf_printf(&body,
		"<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
		" xmlns:yandex=\"http://news.yandex.ru\" xmlns:turbo=\"http://turbo.yandex.ru\">"
		"<channel><title>T</title>%s<item>%s</item></channel></rss>",
		channel, item);
	b = parse_feed(buf_z(&body), URL);
	buf_release(&body);
	assert_in_range(b->n_items, 1, 2);
	return b;
}

static void check_link(const char *channel, const char *item, const char *want)
{
	struct feed_batch *b = parse_rss(channel, item);

	if (want ? !str_is(b->items[0].link, want) : b->items[0].link.p != NULL)
		fail_msg("%s: %s", item, b->items[0].link.p);
	feed_batch_free(b);
}

static void rss_links_are_relative_to_the_channel(void **state)
{
	(void)state;
	check_link("<link>https://desk.example/en</link>", "<link>/n/1</link>",
		"https://desk.example/n/1");
	check_link("<link>https://desk.example/en/</link>", "<link>1</link>",
		"https://desk.example/en/1");
	check_link("<link>/en/</link>", "<link>1</link>", "https://cdn.example/f/1");
	check_link("", "<link>/n/1</link>", "https://cdn.example/n/1");
	check_link("", "<link>1</link></item><link>https://desk.example/en/</link><item>",
		"https://desk.example/en/1");
	check_link("", "<link>1</link></item><link>/en/</link><item>", "https://cdn.example/f/1");
	check_link("<link>https://desk.example/</link>",
		"<link xml:base=\"https://b.example/\">1</link>", "https://b.example/1");
}

static void a_late_channel_link_changes_keys(void **state)
{
	struct feed_batch *late = parse_rss("",
		"<link>1</link><enclosure url=\"a.mp3\"/><source url=\"s\">S</source></item>"
		"<link>https://desk.example/</link><item>");
	struct feed_batch *early = parse_rss(
		"<link>https://desk.example/</link>", "<link>1</link><enclosure url=\"a.mp3\"/>");

	(void)state;
	assert_text(late->items[0].enclosures[0].url, "https://desk.example/a.mp3");
	assert_text(late->items[0].source_link, "https://desk.example/s");
	assert_true(late->items[0].link_key == early->items[0].link_key);
	assert_memory_equal(late->items[0].key, early->items[0].key, sizeof(early->items[0].key));
	feed_batch_free(late);
	feed_batch_free(early);
}

static void markup_in_a_link_is_not_its_address(void **state)
{

	(void)state;
	check_link("", "<link>&lt;a class=\"x\" href='/n/2'&gt;Ferry&lt;/a&gt;</link>",
		"https://cdn.example/n/2");
	check_link("", "<link><a href=\"/n?a=1&amp;b=2\">Ferry</a></link>",
		"https://cdn.example/n?a=1&b=2");
	check_link("", "<link>&lt;b&gt;Ferry&lt;/b&gt;</link><guid>https://desk.example/g</guid>",
		"https://desk.example/g");
	check_link("", "<guid>https://desk.example/g</guid><link>Ferry runs late.</link>",
		"https://desk.example/g");
	check_link("", "<link>&lt;b&gt;Ferry&lt;/b&gt;</link>", NULL);
	check_link("", "<link>&lt;a hreflang=\"en\" href = \"/n/4\"&gt;Ferry&lt;/a&gt;</link>",
		"https://cdn.example/n/4");
	check_link("", "<link>&lt;a title=\"href\"&gt;Ferry&lt;/a&gt;</link>", NULL);
	check_link("", "<link>&lt;a href=\"</link>", NULL);
	check_link("", "<link>my file.html</link>", "https://cdn.example/f/my%20file.html");
	check_link("", "<link>\"https://a.example/1\"</link>", "https://a.example/1");
	check_link("", "<link>&lt;https://a.example/1&gt;</link>", "https://a.example/1");
	check_link("", "<link>[Ferry](https://a.example/1)</link>", "https://a.example/1");
	check_link("", "<link>Read more: https://a.example/1(2)</link>", "https://a.example/1(2)");
	check_link(
		"", "<link>&lt;b&gt;https://a.example/1&lt;/b&gt;</link>", "https://a.example/1");
	check_link("", "<link>/go?to=https://a.example/1</link>",
		"https://cdn.example/go?to=https://a.example/1");
	check_link("", "<link>www.a.example/1</link>", "https://www.a.example/1");
	check_link("<link>http://desk.example/</link>", "<link>WWW.a.example/1</link>",
		"http://WWW.a.example/1");
	check_link("", "<link>https://a.example/?x&amp;#038;y&amp;amp;#38;z</link>",
		"https://a.example/?x&y&z");
	check_link("", "<link>null</link>", NULL);
	check_link("", "<link>#</link>", NULL);
	check_link("", "<link>N/A</link><guid>https://desk.example/g</guid>",
		"https://desk.example/g");
	check_link("", "<guid>https://desk.example/g</guid><link>undefined</link>",
		"https://desk.example/g");
	check_link("", "<link>nullarbor</link>", "https://cdn.example/f/nullarbor");
}

static void links_escaped_too_often_are_decoded(void **state)
{
	(void)state;
	check_link("", "<link>https://a.example/?a=1&amp;amp;b=2</link>",
		"https://a.example/?a=1&b=2");
	check_link("", "<link>https://a.example/?a=1&amp;amp;amp;b=2&amp;c</link>",
		"https://a.example/?a=1&b=2&c");
	check_link("", "<link>https://a.example/?a=1&amp;ampere=2</link>",
		"https://a.example/?a=1&ampere=2");
}

static void zero_dates_are_absent_and_reported(void **state)
{
	struct feed_batch *b = parse_rss("", "<pubDate>Mon, 01 Jan 0001 00:00:00 +0000</pubDate>");

	(void)state;
	assert_true(b->items[0].published == STAMP_NONE);
	assert_int_equal(b->n_problems, 1);
	feed_batch_free(b);
}

static void full_texts_of_extensions_are_content(void **state)
{
	struct feed_batch *b =
		parse_rss("", "<description>D</description>"
			      "<turbo:content>&lt;p&gt;Turbo&lt;/p&gt;</turbo:content>");

	(void)state;
	assert_text(b->items[0].content, "Turbo");
	feed_batch_free(b);
	b = parse_rss("", "<description>D</description><turbo:content>T</turbo:content>"
			  "<yandex:full-text>Whole text</yandex:full-text>");
	assert_text(b->items[0].content, "Whole text");
	assert_text(b->items[0].summary, "D");
	feed_batch_free(b);
	b = parse_rss("", "<content:encoded>C</content:encoded>"
			  "<yandex:full-text>F</yandex:full-text>");
	assert_text(b->items[0].content, "C");
	feed_batch_free(b);
}

static void atom_entries_fall_back(void **state)
{
	struct feed_batch *b = parse_feed(
		"<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title>"
		"<entry><id>https://a.example/b c</id></entry>"
		"<entry><id>urn:2</id><source><author><name>S</name></author></source></entry>"
		"<entry><id>https://a.example/3</id><link href=\"https://a.example/l\"/>"
		"<author><name>E</name></author>"
		"<source><author><name>S</name></author></source></entry>"
		"<author><name>F</name></author></feed>",
		URL);

	(void)state;
	assert_int_equal(b->n_items, 3);
	assert_text(b->items[0].id, "https://a.example/b c");
	assert_text(b->items[0].link, "https://a.example/b%20c");
	assert_text(b->items[0].author.text, "F");
	assert_text(b->items[1].link, NULL);
	assert_text(b->items[1].author.text, "S");
	assert_text(b->items[2].link, "https://a.example/l");
	assert_text(b->items[2].author.text, "E");
	feed_batch_free(b);
}

static void ids_that_are_addresses_are_links(void **state)
{
	struct feed_batch *b = parse_feed(
		"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
		"xmlns=\"http://purl.org/rss/1.0/\"><item rdf:about=\"https://a.example/1\">"
		"<title>x</title></item><item rdf:about=\"https://a.example/2\">"
		"<link>https://a.example/l</link></item><item rdf:about=\"2024/3\"/></rdf:RDF>",
		URL);

	(void)state;
	assert_int_equal(b->n_items, 3);
	assert_text(b->items[0].link, "https://a.example/1");
	assert_text(b->items[1].link, "https://a.example/l");
	assert_text(b->items[1].id, "https://a.example/2");
	assert_text(b->items[2].link, NULL);
	feed_batch_free(b);
	check_link("<link>https://desk.example/en</link>", "<guid isPermaLink=\"true\">/n/1</guid>",
		"https://desk.example/n/1");
	check_link("<link>https://desk.example/en</link>", "<guid isPermaLink=\"true\">1</guid>",
		NULL);
	check_link("<link>https://desk.example/en</link>", "<guid>/n/1</guid>", NULL);
}

static void relations_of_the_registry_are_known(void **state)
{
	struct feed_batch *b = parse_feed(
		"<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>"
		"<link rel=\"http://www.iana.org/assignments/relation/replies\" href=\"/r\"/>"
		"<link rel=\"http://www.iana.org/assignments/relation/alternate\" href=\"/a\"/>"
		"</entry></feed>",
		URL);

	(void)state;
	assert_text(b->items[0].link, "https://cdn.example/a");
	feed_batch_free(b);
}

static void html_in_plain_fields_is_read(void **state)
{
	struct feed_batch *b =
		parse_rss("<generator>&lt;i&gt;Gen&lt;/i&gt; &amp;amp; Co</generator>",
			"<author>&lt;a href=\"mailto:j@desk.example\"&gt;Jane&lt;/a&gt;</author>"
			"<category><![CDATA[<b>World</b> &amp; "
			"more]]></category><category>R&amp;D</category>"
			"<category>a &lt; b</category><keywords>x &amp;amp; y, "
			"&lt;em&gt;z&lt;/em&gt;</keywords>"
			"<source url=\"https://s.example/\">&lt;em&gt;Wire&lt;/em&gt; "
			"&amp;eacute;</source>");

	(void)state;
	assert_text(b->feed.generator, "Gen & Co");
	assert_text(b->items[0].author.text, "Jane");
	assert_int_equal(b->items[0].n_categories, 5);
	assert_text(b->items[0].categories[0], "World & more");
	assert_text(b->items[0].categories[1], "R&D");
	assert_text(b->items[0].categories[2], "a < b");
	assert_text(b->items[0].categories[3], "x & y");
	assert_text(b->items[0].categories[4], "z");
	assert_text(b->items[0].source_title, "Wire é");
	feed_batch_free(b);
	b = parse_rss("", "<author>Jane &lt;jane@desk.example&gt;</author>");
	assert_text(b->items[0].author.text, "Jane (jane@desk.example)");
	feed_batch_free(b);
	b = parse_rss(
		"", "<author><name>Jane &amp;amp; Jo</name><email>j@desk.example</email></author>");
	assert_text(b->items[0].author.text, "Jane & Jo (j@desk.example)");
	feed_batch_free(b);
	b = parse_feed("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><author>"
		       "<name>&lt;b&gt;Jane&lt;/b&gt;</name></author>"
		       "<category term=\"Arts &amp;amp; Life\"/></entry></feed>",
		URL);
	assert_text(b->items[0].author.text, "Jane");
	assert_text(b->items[0].categories[0], "Arts & Life");
	feed_batch_free(b);
}

static void text_encoded_twice_is_repaired(void **state)
{
	static const struct {
		const char *have, *want;
	} rows[] = {
		{"KÃ¶lner Dom", "Kölner Dom"},
		{"Ã–sterreich", "Österreich"},
		{"KÃ–LN", "KÖLN"},
		{"spending Â£30 million", "spending £30 million"},
		{"WÄ…Å¼ i Å»Ã³Å‚w", "Wąż i Żółw"},
		{"ÐšÐ¸Ñ—Ð²", "Київ"},
		{"Î‘Î¸Î®Î½Î±", "Αθήνα"},
		{"Itâ€™s â€œfineâ€\xC2\x9D", "It’s “fine”"},
		{"KÃƒÂ¶ln", "Köln"},
		{"Ä°stanbul", "İstanbul"},
		{"voilÃ\xC2\xA0la", "voilà"
				    "la"},
		/* text as it is meant */
		{"РџРѕСЃРѕР»СЊСЃС‚РІРѕ", "Посольство"},
		{"В«РџРѕСЃРѕР»СЊСЃС‚РІРѕВ» вЂ” РљРёС—РІ, €5",
			"В«РџРѕСЃРѕР»СЊСЃС‚РІРѕВ» вЂ” РљРёС—РІ, €5"},
		{"В«РџРѕСЃРѕР»СЊСЃС‚РІРѕВ» вЂ” РљРёС—РІ", "«Посольство» — Київ"},
		{"Россия, СССР и США: «АЭС», «РЖД»", "Россия, СССР и США: «АЭС», «РЖД»"},
		{"«РС»", "«РС»"},
		{"Form С»", "Form С»"},
		{"Köln: KÃ¶lner", "Köln: KÃ¶lner"},
		{"CAFÉ™", "CAFÉ™"},
		{"AMANHÃ…", "AMANHÃ…"},
		{"SÄÄ…", "SÄÄ…"},
		{"Ä–B", "Ä–B"},
		{"„CAFÉ“", "„CAFÉ“"},
		{"ESPAÑ…", "ESPAÑ…"},
		{"passé…”", "passé…”"},
		{"São Paulo", "São Paulo"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_batch *b;
		struct buf title;

		buf_init(&title, 1000);
		buf_printf(&title, "<title>%s</title>", rows[i].have);
		b = parse_rss("", buf_z(&title));
		assert_text(b->items[0].title, rows[i].want);
		feed_batch_free(b);
		buf_release(&title);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rss_links_are_relative_to_the_channel),
		cmocka_unit_test(a_late_channel_link_changes_keys),
		cmocka_unit_test(markup_in_a_link_is_not_its_address),
		cmocka_unit_test(links_escaped_too_often_are_decoded),
		cmocka_unit_test(zero_dates_are_absent_and_reported),
		cmocka_unit_test(full_texts_of_extensions_are_content),
		cmocka_unit_test(atom_entries_fall_back),
		cmocka_unit_test(ids_that_are_addresses_are_links),
		cmocka_unit_test(relations_of_the_registry_are_known),
		cmocka_unit_test(html_in_plain_fields_is_read),
		cmocka_unit_test(text_encoded_twice_is_repaired),
	};

	return cmocka_run_group_tests_name("feed field", tests, NULL, NULL);
}
