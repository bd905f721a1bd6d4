/* SPDX-License-Identifier: MIT */
/* The query language, row by row: matches, positions of hits, errors. */
#include "lib/query_fixture.h"

#include <stdio.h>

static void terms(void **state)
{
	static const struct query_row rows[] = {
		{"embassy", "The Embassy.", NULL, "Embassy", NULL},
		{"embassy", "embassies", NULL, NULL, NULL},
		{"embassy", NULL, "embassy, embassy", "embassy|embassy", NULL},
		{"zürich", "ZURICH", NULL, "ZURICH", NULL},
		{"\"draw down\"", "to draw down staff", NULL, "draw down", NULL},
		{"\"draw down\"", "draw it down", NULL, NULL, NULL},
		{"\"draw ? down\"", "draw it down", NULL, "draw it down", NULL},
		{"\"draw ? down\"", "draw down", NULL, NULL, NULL},
		{"\"draw* d?wn\"", "drawing down", NULL, "drawing down", NULL},
		{"\"draw down\"", "draw", "down", NULL, NULL},
		{"\xe2\x80\x9c"
		 "draw down\xe2\x80\x9d",
			"draw down", NULL, "draw down", NULL},
		{"non-essential", "non essential staff", NULL, "non essential", NULL},
		{"relocat*", "Relocating relocated elocate", NULL, "Relocating|relocated", NULL},
		{"*burg", "Hamburg burger burg", NULL, "Hamburg|burg", NULL},
		{"w?r", "war wear wr", NULL, "war", NULL},
		{"organi?ation*", "organisations organization", NULL, "organisations|organization",
			NULL},
		{"\"U.S*\"", "U.S", NULL, "U.S", NULL},
		{"=leave", "leave", NULL, "leave", "en"},
		{"=leave", "leaving", NULL, NULL, "en"},
		{"leave", "leaving", NULL, "leaving", "en"},
		{"die", "dying", NULL, "dying", "en"}, /* another prefix than its stem */
		{"\"diplomatic mission\"", "diplomatic missions", NULL, "diplomatic missions",
			"en"},
		{"{WHO}", "who WHO Who", NULL, "WHO", NULL},
		{"{Le Monde}", "le monde Le Monde", NULL, "Le Monde", NULL},
		{"{WHO}", "WHO's", NULL, "WHO's", NULL},
		{"zelensky~1", "Zelenskyy zelenski Velensky", NULL, "Zelenskyy|zelenski", NULL},
		{"zelensky~2", "Zelenski Zelnesky Zelens", NULL, "Zelenski|Zelnesky|Zelens", NULL},
		{"\"buildup troops\"~3", "troops in a big buildup", NULL, "troops in a big buildup",
			NULL},
		{"\"buildup troops\"~2", "troops in a big buildup", NULL, NULL, NULL},
		{"\"a a b\"~0", "a b a b", NULL, "a b a", NULL},
		{"/emb[a-z]+y/", "the embassy", NULL, "embassy", NULL},
		{"/EMB[a-z]+y/i", "the embassy", NULL, "embassy", NULL},
		{"/^the$/", "the", NULL, "the", NULL},
		{"/^the$/", "the\n", NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		query_fixture_check_row(&rows[i]);
}

static void operators(void **state)
{
	static const struct query_row rows[] = {
		{"a AND b", "a", "b", "a|b", NULL},
		{"a b", "a", "c", NULL, NULL},
		{"a OR b", "b c", NULL, "b", NULL},
		{"a NOT b", "a", "b", NULL, NULL},
		{"a -b", "a", "c", "a", NULL},
		{"-b a", "a", "c", "a", NULL},
		{"a -(b OR c)", "a", "d", "a", NULL},
		{"a -(b OR c)", "a", "c", NULL, NULL},
		{"a -\"b c\"", "a", "c b", "a", NULL},
		{"a -\"b c\"", "a", "b c", NULL, NULL},
		{"a -{B}", "a", "b", "a", NULL},
		{"a -{B}", "a", "B", NULL, NULL},
		{"a AND NOT (b OR c)", "a d", NULL, "a", NULL},
		{"a AND (NOT b)", "a b", NULL, NULL, NULL},
		{"embassy NEAR/5 relocated NEAR/5 Kyiv", "embassy in Kyiv is relocated", NULL,
			"embassy|Kyiv|relocated", NULL},
		{"a NEAR/1 b", "b x a", NULL, "b|a", NULL},
		{"a NEAR/0 b", "b x a", NULL, NULL, NULL},
		{"a NEAR b", "a 1 2 3 4 b", NULL, "a|b", NULL},
		{"a NEAR b", "a 1 2 3 4 5 b", NULL, NULL, NULL},
		{"a NEAR b", "a", "b", NULL, NULL},
		{"a NEAR/5 a", "a b", NULL, NULL, NULL},
		{"a NEAR/5 a", "a b a", NULL, "a|a", NULL},
		{"a ONEAR/1 b", "b a x b", NULL, "a|b", NULL},
		{"a ONEAR/1 b", "b a", NULL, NULL, NULL},
		{"a NEAR/1f b", "b a", NULL, NULL, NULL},
		{"a NEAR/1 b", "a b x x a", NULL, "a|b", NULL},
		{"(a NEAR/3 b) NEAR/0 c", "a c b", NULL, "a|c|b", NULL},
		{"a NOT NEAR/1 b", "a x b y y y a", NULL, "a", NULL},
		{"a NOT NEAR/1 b", "a x b", NULL, NULL, NULL},
		{"a SENT b", NULL, "A dog. B is. We saw a cat b.", "a|b", NULL},
		{"a SENT b", NULL, "We saw a. Then b.", NULL, NULL},
		{"a PARA b", NULL, "a cat.\n\nthe b.", NULL, NULL},
		{"a PARA b", NULL, "a cat. The b.", "a|b", NULL},
		{"title:a", "b", "a", NULL, NULL},
		{"title:a", "a", "a", "a", NULL},
		{"body:(a OR b)", "a", "b", "b", NULL},
		{"title:(a NEAR/3 b)", "a b", "a b", "a|b", NULL},
		{"LEAD/2(a)", "x", "b a a", "a", NULL},
		{"LEAD/2(a)", "x", "b c a", NULL, NULL},
		{"LEAD/2(a)", "a", "b c a", "a", NULL},
		{"ATLEAST/2(a)", "a", "x a", "a|a", NULL},
		{"ATLEAST/3(a)", "a", "x a", NULL, NULL},
		{"ATLEAST/2(a NEAR/2 b)", "a b a", NULL, "a|b|a", NULL},
		{"ANY/2(a, b, c)", "a c", NULL, "a|c", NULL},
		{"ANY/2(a, b, c)", "c", NULL, NULL, NULL},
		{"a words>2", "a", "1 2 3", "a", NULL},
		{"a words>3", "a", "1 2 3", NULL, NULL},
		{"a words<3", "a", "1 2 3", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		query_fixture_check_row(&rows[i]);
}

static void attributes(void **state)
{
	static const struct query_answer rows[] = {
		{"author:smith", true},
		{"author:\"jane smith\"", true},
		{"smith", false},
		{"category:europe", true},
		{"category:\"politics world\"", false},
		{"feed:bbc", true},
		{"feed:b", false},
		{"group:wires", true},
		{"group:(x OR wires)", true},
		{"lang:en", true},
		{"lang:en-GB", true},
		{"lang:en-us", false},
		{"site:bbc.co.uk", true},
		{"site:news.bbc.co.uk", true},
		{"site:c.co.uk", false},
		{"site:(a.com OR BBC.co.uk)", true},
		{"url:World-Europe", true},
		{"url:asia", false},
		{"x age<2h", true},
		{"x age<1h", false},
		{"ANY/2(lang:en, site:bbc.co.uk, y)", true},
		{"ANY/2(lang:en,site:bbc.co.uk,y)", true},
		{"site:(a.com OR _x-1.ru OR bücher.de OR [::1] OR BBC.co.uk)", true},
		{"url:(@nobody OR world)", true},
		{"url:\"*\"", false},
		{"NOT feed:cnn x", true},
		{"x -feed:bbc", false},
	};
	struct str categories[] = {STR("World politics"), STR("World Europe")};
	struct str groups[] = {STR("broadcasters"), STR("wires")};
	struct watch_view v = {
		.title = STR("x"),
		.author = STR("Jane Smith"),
		.categories = categories,
		.n_categories = 2,
		.url = STR("https://news.bbc.co.uk/news/world-europe-1"),
		.site = STR("news.bbc.co.uk"),
		.feed = STR("bbc"),
		.groups = groups,
		.n_groups = 2,
		.lang = STR("en-gb"),
		.published = 100 * CLOCK_HOUR,
		.now = 101 * CLOCK_HOUR,
	};

	(void)state;
	query_fixture_check_answers(rows, COUNT(rows), &v);
}

static void errors(void **state)
{
	static const struct {
		const char *query, *diag; /* prefix of the first line */
	} rows[] = {
		{"", "0 the query is empty"},
		{"  ", "2 the query is empty"},
		{"embassy AND kyiv OR consulate AND kyiv",
			"17 AND and OR are mixed without brackets\n"
			"  write (embassy AND kyiv) OR (consulate AND kyiv), or embassy AND (kyiv "
			"OR "
			"consulate) AND kyiv\n"},
		{"a b OR c", "4 AND and OR are mixed"},
		{"a OR b c", "7 AND and OR are mixed"},
		{"headline:x", "0 unknown field headline:\n  did you mean title: ?"},
		{"Title:x", "0 unknown field Title:\n  did you mean title: ?"},
		{"a NEAR/x b", "2 NEAR/x: no such distance"},
		{"a NEAR/501 b", "2 NEAR/501: no such distance"},
		{"ATLEAST(x)", "0 ATLEAST: a number is missing"},
		{"ANY/0(a, b)", "0 ANY/0: not a number from 1"},
		{"ANY/4(a, b, c)", "0 4 of 3 parts can never match"},
		{"x words>=300", "2 words>=300: not a length"},
		{"zelensky~3", "0 no such number of edits"},
		{"kyi~1", "0 ~1 needs"},
		{"kyivs~2", "0 ~2 needs"},
		{"{}", "0 a spelling without any word"},
		{"\"!!!\"", "0 a phrase without any word"},
		{"\"? ?\"", "0 a phrase without any word"},
		{"...", "0 a term without any word"},
		{"\"embassy\"~2", "0 ~ on a phrase of one word"},
		{"\"a ? b\"~2", "0 ? alone in a phrase with ~"},
		{"a - b", "2 a dash on its own"},
		{"a \xe2\x80\x93 b", "2 a dash on its own"},
		{"NOT x", "0 NOT without anything"},
		{"words<20", "0 a query that requires nothing"},
		{"age<2h", "0 a query that requires nothing"},
		{"a OR (NOT b)", "5 NOT without anything"},
		{"(a AND b) NEAR/3 c", "0 AND inside NEAR"},
		{"title:a NEAR/3 b", "0 a field prefix inside NEAR\n  write title:(a NEAR/3 b)"},
		{"a SENT b NEAR/3 c", "0 SENT inside NEAR"},
		{"/x/ NEAR/3 c", "0 regular expression inside NEAR"},
		{"-a NEAR/3 b", "0 NOT inside NEAR"},
		{"ATLEAST/2(a AND b)", "10 AND inside ATLEAST"},
		{"\"never closed", "0 a quote that is never closed"},
		{"(a OR b", "0 a bracket that is never closed"},
		{"a OR b)", "6 a closing bracket that was never opened"},
		{"a, b", "1 a comma means nothing here"},
		{"/a(/", "3 missing closing"},
		{"/a/x", "3 an unknown flag"},
		{"w*", "0 a wildcard needs two letters"},
		{"a AND", "2 something is missing here"},
		{"AND a", "0 an operator without a term before it"},
		{"()", "0 something is missing here"},
		{"a w/5 b", "2 w/5: an operator of another product\n  write NEAR/4"},
		{"title:body:x", "6 a field inside a field"},
		{"a and b", "warning 2 and is read as a word here"},
		{"@nobody", "0 @nobody is not defined"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct query_fixture w;
		int rc = query_fixture_build(&w, rows[i].query, NULL);
		bool warning = strncmp(rows[i].diag, "warning", 7) == 0;

		if ((rc == 0) != warning ||
			strncmp(buf_z(&w.diags), rows[i].diag, strlen(rows[i].diag)) != 0)
			fail_msg("%s: %d %s", rows[i].query, rc, buf_z(&w.diags));
		query_fixture_release(&w);
	}
}

static void all_errors_of_a_query_are_reported(void **state)
{
	struct query_fixture w;

	(void)state;
	assert_true(query_fixture_build(
			    &w, "headline:x AND (NEAR/x OR ANY/0(a)) AND {} zelensky~3", NULL) < 0);
	assert_non_null(strstr(buf_z(&w.diags), "unknown field"));
	assert_non_null(strstr(buf_z(&w.diags), "NEAR/x"));
	assert_non_null(strstr(buf_z(&w.diags), "ANY/0"));
	assert_non_null(strstr(buf_z(&w.diags), "a spelling without"));
	assert_non_null(strstr(buf_z(&w.diags), "no such number of edits"));
	query_fixture_release(&w);
}

/* text as the query; NULL: valid, else the prefix of the first error */
static void check_limit(const struct buf *text, const char *error)
{
	struct query_fixture w;
	int rc = query_fixture_build(&w, buf_z(text), NULL);

	if ((rc < 0) != (error != NULL) || (error && !strstr(buf_z(&w.diags), error)))
		fail_msg("%.40s: %d %.200s", buf_z(text), rc, buf_z(&w.diags));
	query_fixture_release(&w);
}

static void nest(struct buf *q, const char *open, size_t n)
{
	buf_clear(q);
	for (size_t i = 0; i < n; i++)
		buf_addz(q, open);
	buf_addc(q, 'x');
	for (size_t i = 0; i < n; i++)
		buf_addc(q, ')');
}

static void limits(void **state)
{
	static const char *const brackets[] = {"(", "title:(", "LEAD(", "ANY/1("};
	struct buf q;

	(void)state;
	buf_init(&q, 1 << 20);
	for (size_t i = 0; i < COUNT(brackets); i++) {
		nest(&q, brackets[i], 100);
		check_limit(&q, i == 1 ? "a field inside a field" : NULL);
		nest(&q, brackets[i], 101);
		check_limit(&q, i == 1 ? "a field inside a field" : "100 levels");
		nest(&q, brackets[i], 8000);
		check_limit(&q, i == 1 ? "a field inside a field" : "100 levels");
	}
	/* 10,000 alternatives, and one more */
	buf_clear(&q);
	for (int i = 0; i < 10000; i++)
		buf_printf(&q, "%s%c%c", i ? " OR " : "", 'a' + i % 26, 'a' + i / 26 % 26);
	check_limit(&q, NULL);
	buf_addz(&q, " OR x");
	check_limit(&q, "10000 terms");
	/* 64 KiB, and one byte more */
	buf_clear(&q);
	buf_addz(&q, "embassy");
	while (q.len < 65536)
		buf_addc(&q, ' ');
	check_limit(&q, NULL);
	buf_addc(&q, ' ');
	check_limit(&q, "more than 64 KiB");
	buf_release(&q);
}

static void a_long_chain_is_matched(void **state)
{
	struct query_fixture w;
	struct buf q;

	(void)state;
	buf_init(&q, 1 << 20);
	buf_addz(&q, "a0");
	for (int i = 1; i < 5000; i++)
		buf_printf(&q, " NEAR a%d", i % 10);
	assert_int_equal(query_fixture_build(&w, buf_z(&q), NULL), 0);
	query_fixture_run(&w, &(struct watch_view){.title = STR("a0 a1 a2 a3 a4 a5 a6 a7 a8 a9")});
	query_fixture_release(&w);
	buf_release(&q);
}

/* Each define uses the one before it; the watch uses the last of n. */
static void check_defines(size_t n, size_t terms, const char *error)
{
	struct watch_builder *b = watch_builder_new();
	struct query_fixture w = {0};
	char last[32];
	struct str q;
	struct watch_def def = {.name = STR("w"), .queries = &q, .n_queries = 1};
	struct buf text;
	size_t index;

	buf_init(&w.diags, 1 << 16);
	buf_init(&w.hits, 1 << 16);
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		char name[32];

		buf_clear(&text);
		if (i)
			buf_printf(&text, "@d%zu ", i - 1);
		for (size_t k = 0; k < terms; k++)
			buf_addz(&text, "xy ");
		snprintf(name, sizeof(name), "d%zu", i);
		assert_int_equal(watch_builder_define(b, str_of(name), buf_str(&text),
					 query_fixture_on_diag, &w),
			0);
	}
	snprintf(last, sizeof(last), "@d%zu", n - 1);
	q = str_of(last);
	assert_int_equal(watch_builder_add(b, &def, &index, query_fixture_on_diag, &w), 0);
	assert_int_equal(watch_builder_finish(b, &w.set, NULL), error ? -(int)ERR_CONF : 0);
	if (error ? !strstr(buf_z(&w.diags), error) : w.diags.len > 0)
		fail_msg("%zu defines: %.200s", n, buf_z(&w.diags));
	buf_release(&text);
	query_fixture_release(&w);
}

static void limits_hold_for_expanded_defines(void **state)
{
	(void)state;
	check_defines(100, 1, NULL);
	check_defines(101, 1, "makes brackets deeper than 100 levels");
	check_defines(5, 2000, NULL);
	check_defines(5, 2001, "makes the query longer than 10000 terms");
}

static void defines(void **state)
{
	struct watch_builder *b = watch_builder_new();
	struct query_fixture w = {0};
	struct str q = STR("embassy AND @place NOT @sport"), t = STR("title:@place");
	struct watch_def def = {.name = STR("w"), .queries = &q, .n_queries = 1};
	struct watch_view v = {.title = STR("embassy"), .body = STR("in Kiev")};
	size_t index;

	(void)state;
	buf_init(&w.diags, 1 << 16);
	buf_init(&w.hits, 1 << 16);
	assert_int_equal(watch_builder_add(b, &def, &index, query_fixture_on_diag, &w), 0);
	assert_int_equal(watch_builder_define(
				 b, STR("place"), STR("kyiv OR @old"), query_fixture_on_diag, &w),
		0);
	assert_int_equal(
		watch_builder_define(b, STR("old"), STR("kiev"), query_fixture_on_diag, &w), 0);
	assert_int_equal(
		watch_builder_define(b, STR("sport"), STR("football"), query_fixture_on_diag, &w),
		0);
	def.queries = &t;
	assert_int_equal(watch_builder_add(b, &def, &index, query_fixture_on_diag, &w), 0);
	assert_int_equal(watch_builder_finish(b, &w.set, NULL), 0);
	assert_string_equal(buf_z(&w.diags), "");
	query_fixture_run(&w, &v);
	assert_string_equal(buf_z(&w.hits), "embassy|Kiev");
	query_fixture_release(&w);
}

static void circular_defines_are_reported(void **state)
{
	struct watch_builder *b = watch_builder_new();
	struct query_fixture w = {0};
	struct err e = {0};

	(void)state;
	buf_init(&w.diags, 1 << 16);
	buf_init(&w.hits, 1 << 16);
	watch_builder_define(b, STR("a"), STR("x OR @b"), query_fixture_on_diag, &w);
	watch_builder_define(b, STR("b"), STR("y OR @a"), query_fixture_on_diag, &w);
	assert_int_equal(watch_builder_finish(b, &w.set, &e), -(int)ERR_CONF);
	assert_non_null(strstr(buf_z(&w.diags), "5 @a uses itself"));
	query_fixture_release(&w);
}

static void sources_and_exclusions(void **state)
{
	struct watch_builder *b = watch_builder_new();
	struct query_fixture w = {0};
	struct str q[] = {STR("kyiv"), STR("kiev")}, feed = STR("bbc"), group = STR("wires");
	struct watch_def def = {.name = STR("w"),
		.queries = q,
		.n_queries = 2,
		.exclude = STR("football"),
		.feeds = &feed,
		.n_feeds = 1,
		.groups = &group,
		.n_groups = 1};
	struct watch_view v = {.title = STR("Kiev"), .feed = STR("bbc")};
	size_t index;

	(void)state;
	buf_init(&w.diags, 1 << 16);
	buf_init(&w.hits, 1 << 16);
	assert_int_equal(watch_builder_add(b, &def, &index, query_fixture_on_diag, &w), 0);
	assert_int_equal(watch_builder_finish(b, &w.set, NULL), 0);
	query_fixture_run(&w, &v);
	assert_true(w.matched);
	w.matched = false;
	v.feed = STR("cnn");
	query_fixture_run(&w, &v);
	assert_false(w.matched);
	v.groups = &group;
	v.n_groups = 1;
	query_fixture_run(&w, &v);
	assert_true(w.matched);
	w.matched = false;
	v.body = STR("football");
	query_fixture_run(&w, &v);
	assert_false(w.matched);
	query_fixture_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms),
		cmocka_unit_test(operators),
		cmocka_unit_test(attributes),
		cmocka_unit_test(errors),
		cmocka_unit_test(all_errors_of_a_query_are_reported),
		cmocka_unit_test(limits),
		cmocka_unit_test(a_long_chain_is_matched),
		cmocka_unit_test(limits_hold_for_expanded_defines),
		cmocka_unit_test(defines),
		cmocka_unit_test(circular_defines_are_reported),
		cmocka_unit_test(sources_and_exclusions),
	};

	return cmocka_run_group_tests_name("watch language", tests, NULL, NULL);
}
