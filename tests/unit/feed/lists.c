/* SPDX-License-Identifier: MIT */
/* OPML is read and written. */
#include "lib/unit.h"

#include <stdlib.h>

#include "feed/opml.h"
#include "lib/cost.h"

static struct feed_opml *read_list(const char *text)
{
	struct feed_opml *o = NULL;
	struct err e = {0};

	if (feed_opml_parse(str_of(text), &o, &e))
		fail_msg("%s", e.text);
	return o;
}

static void nested_outlines_are_groups(void **state)
{
	struct feed_opml *o = read_list(
		"<opml><head><title>T &amp; T</title></head><body>\n"
		"<outline text='A'><outline title='B'>\n"
		"<outline text='one' xmlUrl='http://a.example/'/></outline>\n"
		"<outline text='two' xmlUrl='http://b.example/x'/></outline>\n"
		"<outline text='three' xmlUrl='http://c.example/x' category='/p/q,r'/>\n");

	(void)state;
	assert_string_equal(o->title.p, "T & T");
	assert_int_equal(o->n_entries, 3);
	assert_int_equal(o->entries[0].n_groups, 2);
	assert_string_equal(o->entries[0].groups[0].p, "A");
	assert_string_equal(o->entries[0].groups[1].p, "B");
	assert_int_equal(o->entries[0].line, 3);
	assert_int_equal(o->entries[1].n_groups, 1);
	assert_int_equal(o->entries[2].n_groups, 2);
	assert_string_equal(o->entries[2].groups[0].p, "q");
	assert_string_equal(o->entries[2].groups[1].p, "r");
	feed_opml_free(o);
}

static void broken_lists_are_read_up_to_the_error(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *title, *url;
	} rows[] = {
		{"<outline text=\"A & B\" xmlUrl=\"http://a.example/?x=1&y=2\"", 1, "A & B",
			"http://a.example/?x=1&y=2"},
		{"<outline text='a' xmlUrl='http://a.example/\n<outline text='b'>", 1, "a",
			"http://a.example/"},
		{"<outline text='a' xmlUrl='http://a.example/>\n<outline text='b'>", 1, "a",
			"http://a.example/"},
		{"<outline text='a' description='<p>b</p>' xmlUrl='http://a.example/'/>", 1, "a",
			"http://a.example/"},
		{"<outline text='a xmlUrl='http://a.example/'/>", 1, "a", "http://a.example/"},
		{"<OUTLINE TEXT=a XMLURL=a.example/feed>", 1, "a", "http://a.example/feed"},
		{"<outline text='&lt;b&gt;x&lt;/b&gt; &amp;amp; y' xmlUrl='feed://a.example/'/>", 1,
			"x & y", "http://a.example/"},
		{"<outline xmlUrl='http://a.example/?x&amp;amp;copy=1'/>", 1, NULL,
			"http://a.example/?x&copy=1"},
		{"<outline xmlUrl='http://a.example/?x&amp;amp;amp;y&amp;#038;z'/>", 1, NULL,
			"http://a.example/?x&y&z"},
		{"<outline type='rss' url='http://a.example/f'/>", 1, NULL, "http://a.example/f"},
		{"<!-- <outline xmlUrl='http://x.example/'/> -->"
		 "<x:outline xmlUrl='http://a.example/'/>",
			1, NULL, "http://a.example/"},
		{"<outline isComment='true'><outline xmlUrl='http://a.example/'/></outline>", 0,
			NULL, NULL},
		{"<outline xmlUrl='javascript:x'/><outline type='rss'/>", 0, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_opml *o = read_list(rows[i].text);

		assert_int_equal(o->n_entries, rows[i].n);
		if (rows[i].title)
			assert_string_equal(o->entries[0].title.p, rows[i].title);
		if (rows[i].url)
			assert_string_equal(o->entries[0].url.p, rows[i].url);
		if (!rows[i].n)
			assert_true(o->n_skipped > 0);
		feed_opml_free(o);
	}
}

