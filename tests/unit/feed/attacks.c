/* SPDX-License-Identifier: MIT */
/* Malicious documents: each is refused with a reason or read, in bounded time. */
#include "lib/unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "feed/parse.h"
#include "lib/cost.h"

#define HEAD "<rss version=\"2.0\"><channel><title>t</title>"
#define TAIL "</channel></rss>"

static struct buf doc;

/* prefix, the part repeated `times` times (with a counter for %d), suffix */
static void make(const char *prefix, const char *part, int times, const char *suffix)
{
	buf_release(&doc);
	buf_init(&doc, (size_t)64 << 20);
	buf_addz(&doc, prefix);
	for (int i = 0; i < times; i++) {
		const char *number = strstr(part, "%d");

		if (!number) {
			buf_addz(&doc, part);
			continue;
		}
		buf_add(&doc, part, (size_t)(number - part));
		buf_printf(&doc, "%d", i);
		buf_addz(&doc, number + 2);
	}
	buf_addz(&doc, suffix);
	assert_false(buf_failed(&doc));
}

/* A limit that is never reached, on slow machines and under sanitizers too. */
static int parse(struct feed_batch **b, struct err *e)
{
	struct feed_limits limits = feed_limits_default;
	struct feed_parse_options o = {.limits = &limits, .sitemaps = true};

	limits.cpu_us *= 100;
	return feed_parse(buf_str(&doc), &o, b, e);
}

/* says: part of the error; NULL: it is parsed and the batch is returned. */
static struct feed_batch *run(const char *name, enum err_class cls, const char *says)
{
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};
	int rc = parse(&b, &e);

	if (!says) {
		if (rc)
			fail_msg("%s: %s", name, e.text);
		return b;
	}
	if (rc != -(int)cls || b || !strstr(e.text, says))
		fail_msg("%s: %d %s", name, rc, e.text);
	return NULL;
}

static void declarations_are_skipped(void **state)
{
	static const struct {
		const char *name, *doctype;
	} rows[] = {
		{"unmatched quotes", "<!DOCTYPE rss [<!ENTITY a \"b>]>"},
		{"brackets in a value", "<!DOCTYPE rss [<!ENTITY a \"]>\"><!ENTITY b ']]>'>]>"},
		{"lower case", "<!doctype rss [<!ENTITY a \"b\">]>"},
		{"internal entity", "<!DOCTYPE rss [<!ENTITY a \"b\">]>"},
		{"laughs", "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
			   "\"&a;&a;&a;&a;&a;&a;&a;\">]>"},
		{"external entity", "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"},
		{"parameter entity",
			"<!DOCTYPE rss [<!ENTITY % p SYSTEM \"http://127.0.0.1/\"> %p;]>"},
		{"parameter reference", "<!DOCTYPE rss [ %p; ]>"},
		{"element", "<!DOCTYPE rss [<!ELEMENT rss ANY>]>"},
		{"defaults", "<!DOCTYPE rss [<!ATTLIST item a CDATA \"1\">]>"},
		{"notation", "<!DOCTYPE rss [<!NOTATION n SYSTEM \"x\">]>"},
		{"behind a comment", "<!DOCTYPE rss [<!-- ]> --> <?x ]> ?><!ENTITY a \"b\">]>"},
		{"quoted bracket", "<!DOCTYPE rss SYSTEM \"a[b>\" [<!ENTITY a \"b\">]>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int broken = 0; broken < 2; broken++) {
			struct feed_batch *b;

			make(rows[i].doctype, HEAD "<item><title>&a; &x; &eacute;</title></item>",
				1, broken ? "<item><title>a & b</title></item>" TAIL : TAIL);
			b = run(rows[i].name, ERR_NONE, NULL);
			assert_int_equal(b->n_items, 1 + broken);
			assert_string_equal(b->items[0].title.p, "&a; &x; é");
			assert_false(b->well_formed);
			feed_batch_free(b);
		}
	}
}

/* Lines and problems of a document with an internal subset, in every position of a block. */
static void a_subset_is_left_out(void **state)
{
	struct feed_batch *b;

	(void)state;
	make("<!DOCTYPE rss [\n<!ENTITY a \"b\">\n]>\n" HEAD "<item><title>&undefined;</title>",
		"</item>", 1, TAIL);
	b = run("lines", ERR_NONE, NULL);
	assert_true(b->complete);
	assert_int_equal(b->items[0].line, 4);
	assert_int_equal(b->n_problems, 2);
	assert_non_null(strstr(b->problems[0].text.p, "are ignored"));
	assert_int_equal(b->problems[1].line, 4);
	feed_batch_free(b);
	for (int before = 16300; before < 16400; before++) {
		make("<!--", "x", before,
			"--><!DOCTYPE rss [<!ENTITY a \"]>\"><!-- ] -->]>" HEAD "<item/>" TAIL);
		b = run("blocks", ERR_NONE, NULL);
		assert_true(b->complete && b->n_items == 1);
		feed_batch_free(b);
	}
}

