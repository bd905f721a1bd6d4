/* SPDX-License-Identifier: MIT */
/* Rules of the query language in detail: edge cases of each row, precedence, positions of hits. */
#include "lib/query_fixture.h"

static void check_rows(const struct query_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		query_fixture_check_row(&rows[i]);
}

#define CHECK(rows) check_rows(rows, COUNT(rows))

static void words_and_phrases(void **state)
{
	static const struct query_row rows[] = {
		{"100,000", "some 100,000 men", NULL, "100,000", NULL},
		{"100,000", "100 000", NULL, NULL, NULL},
		{"大使館", "日本大使館前", NULL, "大使館", NULL},
		{"大使館", "大使の館", NULL, NULL, NULL},
		{"l'ambassade", "de l’ambassade", NULL, "l’ambassade", NULL},
		{"ambassade", "de l’ambassade", NULL, "ambassade", NULL},
		{"T's", "the T's", NULL, "T's", NULL},
		{"O'Brien", "O’Brien's", NULL, "O’Brien's", NULL},
		{"¿Kiev", "Kiev", NULL, "Kiev", NULL},
		{"non–essential", "non essential", NULL, "non essential", NULL},
		{"a b–c", "a b c", NULL, "a|b c", NULL},
		{"\"? down\"", "draw down down", NULL, "draw down|down down", NULL},
		{"\"? down\"", "down", NULL, NULL, NULL},
		{"\"draw ?\"", "draw", NULL, NULL, NULL},
		{"\"draw ? ? down\"", "draw it all down", NULL, "draw it all down", NULL},
		{"\"a-b\"", "a b", NULL, "a b", NULL},
		{"\"draw dow*\"", "draw dow", NULL, "draw dow", NULL},
		{"„draw down“", "draw it down", NULL, NULL, NULL},
		{"{Zürich}", "Zürich Zurich zürich", NULL, "Zürich", NULL},
		{"{Le Monde}", "Le monde", NULL, NULL, NULL},
		{"{“WHO”}", "WHO", NULL, "WHO", NULL},
		{"/“no”/", "he said “no”", NULL, "“no”", NULL},
		{"/“no”/", "he said \"no\"", NULL, NULL, NULL},
		{"/a\\/b/", "a/b", NULL, "a/b", NULL},
		{"/x b/", "x", "b", NULL, NULL},
	};

	(void)state;
	CHECK(rows);
}

