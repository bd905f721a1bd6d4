/* SPDX-License-Identifier: MIT */
/*
 * Chunk sizes do not change the result: every golden feed in chunks of many sizes; or, with
 * arguments, those files (tests/system/cuts.sh).
 */
#include "lib/unit.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/buf.h"
#include "feed/parse.h"

static void add(struct buf *out, const char *key, struct str s)
{
	buf_printf(out, "%s=%s", key, s.p ? "" : "-");
	buf_adds(out, s);
	buf_addc(out, '\n');
}

static void add_item(struct buf *out, const struct feed_item *i)
{
	add(out, "id", i->id);
	add(out, "title", i->title);
	add(out, "link", i->link);
	add(out, "author", i->author.text);
	add(out, "language", i->language);
	add(out, "summary", i->summary);
	add(out, "content", i->content);
	add(out, "summary_html", i->summary_html);
	add(out, "content_html", i->content_html);
	for (size_t n = 0; n < i->n_categories; n++)
		add(out, "category", i->categories[n]);
	for (size_t n = 0; n < i->n_enclosures; n++)
		add(out, "enclosure", i->enclosures[n].url);
	buf_printf(out, "%lld %lld %u %llx\n", (long long)i->published, (long long)i->updated,
		i->line, (unsigned long long)i->text_key);
}

static void add_batch(struct buf *out, const struct feed_batch *b)
{
	add(out, "encoding", b->feed.encoding);
	add(out, "title", b->feed.title);
	add(out, "link", b->feed.link);
	add(out, "subtitle", b->feed.subtitle);
	for (size_t i = 0; i < b->n_problems; i++) {
		buf_printf(out, "%u ", b->problems[i].line);
		add(out, "problem", b->problems[i].text);
	}
	for (size_t i = 0; i < b->n_items; i++)
		add_item(out, &b->items[i]);
	buf_printf(out, "%d %d\n", b->complete, b->well_formed);
}

#define BODY_MAX ((size_t)64 << 20)
struct cuts {
	size_t step[5];	     /* up to the first 0 */
	size_t bytewise_max; /* larger bodies are not cut to single bytes, which would be slow */
};

/* Parses in pushes of `step` bytes with a parser that was used before. */
static void listing(struct feed_parser *p, struct str body, size_t step, struct buf *out)
{
	static const struct feed_parse_options o = {.sitemaps = true};
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};
	int rc = 0;

	buf_clear(out);
	feed_parser_reset(p, &o);
	for (size_t at = 0; at < body.n && rc == 0; at += step)
		rc = feed_parser_push(p, body.p + at, body.n - at < step ? body.n - at : step, &e);
	rc = feed_parser_finish(p, &b, &e);
	assert_int_equal(rc == 0, b != NULL);
	if (b)
		add_batch(out, b);
	else
		buf_addz(out, e.text);
	feed_batch_free(b);
}

static void read_file(const char *path, struct buf *body)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	buf_clear(body);
	do {
		n = fread(buf_reserve(body, 4096), 1, 4096, f);
		buf_commit(body, n);
	} while (n > 0);
	fclose(f);
}

/* A document longer than a block of the parser, so that block edges are inside it. */
static void pad(struct buf *body)
{
	struct buf padded;
	const char *at = body->len ? strstr(body->data, "<channel>") : NULL;

	if (!at)
		return;
	buf_init(&padded, 1 << 20);
	buf_add(&padded, body->data, (size_t)(at - body->data) + 9);
	for (int i = 0; i < 3000; i++)
		buf_printf(&padded, "<x y='%d'>é</x>", i);
	buf_addz(&padded, at + 9);
	buf_release(body);
	*body = padded;
}

static void one_feed(struct feed_parser *p, const char *path, struct cuts cuts, bool padded)
{
	struct buf body, want, got;

	buf_init(&body, BODY_MAX);
	buf_init(&want, BODY_MAX);
	buf_init(&got, BODY_MAX);
	read_file(path, &body);
	if (padded)
		pad(&body);
	listing(p, buf_str(&body), body.len + 1, &want);
	assert_true(want.len > 0 && !buf_failed(&body) && !buf_failed(&want));
	for (size_t i = 0; i < 5 && cuts.step[i]; i++) {
		if (cuts.step[i] == 1 && body.len > cuts.bytewise_max)
			continue;
		listing(p, buf_str(&body), cuts.step[i], &got);
		if (!str_eq(buf_str(&got), buf_str(&want)))
			fail_msg("%s differs in steps of %zu", path, cuts.step[i]);
	}
	buf_release(&body);
	buf_release(&want);
	buf_release(&got);
}

static void golden_feeds_in_chunks_of_every_size(void **state)
{
	const struct cuts cuts = {{1, 7, 4096, 16384, 50000}, BODY_MAX};
	DIR *dir = opendir("tests/golden/feeds");
	struct feed_parser *p = feed_parser_new(NULL);
	unsigned n = 0;

	(void)state;
	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir)) != NULL;) {
		char path[512];

		if (!strstr(d->d_name, ".xml"))
			continue;
		snprintf(path, sizeof(path), "tests/golden/feeds/%s", d->d_name);
		one_feed(p, path, cuts, false);
		one_feed(p, path, cuts, true);
		n++;
	}
	assert_true(n > 15);
	closedir(dir);
	feed_parser_free(p);
}