static void a_doctype_without_declarations_is_accepted(void **state)
{
	static const char *const rows[] = {
		"<!DOCTYPE rss>",
		"<!DOCTYPE rss SYSTEM \"http://127.0.0.1:1/x.dtd\">",
		"<!DOCTYPE rss PUBLIC '-//N//DTD > \"RSS\" 0.91//EN' 'http://127.0.0.1:1/x.dtd'>",
		"<!DOCTYPE rss [ <!-- nothing --> <?here at all?> ]>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_batch *b;

		make(rows[i], HEAD "<item><title>a&nbsp;b</title></item>", 1, TAIL);
		b = run(rows[i], ERR_NONE, NULL);
		assert_int_equal(b->n_items, 1);
		assert_string_equal(b->items[0].title.p, "a\xC2\xA0"
							 "b");
		feed_batch_free(b);
	}
}

/* The document, or as the floor a valid one of about 6 MB. */
static void parse_attack(void *good, size_t attack)
{
	struct buf swap = doc;
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};

	if (!attack)
		doc = *(struct buf *)good;
	parse(&b, &e);
	feed_batch_free(b);
	doc = swap;
}

/* Detecting them costs no more than parsing valid documents. */
static void sizes_are_bounded(void **state)
{
	static const struct {
		const char *name, *prefix, *part;
		int times;
		const char *suffix, *says;
		enum err_class cls;
	} rows[] = {
		{"40,000 attributes", HEAD "<item", " a%d=\"\"", 40000, "/>" TAIL,
			"more than 256 attributes", ERR_LIMIT},
		{"257 attributes", HEAD "<item", " a%d=\"\"", 257, "/>" TAIL,
			"more than 256 attributes", ERR_LIMIT},
		{"20,000 namespaces", HEAD "<item", " xmlns:a%d=\"u\"", 20000, "/>" TAIL,
			"more than 256 attributes", ERR_LIMIT},
		{"a long tag", HEAD "<item a=\"", "0123456789abcdef", 4096, "\"/>" TAIL,
			"longer than 64 KiB", ERR_LIMIT},
		{"a long name", HEAD "<item", "0123456789abcdef", 4096, "/>" TAIL,
			"longer than 64 KiB", ERR_LIMIT},
		{"depth 100,000", HEAD, "<a>", 100000, "", "more than 64 deep", ERR_LIMIT},
		{"depth in an item", HEAD "<item><description>", "<b>", 65, "", "more than 64 deep",
			ERR_LIMIT},
		{"two million elements", HEAD, "<i/>", 1900000, TAIL, "more than 200000 elements",
			ERR_LIMIT},
		{"9 MiB", HEAD "<!--", "0123456789abcdef", 9 << 16, "-->" TAIL, "larger than 8 MiB",
			ERR_LIMIT},
	};

	struct buf good;

	(void)state;
	make(HEAD, "<item><title>number %d</title><description>embassy</description></item>", 90000,
		TAIL);
	good = doc;
	doc = (struct buf){0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(rows[i].prefix, rows[i].part, rows[i].times, rows[i].suffix);
		run(rows[i].name, rows[i].cls, rows[i].says);
		assert_cost(rows[i].name, parse_attack, &good, 0, 1, 2);
	}
	buf_release(&good);
}

/*
 * Each element, attribute or namespace has a name of its own. libxml2 keeps them in a table that
 * stops growing, so they cost more, up to the limit of elements.
 */
static void different_names_are_bounded(void **state)
{
	static const struct {
		const char *part, *says;
		int times;
	} rows[] = {
		{"<a%d/>", NULL, 190000},
		{"<a%d/>", "more than 200000 elements", 300000},
		{"<a b%d=''/>", NULL, 190000},
		{"<a xmlns:n%d='u'/>", NULL, 190000},
		{"<a xmlns='%d'/>", NULL, 190000},
	};
	struct buf good;

	(void)state;
	make(HEAD, "<item><title>number %d</title><description>embassy</description></item>", 90000,
		TAIL);
	good = doc;
	doc = (struct buf){0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(HEAD, rows[i].part, rows[i].times, TAIL);
		feed_batch_free(run(rows[i].part, ERR_LIMIT, rows[i].says));
		assert_cost(rows[i].part, parse_attack, &good, 0, 1, 40);
	}
	buf_release(&good);
}

/*
 * Invalid, so that the lenient parser reads them; each part makes it search for an end.
 * libxml2 itself searches for that of "& ".
 */
static void parse_leniently(void *part, size_t n)
{
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};

	make(HEAD "<item><title>a & b</title></item><item>", part, (int)n, TAIL);
	parse(&b, &e);
	if (b)
		assert_true(b->n_items >= 1);
	feed_batch_free(b);
}

static void the_lenient_parser_takes_linear_time(void **state)
{
	static char parts[][64] = {"<title>", "<a ", "<a b='", "<a b=\"<a b='", "<a b='<a ' ",
		"&amp", "<![CDATA[", "<!--", "<?", "</a", "<item><title>", "<description><link>",
		"]]>", "<", "&", "&#", "<item><description><![CDATA[</description>",
		"<a:b xmlns:a='u'>", "<category><category>"};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_linear(parts[i], parse_leniently, parts[i], 20000);
}

