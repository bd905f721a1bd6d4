/* SPDX-License-Identifier: MIT */
/* HTML converted to visible text. */
#include "lib/unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "feed/html.h"
#include "lib/cost.h"

struct row {
	const char *html, *text;
};

static void check_rows(const struct row *rows, size_t n, void (*convert)(struct str, struct buf *))
{
	for (size_t i = 0; i < n; i++) {
		struct buf b;

		buf_init(&b, 100000);
		convert(str_of(rows[i].html), &b);
		if (strcmp(buf_z(&b), rows[i].text) != 0)
			print_message("# row %zu: %s\n", i, rows[i].html);
		assert_string_equal(buf_z(&b), rows[i].text);
		assert_false(buf_failed(&b));
		buf_release(&b);
	}
}

#define CHECK(rows, convert) check_rows(rows, sizeof(rows) / sizeof(rows[0]), convert)

static void block_elements_separate_words_and_inline_elements_do_not(void **state)
{
	static const struct row rows[] = {
		{"", ""},
		{"plain text of more than sixteen bytes", "plain text of more than sixteen bytes"},
		{"<p>One.</p><p>Two.</p>", "One.\n\nTwo."},
		{"<p>One.<p>Two.", "One.\n\nTwo."},
		{"a<b>b</b>c <i>d</i> e", "abc d e"},
		{"a<br>b<br/>c<BR />d", "a\nb\nc\nd"},
		{"a<br><br>b<br>\n<br>c", "a\n\nb\n\nc"},
		{"a</p>b</div>c", "a\n\nb\n\nc"},
		{"<ul><li>one</li><li>two</li></ul>after", "one\n\ntwo\n\nafter"},
		{"<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>d",
			"a\nb\n\nc\n\nd"},
		{"<h1>Head</h1>text", "Head\n\ntext"},
		{"a<hr>b", "a\n\nb"},
		{"un<wbr>break<!-- no gap -->able", "unbreakable"},
		{"<custom-tag>x</custom-tag>y<o:p>z</o:p>", "xyz"},
		{"<pre>line 1\n  line 2</pre>a\nb", "line 1\nline 2\n\na b"},
		{"see <a href=\"http://x.example/?a=1>2&b\">the link</a>.", "see the link."},
		{"<a title='it\"s' href=x>link</a>", "link"},
		{"<a title=it's>a</a> <a title=it's>b</a>", "a b"},
		{"<ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rt>きょう</rt></ruby>", "東京"},
	};

	(void)state;
	CHECK(rows, feed_html_to_text);
}

static void white_space_collapses(void **state)
{
	static const struct row rows[] = {
		{"  a \n\t b  ", "a b"},
		{"a&nbsp;&nbsp; b\xC2\xA0"
		 "c",
			"a b c"},
		{"sixteen bytes of  two spaces in a row,  twice",
			"sixteen bytes of two spaces in a row, twice"},
		{"a <b> b </b> c", "a b c"},
		{"a&#10;b&#x20;c", "a b c"},
		{"soft\xC2\xADhyphen zero\xE2\x80\x8Bwidth",
			"soft\xC2\xADhyphen zero\xE2\x80\x8Bwidth"},
		{"a\x01\x7F"
		 "b",
			"ab"},
		{" \n ", ""},
	};

	(void)state;
	CHECK(rows, feed_html_to_text);
}

static void invisible_elements_are_dropped(void **state)
{
	static const struct row rows[] = {
		{"<script>var a = '<p>x</p>';</script>y", "y"},
		{"<style>p { color: red }</style>y<SCRIPT src=x></SCRIPT>z", "yz"},
		{"<style>p", ""},
		{"<script/>y", "y"},
		{"<head><title>T</title><meta x></head><body>b", "b"},
		{"<template><p>x</p></template>y", "y"},
		{"<noscript><img alt=x></noscript>y", "y"},
		{"y<noscript>z", "yz"},
		{"<p>a</p><noscript><p>b <img alt=x></p></noscript><img alt=c>", "a\n\nb\n\nc"},
		{"<div hidden>x<div>x</div>x</div>y", "y"},
		{"<div style=\"color:red; DISPLAY : none\">x</div>y", "y"},
		{"<span style='visibility:hidden'>x</span>y", "y"},
		{"<p style=display:none>x<p>y", "y"},
		{"<div hidden><script>'</div>'</script>x</div>y", "y"},
		{"<div hidden>x", "x"},
		{"<span style='display:inline'>x</span>y", "xy"},
		{"<video src=v>Your browser is old.</video>y", "y"},
		{"<iframe src=v><p>x</iframe>y", "y"},
		{"<svg><title>x</title><text>x</text></svg>y", "y"},
		{"<select><option>x<option>x</select>y", "y"},
		{"a<!-- x -->b<!-->c<!--->d<!-- x --!>e", "abcde"},
		{"a<!-- never closed > b", "a b"},
		{"a<!DOCTYPE html>b<?php x ?>c</>d</ >", "abcd</ >"},
		{"<![CDATA[a ] b]]>c", "a ] bc"},
		{"a ]]> b", "a ]]> b"},
	};

	(void)state;
	CHECK(rows, feed_html_to_text);
}