static void documents_that_are_not_lists_are_refused(void **state)
{
	static const char *const rows[] = {"", "x", "<rss/>", "{}", "<html><a href=x>"};
	struct feed_opml *o = NULL;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		e = (struct err){0};
		assert_int_equal(feed_opml_parse(str_of(rows[i]), &o, &e), -(int)ERR_INPUT);
		assert_null(o);
	}
}

static void encodings_are_handled_as_for_feeds(void **state)
{
	static const char utf16[] =
		"\xFF\xFE<\0o\0u\0t\0l\0i\0n\0e\0 \0t\0e\0x\0t\0=\0'\0\x16\x04'\0 \0"
		"x\0m\0l\0U\0r\0l\0=\0a\0.\0b\0/\0>\0";
	struct feed_opml *o = NULL;

	(void)state;
	assert_int_equal(feed_opml_parse(str_slice(utf16, sizeof(utf16) - 1), &o, NULL), 0);
	assert_int_equal(o->n_entries, 1);
	assert_string_equal(o->entries[0].title.p, "Ж");
	feed_opml_free(o);
	o = read_list(
		"<?xml version='1.0' encoding='windows-1251'?><outline text='\xC6' xmlUrl='a.b'/>");
	assert_string_equal(o->entries[0].title.p, "Ж");
	feed_opml_free(o);
}

static void written_lists_are_read_again(void **state)
{
	struct feed_opml *o = read_list("<outline text='G \"&lt;x'><outline text='&lt;b> \"q\"' "
					"xmlUrl='http://a.example/?a&amp;b'"
					" htmlUrl='http://a.example/' language='en'/></outline>"
					"<outline text='H'><outline text='again' "
					"xmlUrl='https://www.a.example/?a&amp;b'/></outline>");
	struct feed_opml *again;
	struct arena *a = arena_new(1 << 20);
	struct buf out;

	(void)state;
	assert_int_equal(o->n_entries, 2);
	buf_init(&out, 1 << 20);
	assert_int_equal(feed_opml_write(o, a, &out), 0);
	again = read_list(buf_z(&out));
	assert_int_equal(again->n_entries, 2);
	assert_string_equal(again->entries[0].url.p, o->entries[0].url.p);
	assert_string_equal(again->entries[0].link.p, o->entries[0].link.p);
	assert_string_equal(again->entries[0].language.p, "en");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(again->entries[i].n_groups, 1);
		assert_string_equal(again->entries[i].groups[0].p, o->entries[i].groups[0].p);
	}
	feed_opml_free(again);
	feed_opml_free(o);
	buf_release(&out);
	arena_free(a);
}

static void read_any(void *part, size_t n)
{
	struct feed_opml *o = NULL;
	struct err e;
	struct buf text;

	buf_init(&text, 2 * n);
	put_many(&text, n, part);
	feed_opml_parse(buf_str(&text), &o, &e);
	feed_opml_free(o);
	buf_release(&text);
}

static void lists_take_linear_time(void **state)
{
	static char worst[][64] = {"<outline a=\"", "<!--", "<![CDATA[", "<title>", "<outline ",
		"<o a='<o ' ", "<o a='<o b=\"", "<outline text='x'>",
		"<outline xmlUrl='http://a.example/'/>", "&", "<"};

	(void)state;
	for (size_t i = 0; i < sizeof(worst) / sizeof(worst[0]); i++)
		assert_linear(worst[i], read_any, worst[i], 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested_outlines_are_groups),
		cmocka_unit_test(broken_lists_are_read_up_to_the_error),
		cmocka_unit_test(documents_that_are_not_lists_are_refused),
		cmocka_unit_test(encodings_are_handled_as_for_feeds),
		cmocka_unit_test(written_lists_are_read_again),
		cmocka_unit_test(lists_take_linear_time),
	};

	return cmocka_run_group_tests_name("feed lists", tests, NULL, NULL);
}