static void signs_before_words(void **state)
{
	static const struct query_row rows[] = {
		{"$GM", "$GM jumps, GM falls, $gm", NULL, "GM|gm", NULL},
		{"$GM", "gm everybody US GM# $ GM $_GM", NULL, NULL, NULL},
		{"$GM", "$GM's gain", "US$GM", "GM's|GM", NULL},
		{"#brief", "brief #Brief #briefs \u2013#brief", NULL, "Brief|brief", NULL},
		{"#brief*", "briefs #briefing", NULL, "briefing", NULL},
		{"#*ief", "brief #brief", NULL, "brief", NULL},
		{"#COVID-19", "COVID-19 #COVID-19 #covid 19", NULL, "COVID-19|covid 19", NULL},
		{"#Save_Norland", "Save_Norland #save_norland", NULL, "save_norland", NULL},
		{"#שלום", "שלום #\u200fשלום", NULL, "שלום", NULL},
		{"#embassy", "#embassies #embassy", NULL, "embassy", "en"},
		{"-#a b", "a b", NULL, "b", NULL},
		{"-#a b", "#a b", NULL, NULL, NULL},
		{"title:#a", "#a", "#a", "a", NULL},
		{"#a NEAR/1 b", "a b c d #a c b", NULL, "a|b", NULL},
		{"#a OR $a", "#a $a a", NULL, "a|a", NULL},
		/* elsewhere a sign is punctuation */
		{"\"#brief\"", "brief", NULL, "brief", NULL},
		{"{#Brief}", "Brief brief", NULL, "Brief", NULL},
		{"=$gm", "GM", NULL, "GM", NULL},
		{"a#b", "a b", NULL, "a b", NULL},
		/* two atoms of one form, and other words of the same source */
		{"(#who OR {WHO} OR $who) who", "who", NULL, NULL, NULL},
		{"#who {WHO}", "#WHO", NULL, "WHO", NULL},
		{"#w*o {WHO} #who", "who #who WHO", NULL, "who|WHO", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void words_of_many_languages(void **state)
{
	static const struct query_row rows[] = {
		{"NATO", "NATO'nun EU'da NATO:n NATO’s nato", NULL, "NATO|NATO|NATO’s|nato", NULL},
		{"NATO'nun", "NATO'nun NATO’nun", NULL, "NATO'nun|NATO’nun", NULL},
		{"{NATO}", "NATO'nun NATO'S Nato", NULL, "NATO|NATO'S", NULL},
		{"{Lloyd's}", "Lloyd Lloyd's Lloyd’s", NULL, "Lloyd's|Lloyd’s", NULL},
		{"{L'Équipe}", "L’Équipe l'équipe", NULL, "L’Équipe", NULL},
		{"l'*bassade", "l’ambassade", NULL, "l’ambassade", NULL},
		{"EU.No*", "EU.Norland EU Nor EU.NOR", NULL, "EU.Norland|EU Nor", NULL},
		{"U.S*", "U.S.Army U.S.", NULL, "U.S.Army|U.S", NULL},
		{"can't", "cant CAN’T can t", NULL, "CAN’T", NULL},
		{"צה\"ל", "צה״ל צה”ל בצה\"ל", NULL, "צה״ל|צה”ל", NULL},
		{"\"דובר צה\"ל\"", "דובר צה״ל אמר", NULL, "דובר צה״ל", NULL},
		{"*צה\"ל", "בצה״ל", NULL, "בצה״ל", NULL},
		{"ג'ורג'יה", "ג׳ורג׳יה ג’ורג’יה", NULL, "ג׳ורג׳יה|ג’ורג’יה", NULL},
		{"{רח}", "רח' רח׳", NULL, "רח'|רח׳", NULL},
		{"\u200fשלום\u200f \u200fAND\u200f \u202b\"שלום\"\u202c", "שלום", NULL, "שלום",
			NULL},
		{"שלום -\u200fעולם \u200f", "שלום עולם", NULL, NULL, NULL},
		{"שלום", "שָׁלוֹם \u200fשלום\u200f", NULL, "שָׁלוֹם|שלום", NULL},
		{"ایران", "إيران ايران إيـران", NULL, "إيران|ايران|إيـران", NULL},
		{"کابل", "كابل کابل", NULL, "كابل|کابل", NULL},
		{"Gudmundur", "Guðmundur", NULL, "Guðmundur", NULL},
		{"Thor*", "Þórr", NULL, "Þórr", NULL},
		{"2024", "٢٠٢٤ ۲۰۲۴ २०२४", NULL, "٢٠٢٤|۲۰۲۴|२०२४", NULL},
		{"Paris", "«\u202fParis\u202f» Paris\u202f!", NULL, "Paris|Paris", NULL},
		{"staff", "embassy\u200bstaff", NULL, "staff", NULL},
		{"Ali", "ʿAlī Ali", NULL, "Alī|Ali", NULL},
		{"Quran OR Qur'an", "Qurʾan Qur'an", NULL, "Qurʾan|Qur'an", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void loose_phrases(void **state)
{
	static const struct query_row rows[] = {
		{"\"a b\"~0", "b a", NULL, "b a", NULL},
		{"\"a b\"~0", "a x b", NULL, NULL, NULL},
		{"\"a b c\"~1", "c x a b", NULL, "c x a b", NULL},
		{"\"a b c\"~1", "c x a x b", NULL, NULL, NULL},
		/* the shortest match from each first word */
		{"\"a b\"~9", "a x b x b", NULL, "a x b", NULL},
		{"\"a b\"~9", "a b x a", NULL, "a b|b x a", NULL},
		{"\"a a\"~3", "a", NULL, NULL, NULL},
		{"\"a b\"~5", "a", "b", NULL, NULL},
		{"\"embass* staff\"~1", "staff of embassies", NULL, "staff of embassies", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void wildcards_and_edits(void **state)
{
	static const struct query_row rows[] = {
		{"relocat*", "relocat", NULL, "relocat", NULL},
		{"w?r", "wr wa wär w.r", NULL, "wär|w.r", NULL},
		{"*mb*", "bomb ember umb", NULL, "bomb|ember|umb", NULL},
		{"19*", "1984 2019 19", NULL, "1984|19", NULL},
		{"?ar", "car ar scar", NULL, "car", NULL},
		{"U.S*", "U.S U.SA us", NULL, "U.S|U.SA", NULL},
		{"トラ*", "トランプ大統領", NULL, "トランプ", NULL},
		{"\"10?,000\"", "100,000 1000", NULL, "100,000", NULL},
		{"zelensky~1", "zelensky", NULL, "zelensky", NULL},
		{"zelensky~1", "zelenskyy", NULL, "zelenskyy", NULL}, /* insertion */
		{"zelensky~1", "zelnsky", NULL, "zelnsky", NULL},     /* deletion */
		{"zelensky~1", "zelinsky", NULL, "zelinsky", NULL},   /* substitution */
		{"zelensky~1", "zelesnky", NULL, "zelesnky", NULL},   /* transposition */
		{"zelensky~1", "selensky", NULL, NULL, NULL},
		{"zelensky~1", "zelinski", NULL, NULL, NULL},
		{"zelensky~2", "zelinski", NULL, "zelinski", NULL},
		{"zelensky~2", "zilinski", NULL, NULL, NULL},
		{"Kyiv~1", "KYYIV", NULL, "KYYIV", NULL},
		{"київ~1", "киев", NULL, "киев", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void stems(void **state)
{
	static const struct query_row rows[] = {
		{"relocate", "relocating", NULL, "relocating", "en-GB"},
		{"embassy", "Embassies", NULL, "Embassies", "en"},
		{"relocate", "relocat", NULL, NULL, "en"},
		{"relocating*", "relocate", NULL, NULL, "en"},
		{"\"relocating* staff\"", "relocate staff", NULL, NULL, "en"},
		{"{Relocate}", "Relocating", NULL, NULL, "en"},
		{"relocate~1", "relocating", NULL, NULL, "en"},
		{"=relocate", "relocating", NULL, NULL, "en"},
		{"évacuée", "évacuées", NULL, "évacuées", "fr"},
		{"relocate", "relocating", NULL, NULL, NULL},
	};

	(void)state;
	CHECK(rows);
}

static void near(void **state)
{
	static const struct query_row rows[] = {
		{"a ONEAR b", "a 1 2 3 4 b", NULL, "a|b", NULL},
		{"a ONEAR b", "a 1 2 3 4 5 b", NULL, NULL, NULL},
		{"a NEAR/2f b", "a 1 2 b", NULL, "a|b", NULL},
		{"\"a b\" NEAR/9 \"b c\"", "a b c", NULL, NULL, NULL}, /* they share b */
		{"\"a b\" NEAR/0 \"b c\"", "a b b c", NULL, "a b|b c", NULL},
		{"\"a x\"~3 NEAR/0 b", "a b x", NULL, NULL, NULL}, /* it covers b */
		{"(a NEAR/3 c) ONEAR/0 b", "a b c", NULL, NULL, NULL},
		{"(a OR b) NEAR/0 (c OR d)", "b c a d", NULL, "b|c|a|d", NULL},
		{"a NEAR/0 b NEAR/0 c", "a b x c", NULL, NULL, NULL},
		{"a NEAR/0 (b NEAR/9 c)", "b a 1 c", NULL, "b|a|c", NULL},
		{"a NOT NEAR b", "a 1 2 3 4 b", NULL, NULL, NULL},
		{"a NOT NEAR b", "a 1 2 3 4 5 b", NULL, "a", NULL},
		{"a NOT NEAR/0 \"a b\"", "a b x a", NULL, "a", NULL}, /* overlaps: distance 0 */
		{"a NOT NEAR/0 \"a b\"", "a b", NULL, NULL, NULL},
		{"a NOT NEAR/3 b", "a", "b", "a", NULL},
		{"a SENT a", NULL, "We saw a.", NULL, NULL},
		{"a SENT a", NULL, "We saw a and a.", "a|a", NULL},
		{"a PARA a", NULL, "a.\n\na.", NULL, NULL},
		{"(a NEAR/1 b) SENT c", NULL, "C was a b.", "C|a|b", NULL},
		{"(a NEAR/1 b) SENT c", NULL, "So a. B is c.", NULL, NULL},
	};

	(void)state;
	CHECK(rows);
}

static void fields_and_functions(void **state)
{
	static const struct query_row rows[] = {
		{"title:\"a b\"", "a b", NULL, "a b", NULL},
		{"title:\"a b\"", NULL, "a b", NULL, NULL},
		{"title:(a -b)", "a", "b", "a", NULL},
		{"-title:a b", NULL, "a b", "b", NULL},
		{"title:ATLEAST/2(a)", "a a", "x", "a|a", NULL},
		{"title:ATLEAST/2(a)", "a", "a", NULL, NULL},
		{"LEAD/2(title:a OR body:b)", "x", "c b a", "b", NULL},
		{"LEAD/2(\"a b\")", "x", "c a b", NULL, NULL},
		{"LEAD/3(\"a b\")", "x", "c a b", "a b", NULL},
		{"LEAD/2(a words>2)", "x", "a b c", "a", NULL},
		{"LEAD/2(a -b)", "x", "a c b", "a", NULL},
		{"LEAD/2(a NEAR/5 b)", "x", "a c b", NULL, NULL},
		{"LEAD/2(ATLEAST/2(a))", "a", "b a a", "a|a", NULL},
		{"LEAD/2(/b/)", "x", "a c b", NULL, NULL},
		{"ATLEAST/2(a OR =a)", "a", NULL, NULL, NULL}, /* equal positions are one hit */
		{"ATLEAST/2(a OR b)", "a", "b", "a|b", NULL},
		{"ATLEAST/2(\"a ? a\")", "a x a x a", NULL, "a x a|a x a", NULL},
		{"ATLEAST/1(a)", "a", NULL, "a", NULL},
		{"ANY/2(a b, c OR d, e -f)", "e d", NULL, "e|d", NULL},
		{"ANY/2(a b, c OR d, e -f)", "e d f", NULL, NULL, NULL},
		{"ANY/1(a)", "a", NULL, "a", NULL},
		{"a words<1", "a", NULL, "a", NULL},
		{"a words>0", "a", NULL, NULL, NULL},
	};

	(void)state;
	CHECK(rows);
}

static void lead_has_fifty_words_by_default(void **state)
{
	struct buf body;

	(void)state;
	buf_init(&body, 1000);
	for (int i = 0; i < 49; i++)
		buf_addz(&body, "x ");
	buf_addz(&body, "a b");
	query_fixture_check_row(&(struct query_row){"LEAD(a)", NULL, buf_z(&body), "a", NULL});
	query_fixture_check_row(&(struct query_row){"LEAD(b)", NULL, buf_z(&body), NULL, NULL});
	buf_release(&body);
}

static void operators_have_their_precedence(void **state)
{
	static const struct query_row rows[] = {
		{"a b NEAR/0 c", "a x b c", NULL, "a|b|c", NULL},
		{"a b NEAR/0 c", "b c", NULL, NULL, NULL},
		{"a OR b NEAR/0 c", "a", NULL, "a", NULL},
		{"a OR b NEAR/0 c", "b x c", NULL, NULL, NULL},
		{"a -b c", "a c", NULL, "a|c", NULL},
		{"a NOT b c", "a", NULL, NULL, NULL}, /* it applies to b only */
		{"a NOT b NEAR/0 c", "a b x c", NULL, "a", NULL},
		{"a AND NOT b", "a b", NULL, NULL, NULL},
		{"NOT b AND a", "a", NULL, "a", NULL},
		{"title:a b", "a", "b", "a|b", NULL},
		{"(a OR b) AND (c OR d)", "b d", NULL, "b|d", NULL},
		{"(((a)))", "a", NULL, "a", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void hits(void **state)
{
	static const struct query_row rows[] = {
		{"a OR \"a b\"", "a b", NULL, "a|a b", NULL},
		{"a OR =a OR {A}", "A", NULL, "A", NULL},
		{"a AND (b OR c)", "c a", NULL, "c|a", NULL},
		{"a -b", "a", NULL, "a", NULL},
		{"b a", "a", "b", "a|b", NULL}, /* the title first */
		{"a NEAR/0 b", "a b a", NULL, "a|b|a", NULL},
		{"a NEAR/0 b", "a b x a", NULL, "a|b", NULL},
		{"ANY/1(a, b, c)", "c b", NULL, "c|b", NULL},
		{"LEAD/1(a)", "a", "a a", "a|a", NULL},
		{"words>0 a", NULL, "a", "a", NULL},
		{"/a+/", "aa b aaa", NULL, "aa|aaa", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void on_places(void *ctx, const struct watch_match *m)
{
	for (size_t i = 0; i < m->n_hits; i++)
		buf_printf(ctx, "%s %zu+%zu %.*s by %.*s|", query_field_name(m->hits[i].field),
			m->hits[i].offset, m->hits[i].length, STR_ARG(m->hits[i].text),
			STR_ARG(m->hits[i].term));
}

static void a_hit_says_where_and_by_what(void **state)
{
	struct watch_view v = {.title = STR("Ünder a"),
		.body = STR("em\u00adbassies, a/b"),
		.author = STR("Jane"),
		.published = STAMP_NONE};
	struct watch_scratch *s;
	struct query_fixture w;
	struct buf got;

	(void)state;
	buf_init(&got, 1000);
	assert_int_equal(query_fixture_build(&w, "embass* a-b OR {Ünder} OR author:jane", NULL),
		-(int)ERR_CONF);
	query_fixture_release(&w);
	assert_int_equal(
		query_fixture_build(&w, "embass* OR a-b OR {Ünder} OR author:jane", NULL), 0);
	s = watch_scratch_new(w.set);
	assert_int_equal(watch_set_match(w.set, s, &v, on_places, &got, NULL), 0);
	assert_string_equal(buf_z(&got), "title 0+6 Ünder by {Ünder}|"
					 "body 0+11 em\u00adbassies by embass*|"
					 "body 13+3 a/b by a-b|author 0+4 Jane by jane|");
	watch_scratch_free(s);
	buf_release(&got);
	query_fixture_release(&w);
}

static void attributes(void **state)
{
	static const struct query_answer rows[] = {
		{"author:smi*", true},
		{"author:(jane NEAR/0 smith)", true},
		{"author:{smith}", false},
		{"author:/^jane smith$/i", true},
		{"category:(politics NEAR/5 europe)", false},
		{"category:/^World E/", true},
		{"category:/politics.+World/", false},
		{"category:(politics europe)", true},
		{"url:(asia OR world-europe)", true},
		{"url:\"news/world\"", true},
		{"feed:(cnn OR bbc)", true},
		{"feed:\"bbc\"", true},
		{"lang:(fr OR EN)", true},
		{"lang:e", false},
		{"site:co.uk", true},
		{"site:bbc.co.uk.evil", false},
		{"x age<61m", true},
		{"x age<60m", false},
		{"x age<3601s", true},
		{"x age<1d", true},
		{"x -(age<2h)", false},
	};
	struct str categories[] = {STR("World politics"), STR("World Europe")};
	struct watch_view v = {
		.title = STR("x"),
		.author = STR("Jane Smith"),
		.categories = categories,
		.n_categories = 2,
		.url = STR("https://news.bbc.co.uk/news/world-europe-1"),
		.site = STR("news.bbc.co.uk"),
		.feed = STR("bbc"),
		.lang = STR("en-gb"),
		.published = STAMP_NONE, /* then first_seen is used */
		.first_seen = 100 * CLOCK_HOUR,
		.now = 101 * CLOCK_HOUR,
	};

	(void)state;
	query_fixture_check_answers(rows, COUNT(rows), &v);
}

/* All options of a watch together: what each excludes, and where its errors are reported. */
static void options(void **state)
{
	static const struct {
		const char *title, *feed;
		bool match;
	} items[] = {
		{"They were relocating", "bbc", true}, /* the first query, in English */
		{"les évacuées", "bbc", true},	       /* the second, in French */
		{"They were relocating", "cnn", false},
		{"They were relocating teams", "bbc", false},
		{"They went", "bbc", false},
	};
	struct str q[] = {STR("relocate"), STR("évacuée")}, stem[] = {STR("en"), STR("fr-CA")},
		   feed = STR("bbc");
	struct watch_def def = {.name = STR("w"),
		.queries = q,
		.n_queries = 2,
		.exclude = STR("team OR words>100"),
		.stems = stem,
		.n_stems = 2,
		.feeds = &feed,
		.n_feeds = 1};
	struct watch_builder *b = watch_builder_new();
	struct query_fixture w = {0};
	size_t index;

	(void)state;
	buf_init(&w.diags, 1 << 16);
	buf_init(&w.hits, 1 << 16);
	assert_int_equal(watch_builder_add(b, &def, &index, query_fixture_on_diag, &w), 0);
	assert_int_equal(watch_builder_finish(b, &w.set, NULL), 0);
	for (size_t i = 0; i < COUNT(items); i++) {
		w.matched = false;
		query_fixture_run(&w, &(struct watch_view){.title = str_of(items[i].title),
					      .feed = str_of(items[i].feed),
					      .published = STAMP_NONE});
		if (w.matched != items[i].match)
			fail_msg("%s of %s", items[i].title, items[i].feed);
	}
	query_fixture_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_phrases),
		cmocka_unit_test(signs_before_words),
		cmocka_unit_test(words_of_many_languages),
		cmocka_unit_test(loose_phrases),
		cmocka_unit_test(wildcards_and_edits),
		cmocka_unit_test(stems),
		cmocka_unit_test(near),
		cmocka_unit_test(fields_and_functions),
		cmocka_unit_test(lead_has_fifty_words_by_default),
		cmocka_unit_test(operators_have_their_precedence),
		cmocka_unit_test(hits),
		cmocka_unit_test(a_hit_says_where_and_by_what),
		cmocka_unit_test(attributes),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests_name("watch rules", tests, NULL, NULL);
}
