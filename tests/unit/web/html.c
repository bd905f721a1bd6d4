/* SPDX-License-Identifier: MIT */
/* The writer of HTML: what is foreign can add no element, attribute or link. */
#include "lib/unit.h"

#include "web/html.h"

#define NOW INT64_C(1700000000000) /* 2023-11-14 22:13:20Z */

static struct buf out;
static struct html h;

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, 1 << 20);
	h = (struct html){.out = &out, .root = "../", .now = NOW};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

static void expect(const char *text)
{
	assert_string_equal(buf_z(&out), text);
	assert_false(buf_failed(&out));
	buf_clear(&out);
}

static void text_adds_no_markup(void **state)
{
	(void)state;
	html_text(&h, STR("a <script>alert(1)</script> & \"b\" <!-- </title>"));
	expect("a &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;b&quot; &lt;!-- "
	       "&lt;/title&gt;");
	html_text(&h, STR_NONE);
	html_text(&h, STR(""));
	expect("");
}

static void an_attribute_ends_where_it_should(void **state)
{
	(void)state;
	html_attribute(&h, "title", STR("x\" onclick=\"y\n<"));
	expect(" title=\"x&quot; onclick=&quot;y &lt;\"");
}

static void control_characters_and_overrides_are_visible(void **state)
{
	(void)state;
	html_text(&h, STR("a\x01"
			  "b\xc2\x85"
			  "c\xe2\x80\xae"
			  "d\xff\nend\tx"));
	expect("a\\u{1}b\\u{85}c\\u{202e}d\\xff end x");
}

static void long_text_ends_between_characters(void **state)
{
	(void)state;
	html_text_cut(&h, STR("Київ <b>"), 6);
	expect("Киї…");
	html_text_cut(&h, STR("ab\xff\xff"), 3);
	expect("ab…");
	html_text_cut(&h, STR("short"), 6);
	expect("short");
}

static void blocks_of_lines_are_paragraphs(void **state)
{
	(void)state;
	html_paragraphs(&h, STR("\n\none\n two <i>\n\n\nthree\n"));
	expect("<p>one<br>\ntwo &lt;i&gt;</p>\n<p>three</p>\n");
	html_paragraphs(&h, STR(" \n"));
	expect("");
}

static void only_web_links_are_links(void **state)
{
	static const char *const bad[] = {"javascript:alert(1)", "JavaScript:alert(1)",
		" https://a.example/", "data:text/html,x", "//a.example/", "/etc/passwd", "",
		"file:///etc/passwd", "java\nscript:alert(1)", "http:/a", "ftp://a.example/"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(html_open_link(&h, str_of(bad[i])));
	assert_false(html_open_link(&h, STR_NONE));
	expect("");
	assert_true(html_open_link(&h, STR("HTTPS://a.example/?q=\"><script>&b=1")));
	expect("<a href=\"HTTPS://a.example/?q=&quot;&gt;&lt;script&gt;&amp;b=1\" rel=\"noopener "
	       "noreferrer\">");
}

static void names_are_one_segment(void **state)
{
	(void)state;
	html_href(&h, "items/", STR("#7"));
	html_href(&h, "feeds/", STR("a/b?c&d \"\xd0\x9a"));
	html_href(&h, "alerts", STR_NONE);
	expect(" href=\"../items/%237\" href=\"../feeds/a%2Fb%3Fc%26d%20%22%D0%9A\" "
	       "href=\"../alerts\"");
	html_href_below(&h, "watches/", STR("a/b"), ".atom");
	expect(" href=\"../watches/a%2Fb.atom\"");
	h.root = "";
	html_href(&h, "", STR_NONE);
	expect(" href=\"./\"");
}

static void queries_are_encoded(void **state)
{
	struct buf url;

	(void)state;
	buf_init(&url, 1000);
	html_href_query(&h, buf_str(&url));
	html_query(&url, "q", STR("a&b=\"c\""));
	html_query(&url, "feed", STR_NONE);
	html_query(&url, "before", STR("12"));
	html_href_query(&h, buf_str(&url));
	expect(" href=\"?\" href=\"?q=a%26b%3D%22c%22&amp;before=12\"");
	buf_release(&url);
}

static void languages_must_be_well_formed(void **state)
{
	(void)state;
	html_foreign(&h, STR("uk-UA"));
	html_foreign(&h, STR("en\" onload=\"x"));
	html_foreign(&h, STR("x"));
	html_foreign(&h, STR_NONE);
	expect(" dir=\"auto\" lang=\"uk-UA\" dir=\"auto\" dir=\"auto\" dir=\"auto\"");
}

static void times_are_absolute_and_relative(void **state)
{
	struct zone *kyiv = zone_new("EET-2");

	(void)state;
	h.zone = kyiv;
	html_time_ago(&h, NOW - 4 * CLOCK_MINUTE - 20 * CLOCK_SECOND);
	expect("<time datetime=\"2023-11-14T22:09:00Z\" data-ago title=\"2023-11-15 "
	       "00:09:00+02:00\">00:09 · <span class=\"ago\">4 min ago</span></time>");
	html_time(&h, NOW - CLOCK_DAY);
	expect("<time datetime=\"2023-11-13T22:13:20Z\" title=\"2023-11-14 00:13:20+02:00\">14 "
	       "Nov 00:13</time>");
	html_time(&h, NOW - 400 * CLOCK_DAY);
	expect("<time datetime=\"2022-10-10T22:13:20Z\" title=\"2022-10-11 00:13:20+02:00\">11 "
	       "Oct 2022 00:13</time>");
	html_time(&h, STAMP_NONE);
	html_time_ago(&h, STAMP_NONE);
	expect("nevernever");
	h.zone = NULL;
	html_time_ago(&h, NOW + 3 * CLOCK_HOUR);
	expect("<time datetime=\"2023-11-15T01:13:20Z\" data-ago title=\"2023-11-15 "
	       "01:13:20Z\">15 Nov 01:13 · <span class=\"ago\">in 3 h</span></time>");
	zone_free(kyiv);
}

static void numbers_have_groups(void **state)
{
	(void)state;
	html_count(&h, 999);
	html_markup(&h, " ");
	html_count(&h, 9987);
	html_markup(&h, " ");
	html_count(&h, 1002003);
	html_markup(&h, " ");
	html_duration(&h, 47 * CLOCK_HOUR);
	html_markup(&h, " ");
	html_duration(&h, 49 * CLOCK_HOUR);
	expect("999 9,987 1,002,003 47 h 2 days");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(text_adds_no_markup),
		TEST(an_attribute_ends_where_it_should),
		TEST(control_characters_and_overrides_are_visible),
		TEST(long_text_ends_between_characters),
		TEST(blocks_of_lines_are_paragraphs),
		TEST(only_web_links_are_links),
		TEST(names_are_one_segment),
		TEST(queries_are_encoded),
		TEST(languages_must_be_well_formed),
		TEST(times_are_absolute_and_relative),
		TEST(numbers_have_groups),
	};

	return cmocka_run_group_tests_name("web/html", tests, NULL, NULL);
}