static void images_give_their_alt_text(void **state)
{
	static const struct row rows[] = {
		{"a<img src=x alt=\"The embassy &amp; flag\">b", "a The embassy & flag b"},
		{"a<img src=x>b<img alt=''>c", "abc"},
		{"a<img width=1 height=1 alt=pixel>b<img width='1px' height=\"0\" alt=pixel>c",
			"abc"},
		{"a<img width=100% height=1 alt=line>b", "a line b"},
		{"a<img width=10 height=10 alt=icon>b", "a icon b"},
		{"a<img alt=x hidden>b", "ab"},
		{"<img alt=\"x &copy=1 &lt;b&gt;\">", "x &copy=1 <b>"},
	};

	(void)state;
	CHECK(rows, feed_html_to_text);
}

static void references_are_those_of_html_5(void **state)
{
	static const struct row rows[] = {
		{"&lt;p&gt; &amp; &quot;x&quot; &apos;", "<p> & \"x\" '"},
		{"&eacute &copyright &notit; &notin; &hellip", "é ©right ¬it; ∉ &hellip"},
		{"&#233; &#xE9; &#XE9 &#233x", "é é é éx"},
		{"&#145;x&#146; &#x80;&#129;|", "‘x’ €|"},
		{"don\xC2\x92t", "don’t"},
		{"&#0;&#xD800;&#x110000;&#99999999999999999999;&#xFFFE;",
			"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
		{"&#1;&#8;x", "x"},
		{"& &; &# &#x; &#; &unknown; AT&T R&D;", "& &; &# &#x; &#; &unknown; AT&T R&D;"},
		{"&nGt;&NotEqualTilde;", "\u226B\u20D2\u2242\u0338"},
		{"&#128512;", "😀"},
	};

	(void)state;
	CHECK(rows, feed_html_to_text);
}

static void references_escaped_twice_are_decoded_but_never_tags(void **state)
{
	static const struct row rows[] = {
		{"caf&amp;eacute; AT&amp;amp;T &amp;#8217; &amp;nbsp;x", "café AT&T ’ x"},
		{"&amp;lt;b&amp;gt; &amp;#60;i&amp;#x3E;", "&lt;b&gt; &#60;i&#x3E;"},
		{"?a=1&amp;copy=2 &amp;eacute &amp;unknown;", "?a=1&copy=2 &eacute &unknown;"},
		{"&amp;amp;amp;", "&amp;"},
		{"&amp", "&"},
		{"&amp;", "&"},
	};

	(void)state;
	CHECK(rows, feed_html_to_text);
}

static void text_that_looks_like_a_tag_is_kept(void **state)
{
	static const struct row rows[] = {
		{"a < b > c", "a < b > c"},
		{"1<2 and <3", "1<2 and <3"},
		{"if a<b then", "if a<b then"},
		{"cut inside <a href=\"http://x", "cut inside"},
		{"cut inside </p", "cut inside"},
		{"<", "<"},
		{"x <", "x <"},
		{"a <!' b", "a <!' b"},
		{"a <? b", "a <? b"},
		{"<a href=\"never closed>text</a> more", "text more"},
	};

	(void)state;
	CHECK(rows, feed_html_to_text);
}

static void a_title_is_one_line(void **state)
{
	static const struct row rows[] = {
		{"<p>One</p><p>Two</p>three<br>four", "One Two three four"},
		{" <b>Bold</b>\nand &amp; plain ", "Bold and & plain"},
		{"no&nbsp;break", "no\xC2\xA0"
				  "break"},
		{"a&nbsp; b &nbsp;c&nbsp;&nbsp;d&nbsp;<br>e&nbsp;", "a b c d e"},
	};

	(void)state;
	CHECK(rows, feed_html_to_line);
	assert_true(feed_html_is_marked(STR("<b>World</b>")));
	assert_true(feed_html_is_marked(STR("Arts &amp; Life")));
	assert_true(feed_html_is_marked(STR("&#21271;")));
	assert_false(feed_html_is_marked(STR("Jane <jane@desk.example>")));
	assert_false(feed_html_is_marked(STR("R&D, a < b, vector<T>, Q&A;")));
	assert_false(feed_html_is_marked(STR("")));
	assert_true(feed_html_has_tags(STR("one<BR>two")));
	assert_true(feed_html_has_tags(STR("<i>one</i>")));
	assert_false(feed_html_has_tags(STR("a < b, <i>, <b")));
	assert_false(feed_html_has_tags(STR("")));
}

static void text_is_appended(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_addz(&b, "before:");
	feed_html_to_text(STR("<p>x</p>"), &b);
	assert_string_equal(buf_z(&b), "before:x");
	buf_release(&b);
}

static void text_is_truncated_at_the_maximum(void **state)
{
	struct buf b;
	char html[4000];

	(void)state;
	for (size_t i = 0; i + 2 <= sizeof(html); i += 2)
		memcpy(html + i, "\xC3\xA9", 2);
	for (size_t max = 0; max < 200; max++) {
		buf_init(&b, max);
		feed_html_to_text(str_slice(html, sizeof(html)), &b);
		assert_true(b.overflow);
		assert_true(b.len <= max);
		assert_true(utf8_valid(buf_str(&b)));
		buf_release(&b);
	}
}

/* Random sequences of tags and references: the text is valid and within the maximum. */
static void random_markup_gives_valid_text(void **state)
{
	static const char *const bits[] = {"<", ">", "</", "/>", "&", ";", "&amp;", "#", "x", "\"",
		"'", "=", " ", "\n", "<p", "<div hidden", "<script", "</script>", "<!--", "<!-- >",
		"-->", "<![CDATA[", "]]>", "<pre>", "</pre>", "<img alt=", "<svg>", "</svg>",
		"<br>", "<rt>", "text", "é", "\xC2\xA0", "&nGt;", "&#x80;", "style=display:none",
		"<p hidden>", "<noscript>"};
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int round = 0; round < 3000; round++) {
		char html[512];
		size_t n = 0, pieces = rng_below(&r, 40);
		struct buf b;

		while (pieces--) {
			const char *bit = bits[rng_below(&r, sizeof(bits) / sizeof(bits[0]))];

			memcpy(html + n, bit, strlen(bit));
			n += strlen(bit);
			if (n > sizeof(html) - 32)
				break;
		}
		buf_init(&b, 4096);
		feed_html_to_text(str_slice(html, n), &b);
		assert_false(buf_failed(&b));
		assert_true(utf8_valid(buf_str(&b)));
		assert_true(b.len <= n + n / 2);
		buf_release(&b);
	}
}