/* Truncated at any byte: complete items only. */
static void a_truncated_document_gives_complete_items_only(void **state)
{
	static const char *const titles[] = {"First title", "Second title", "Third title"};
	struct buf body;

	(void)state;
	buf_init(&body, 1 << 16);
	buf_addz(&body, "<rss version=\"2.0\"><channel><title>t</title>");
	for (int i = 0; i < 3; i++)
		buf_printf(&body,
			"<item><title>%s</title><guid>g%d</guid><description><![CDATA[<p>Text "
			"&amp; more</p>]]>"
			"</description></item>",
			titles[i], i);
	buf_addz(&body, "</channel></rss>");
	for (size_t n = 20; n <= body.len; n++) {
		struct feed_batch *b = NULL;
		size_t ends = 0;
		int rc = feed_parse(str_slice(body.data, n), NULL, &b, NULL);

		for (size_t i = 0; i + 7 <= n; i++)
			ends += memcmp(body.data + i, "</item>", 7) == 0;
		assert_int_equal(rc, 0);
		if (b->n_items != ends)
			fail_msg("cut at %zu: %zu items", n, b->n_items);
		assert_int_equal(b->complete, n == body.len);
		for (size_t i = 0; i < b->n_items; i++) {
			assert_string_equal(b->items[i].title.p, titles[i]);
			assert_string_equal(b->items[i].summary.p, "Text & more");
		}
		feed_batch_free(b);
	}
	buf_release(&body);
}

/* *state: paths, the last one NULL. */
static void given_files_in_chunks_of_every_size(void **state)
{
	const struct cuts cuts = {{1, 7, 4096}, 60000};
	struct feed_parser *p = feed_parser_new(NULL);

	for (char **path = *state; *path; path++)
		one_feed(p, *path, cuts, false);
	feed_parser_free(p);
}

/* Ends of documents of several blocks: valid, repaired, truncated, JSON, refused. */
static void every_kind_of_long_document_ends(void **state)
{
	static const char item[] = "<item><guid>1</guid><title>One</title></item>";
	static const struct {
		const char *head, *tail;
		int rc;
		bool complete;
		size_t items;
	} rows[] = {
		{"<rss><channel>", "</channel></rss>", 0, true, 1000},
		{"<rss><channel><title>a & b</title>", "</channel></rss>", 0, true, 1000},
		{"<rss><channel><title>a & b</title>", "</channel>", 0, false, 1000},
		{"<rss><channel>", "", 0, false, 1000},
		{"{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [], \"x\": \"",
			"\"}", 0, true, 0},
		{"<html><body>", "</body></html>", -(int)ERR_INPUT, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_parser *p = feed_parser_new(NULL);
		struct feed_batch *b;
		struct buf body;

		buf_init(&body, 1 << 20);
		buf_addz(&body, rows[i].head);
		for (int k = 0; k < 1000; k++)
			buf_addz(&body, item);
		buf_addz(&body, rows[i].tail);
		(void)feed_parser_push(p, body.data, body.len, NULL);
		assert_int_equal(feed_parser_finish(p, &b, NULL), rows[i].rc);
		assert_int_equal(b ? b->n_items : 0, rows[i].items);
		assert_int_equal(b && b->complete, rows[i].complete);
		feed_batch_free(b);
		buf_release(&body);
		feed_parser_free(p);
	}
}

/* Each byte is the first of a block (16 KiB): text, references, line ends, CDATA delimiters. */
static void text_crosses_the_edge_of_a_block(void **state)
{
	static const struct {
		const char *text, *want;
		uint32_t next_line;
		bool well_formed;
	} rows[] = {
		{"a <![CDATA[b ] ]] &amp; >\n\nc]]]>d<![CDATA[]]> \xC3\xA9",
			"a b ] ]] & > c]d \xC3\xA9", 4, true},
		{"a&lt;br&gt;b&#x42F;&#233;&amp;lt;\r\n\r\nc]] ]&quot;]&nbsp;\n&apos;&frac12;",
			"a\nb\xD0\xAF\xC3\xA9< c]] ]\"] '\xC2\xBD", 5, true},
		{"a &amp;amp; b]]>", "a & b]]>", 2, false},
		{"a &unknown; &amp;&#1; b", "a &unknown; & b", 2, false},
	};
	static const char head[] = "<rss><channel>", tail[] = "</channel></rss>";
	char body[16384 + 512], html[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t edge = 0; edge < strlen(rows[i].text) + 40; edge++) {
			size_t pad = 16384 - edge - (sizeof(head) - 1);
			struct feed_batch *b = NULL;
			int n = snprintf(body, sizeof(body),
				"%s%*s<item><description>%s</description></item>\n"
				"<item><title>e</title></item>%s",
				head, (int)pad, "", rows[i].text, tail);

			assert_int_equal(feed_parse(str_slice(body, (size_t)n), NULL, &b, NULL), 0);
			assert_int_equal(b->n_items, 2);
			assert_string_equal(b->items[0].summary.p, rows[i].want);
			if (edge == 0)
				snprintf(html, sizeof(html), "%s", b->items[0].summary_html.p);
			assert_string_equal(b->items[0].summary_html.p, html);
			assert_string_equal(b->items[1].title.p, "e");
			assert_int_equal(b->items[0].line, 1);
			assert_int_equal(b->items[1].line, rows[i].next_line);
			assert_int_equal(b->well_formed, rows[i].well_formed);
			feed_batch_free(b);
		}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest files[] = {
		cmocka_unit_test_prestate(given_files_in_chunks_of_every_size, argv + 1),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_feeds_in_chunks_of_every_size),
		cmocka_unit_test(a_truncated_document_gives_complete_items_only),
		cmocka_unit_test(text_crosses_the_edge_of_a_block),
		cmocka_unit_test(every_kind_of_long_document_ends),
	};

	if (argc > 1)
		return cmocka_run_group_tests(files, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