static void items_past_a_limit_are_dropped_with_a_warning(void **state)
{
	struct feed_batch *b;

	(void)state;
	make(HEAD, "<item><guid>%d</guid></item>", 2001, TAIL);
	b = run("2,001 items", ERR_NONE, NULL);
	assert_int_equal(b->n_items, 2000);
	assert_int_equal(b->n_problems, 1);
	assert_non_null(strstr(b->problems[0].text.p, "more than 2000 items"));
	feed_batch_free(b);

	make(HEAD "<item><description>", "0123456789é", 100000, "</description></item>" TAIL);
	b = run("a long field", ERR_NONE, NULL);
	assert_true(b->items[0].summary_html.n <= 256 << 10);
	assert_non_null(strstr(b->problems[0].text.p, "longer than 256 KiB"));
	feed_batch_free(b);

	make(HEAD "<item>", "<category>%d</category>", 50000, "</item>" TAIL);
	b = run("categories", ERR_NONE, NULL);
	assert_int_equal(b->items[0].n_categories, 512);
	feed_batch_free(b);

	make(HEAD, "<item><pubDate>x%d</pubDate></item>", 100, TAIL);
	b = run("problems", ERR_NONE, NULL);
	assert_int_equal(b->n_problems, FEED_PROBLEMS_MAX + 1);
	feed_batch_free(b);
}

static void sitemaps_are_bounded(void **state)
{
	struct feed_batch *b;

	(void)state;
	make("<urlset><url><loc>http://a.example/</loc><news:news><news:keywords>", "word%d,",
		50000, "</news:keywords></news:news></url></urlset>");
	b = run("keywords", ERR_NONE, NULL);
	assert_int_equal(b->items[0].n_categories, 512);
	feed_batch_free(b);
	make("<urlset><url>", "<news:news>", 1000, "");
	run("depth", ERR_LIMIT, "nested more than");
	make("<urlset>", "<url><loc>http://a.example/%d</loc>", 20000, "");
	run("entries without end tags", ERR_LIMIT, "nested more than");
	make("<urlset>", "<url><loc>http://a.example/%d</loc></ur>", 20, "</urlset>");
	b = run("misspelt end tags", ERR_NONE, NULL);
	assert_true(b->n_items >= 1);
	feed_batch_free(b);
	make("<sitemapindex>", "<sitemap><loc>http://a.example/%d</loc></sitemap>", 100000,
		"</sitemapindex>");
	b = run("index", ERR_NONE, NULL);
	assert_int_equal(b->n_children, FEED_CHILDREN_MAX);
	feed_batch_free(b);
	make("<urlset><url><loc>http://a.example/", "x", 10000, "</loc></url></urlset>");
	b = run("a long address", ERR_NONE, NULL);
	assert_int_equal(b->n_items, 0);
	feed_batch_free(b);
	make("<urlset><url><loc>http://a.example/", "a-b-c-%%FF-", 500, "</loc></url></urlset>");
	b = run("words that are no text", ERR_NONE, NULL);
	assert_false(str_present(b->items[0].title));
	feed_batch_free(b);
}

static void all_memory_is_bounded(void **state)
{
	struct feed_limits small = feed_limits_default;
	struct feed_parse_options o = {.limits = &small};
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};

	(void)state;
	make(HEAD, "<item><title>a title of some length, number %d</title></item>", 1000, TAIL);
	for (small.arena_bytes = 1000; small.arena_bytes < 600000; small.arena_bytes *= 2) {
		int rc = feed_parse(buf_str(&doc), &o, &b, &e);

		if (rc == 0)
			break;
		assert_null(b);
		assert_true(rc == -ERR_LIMIT || rc == -ERR_NOMEM);
	}
	assert_non_null(b);
	assert_int_equal(b->n_items, 1000);
	feed_batch_free(b);
	small = feed_limits_default;
	small.cpu_us = 0;
	make(HEAD, "<item><title>number %d</title></item>", 1000, TAIL);
	assert_int_equal(feed_parse(buf_str(&doc), &o, &b, &e), -ERR_LIMIT);
	assert_non_null(strstr(e.text, "computing time"));
	make("{\"items\":[{}", ",{\"title\":\"number %d\"}", 1000, "]}");
	assert_int_equal(feed_parse(buf_str(&doc), &o, &b, &e), -ERR_LIMIT);
	assert_non_null(strstr(e.text, "computing time"));
	small.cpu_us = feed_limits_default.cpu_us;
	assert_int_equal(feed_parse(buf_str(&doc), &o, &b, &e), 0);
	assert_int_equal(b->n_items, 1001);
	feed_batch_free(b);
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
		cmocka_unit_test(declarations_are_skipped),
		cmocka_unit_test(a_subset_is_left_out),
		cmocka_unit_test(a_doctype_without_declarations_is_accepted),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(different_names_are_bounded),
		cmocka_unit_test(the_lenient_parser_takes_linear_time),
		cmocka_unit_test(items_past_a_limit_are_dropped_with_a_warning),
		cmocka_unit_test(sitemaps_are_bounded),
		cmocka_unit_test(all_memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