static void to_text(void *part, size_t n)
{
	struct buf html, text;

	buf_init(&html, 2 * n);
	buf_init(&text, 4 * n);
	put_many(&html, n, part);
	feed_html_to_text(buf_str(&html), &text);
	buf_release(&html);
	buf_release(&text);
}

/* As a plain field, such as a category or an author. */
static void to_field(void *part, size_t n)
{
	struct buf html;

	buf_init(&html, 2 * n);
	put_many(&html, n, part);
	buf_addc(&html, '>');
	feed_html_is_marked(buf_str(&html));
	buf_release(&html);
}

static void html_takes_linear_time(void **state)
{
	static char worst[][64] = {"<a \"", "<a '", "<!-- >", "<!--", "<div hidden>", "<noscript>",
		"<x ", "<b ", "</", "<!x", "<?", "&#1111", "&amp;", "<![CDATA[", "<p hidden>",
		"<script>", "<a b=\"x", "]]", "<svg><", "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "<a",
		"<p "};

	(void)state;
	for (size_t i = 0; i < sizeof(worst) / sizeof(worst[0]); i++) {
		assert_linear(worst[i], to_text, worst[i], 250000);
		assert_linear(worst[i], to_field, worst[i], 250000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_elements_separate_words_and_inline_elements_do_not),
		cmocka_unit_test(white_space_collapses),
		cmocka_unit_test(invisible_elements_are_dropped),
		cmocka_unit_test(images_give_their_alt_text),
		cmocka_unit_test(references_are_those_of_html_5),
		cmocka_unit_test(references_escaped_twice_are_decoded_but_never_tags),
		cmocka_unit_test(text_that_looks_like_a_tag_is_kept),
		cmocka_unit_test(a_title_is_one_line),
		cmocka_unit_test(text_is_appended),
		cmocka_unit_test(text_is_truncated_at_the_maximum),
		cmocka_unit_test(random_markup_gives_valid_text),
		cmocka_unit_test(html_takes_linear_time),
	};

	return cmocka_run_group_tests_name("feed html", tests, NULL, NULL);
}
