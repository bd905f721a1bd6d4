/* SPDX-License-Identifier: MIT */
/* Diagnostics of queries and their positions: errors with a suggestion, warnings. */
#include "lib/query_fixture.h"

/* Prefix of the first line; "" for a query without diagnostics. */
static const struct {
	const char *query, *diag;
} queries[] = {
	/* terms */
	{"\"* down\"", "0 a wildcard needs two letters or digits beside it\n  for any words"},
	{"*", "0 a wildcard needs two letters"},
	{"w??", "0 a wildcard needs two letters"},
	{"\"a b\"~501", "0 no such distance\n  write a number from 0 to 500"},
	{"\"a b\"~500", ""},
	{"\"a b\"~", "5 ~ without a number"},
	{"zelensky~", "8 ~ without a number\n  write a number after it, then a space: zelensky~1, "
		      "\"buildup troops\"~3\n"},
	{"zelensky~1x", "8 ~ with more than a number"},
	{"\"a b\"~3c", "5 ~ with more than a number"},
	{"={WHO}", "0 = without a word\n  write =leave"},
	{"zelensky~0", "0 no such number of edits"},
	{"non-essential~1", "0 ~ on a term of several words\n  for words in any order"},
	{"=leave~1", "0 = and ~ contradict each other"},
	{"relocat*~1", "0 ~ on a word with a wildcard"},
	{"{WHO}~1", "5 a ~ that belongs to nothing"},
	{"kyiv~1", ""},
	{"zelens~2", ""},
	{"=", "0 = without a word"},
	{"!!!", "0 !!!: ! means nothing here"},
	{"//", "0 an empty regular expression"},
	{"a /b", "2 a regular expression that is never closed"},
	{"{WHO", "0 a { that is never closed"},
	{"WHO}", "3 a } that belongs to nothing"},
	{"a @", "2 @ without a name"},
	{"/a/ii", "3 an unknown flag"},
	{"a —", "2 a dash on its own"},
	{"- a", "0 a dash on its own"},
	{"–", "0 a dash on its own"},
	{"a — b", "2 a dash on its own"},
	{"a –b", "2 a typographic dash before a term\n  write -word, with the minus"},
	{"−a b", "0 a typographic dash before a term"},
	{"a ‐b", "2 a typographic dash before a term"},
	{"a \u2011b", "2 a typographic dash before a term"},
	{"a ‒b", "2 a typographic dash before a term"},
	{"a (—b OR c)", "3 a typographic dash before a term"},
	{"a –\"b c\"", "2 a typographic dash before a term"},
	{"a –“b c”", "2 a typographic dash before a term"},
	{"a –(b OR c)", "2 a typographic dash before a term"},
	{"a –{B}", "2 a typographic dash before a term"},
	{"a title:–b", "8 a typographic dash before a term"},
	{"a －b", "2 a typographic dash before a term"},
	{"a b–c", ""},
	{"\"–a\" {–A} /–a/", ""},
	/* prefixes */
	{"EU:n", "0 unknown field EU:\n  write \"EU:n\" for the words; fields are"},
	{"a (ЕС:н OR b)", "3 unknown field ЕС:\n  write \"ЕС:н\""},
	{"Title:x", "0 unknown field Title:\n  did you mean title: ? or, for the words, write"},
	{"headline:x", "0 unknown field headline:\n  did you mean title: ?"},
	{"EU: n", "0 unknown field EU:\n  fields are title:"},
	{"headline:(a OR b)", "0 unknown field headline:\n  did you mean title: ?\n"},
	{"10:30", ""},
	{"G7:n", ""},
	{"l'UE:n", ""},
	{"\"EU:n\" {EU:n}", ""},
	/* signs */
	{"$", "0 a term without any word"},
	{"#-a", "0 a sign without a word directly after it"},
	{"##a", "0 a sign without a word directly after it"},
	{"#*", "0 a wildcard needs two letters"},
	{"$?-ab", "0 a sign without a word"},
	{"#brief~1", "0 ~ on a word with a sign before it"},
	{"EU.N*", "0 a wildcard needs two letters"}, /* two words */
	{"$GM #brief* -#x title:#y (#z)", ""},
	/* Hebrew: the quote inside a word ends nothing */
	{"צה\"ל", ""},
	{"a \"צה\"ל b\" צה”ל", ""},
	{"\"צה\" a", ""},
	{"צה\" a", "4 a quote that is never closed"},
	{"Ya'alon~1", "0 ~ on a term of several words"},
	{"NATO'nun~1", "0 ~ on a term of several words"},
	/* operators */
	{"a NEAR/500 b", ""},
	{"a NEAR/ b", "2 NEAR/: no such distance"},
	{"a ONEAR/501 b", "2 ONEAR/501: no such distance"},
	{"a NEAR/5x b", "2 NEAR/5x: no such distance"},
	{"a NOT ONEAR/3 b", "6 NOT goes with NEAR, not with ONEAR\n  write NOT NEAR"},
	{"LEAD/0(a)", "0 LEAD/0: not a number from 1"},
	{"LEAD/x(a)", "0 LEAD/x: not a number from 1"},
	{"LEAD/5 a", "0 brackets are missing"},
	{"ATLEAST/0(a)", "0 ATLEAST/0: not a number from 1"},
	{"ANY/2 a", "0 brackets are missing"},
	{"ANY(a, b)", "0 ANY: a number is missing"},
	{"ANY/1(a, , b)", "7 something is missing here"},
	{"a words<>3", "2 words<>3: not a length"},
	{"a words>", "2 words>: not a length"},
	{"a age<2w", "2 age<2w: not an age\n  write age<2h; units are s m h d"},
	{"a age>2h", "2 age>2h: not an age"},
	{"a age<0h", "2 age<0h: not an age"},
	{"a title<3", "2 title<3: no such comparison"},
	{"site:", "0 a value is missing"},
	{"site:()", "6 a value is missing"},
	{"site:(a.com AND b.com)", "12 a list of values is not closed"},
	{"site:(a.com OR b.com", "5 a list of values is not closed"},
	{"site:(a.com, b.com)", "11 a list of values is not closed\n  a list is written site:("},
	{"site:(, b.com)", "6 a value is missing"},
	{"site:a.com, b", "10 a comma means nothing here"},
	{"ANY/1(site:, b)", "11 a value is missing"},
	{"site:*.bbc.co.uk", "5 not the name of a site\n  write site:bbc.co.uk, which takes"},
	{"site:bbc.co.uk/news", "5 not the name of a site"},
	{"site:\"https://bbc.co.uk\"", "5 not the name of a site"},
	{"site:(a.com OR .bbc.co.uk)", "15 not the name of a site"},
	{"site:bbc.co.uk. a", "5 not the name of a site"},
	{"feed:bbc-* a", "5 a wildcard in a value\n  write it out, or a list"},
	{"url:/news/*", "4 a wildcard in a value\n  leave it out"},
	{"group:@wires a", "6 a define instead of a name"},
	{"title:-a", "6 the field comes before the minus"},
	{"title:words>3 a", "6 words, age and sources do not belong to a field"},
	{"title:feed:x", "6 a field inside a field"},
	{"--a", "1 a minus where a term is expected"},
	/* scope of fields */
	{"/x/ SENT a", "0 regular expression inside SENT"},
	{"/x/ PARA a", "0 regular expression inside PARA"},
	{"ATLEAST/2(/x/)", "10 regular expression inside ATLEAST"},
	{"a NOT NEAR/3 /x/", "13 regular expression inside NOT NEAR"},
	{"a PARA b NEAR/3 c", "0 PARA inside NEAR\n  write it as a part of its own"},
	{"a NOT NEAR/2 b NEAR/3 c", "0 NOT NEAR inside NEAR"},
	{"a NEAR/3 (b -c)", "9 AND inside NEAR\n  write (a NEAR/5 c) AND"},
	{"a NEAR/3 (b OR title:c)", "15 a field prefix inside NEAR\n  write title:(a NEAR"},
	{"a NEAR/3 LEAD(b)", "9 LEAD inside NEAR\n  write it around: LEAD/50"},
	{"a SENT ATLEAST/2(b)", "7 ATLEAST inside SENT"},
	{"a NEAR/3 ANY/1(b, c)", "9 ANY inside NEAR"},
	{"a NEAR/3 site:x.com", "9 a field prefix inside NEAR"},
	{"a NEAR/3 words>5", "9 words inside NEAR"},
	{"ATLEAST/2(a AND b)", "10 AND inside ATLEAST\n  write ATLEAST/2(a) AND ATLEAST/2(b)"},
	{"ATLEAST/2(title:a)", "10 a field prefix inside ATLEAST\n  write title:ATLEAST"},
	{"ATLEAST/2(ATLEAST/2(a))", "10 ATLEAST inside ATLEAST\n  one number is enough"},
	{"ATLEAST/2(a SENT b)", "10 SENT inside ATLEAST\n  write it as a part of its own: ATLEAST"},
	{"feed:(x OR y) NEAR/3 a",
		"0 a field prefix inside NEAR\n  write it as a part of its own, joined"},
	{"a NEAR/5 NOT b", "9 NOT where a term is expected\n  write a NOT NEAR/5 b"},
	{"a NOT NOT b", "6 NOT where a term is expected\n  one NOT is enough"},
	{"title:(a NEAR/3 b)", ""},
	/* sources */
	{"a sources>=3 source:bbc tier:official", ""},
	{"a AND (b AND sources>=2)", ""},
	{"a source:(bbc OR ap) (tier:wire OR tier:official)", ""},
	{"a OR sources>=3", "5 sources>=3 inside OR\n  write it at the top of the query, joined"},
	{"a (b OR (c sources>=3))", "11 sources>=3 inside OR"},
	{"a OR source:bbc", "5 source: inside OR\n  write it at the top of the query, joined by "
			    "AND: (a OR b) AND source:(c OR d); elsewhere name feeds"},
	{"a OR tier:wire", "5 tier: inside OR"},
	{"a (tier:wire OR source:bbc)", "3 tier: inside OR"},
	{"a NOT source:(b OR c)", "6 source: inside NOT"},
	{"a -sources>=3", "3 sources>=3 inside NOT"},
	{"ANY/2(a, b, tier:wire)", "12 tier: inside ANY"},
	{"LEAD(a sources>=2)", "7 sources>=2 inside LEAD"},
	{"LEAD(ANY/1(a, tier:wire))", "14 tier: inside LEAD"},
	{"a NEAR/3 sources>=2", "9 sources inside NEAR\n  write it as a part of its own"},
	{"a NEAR/3 source:x", "9 a field prefix inside NEAR\n  write it as a part of its own"},
	{"ATLEAST/2(tier:wire)", "10 a field prefix inside ATLEAST"},
	{"a SENT (b OR tier:wire)", "13 a field prefix inside SENT"},
	{"title:(a sources>=2)", "9 words, age and sources do not belong to a field\n  write it "
				 "outside"},
	{"title:(a source:x)", "9 a field inside a field"},
	{"a sources>3", "2 sources>3: not a number of sources\n  write sources>=3: at least so"},
	{"a sources<3", "2 sources<3: not a number of sources"},
	{"a sources>=0", "2 sources>=0: not a number of sources"},
	{"a sources>=1001", "2 sources>=1001: not a number of sources"},
	{"a sources>=x", "2 sources>=x: not a number of sources"},
	{"a sources=3", "2 sources=3: no such comparison\n  write sources>=3"},
	{"a sources≥3", "2 sources≥3: no such comparison\n  write sources>=3"},
	{"a sources >= 3",
		"10 >=: no such comparison\n  comparisons are words>300, words<50, age<2h "
		"and sources>=3"},
	{"a words=3", "2 words=3: no such comparison"},
	{"a words>=300", "2 words>=300: not a length"},
	{"a sources:3", "2 unknown field sources:\n  did you mean source: ?"},
	{"a outlet:bbc", "2 unknown field outlet:\n  did you mean source: ?"},
	{"a tier:gold", "7 no such tier\n  tiers are official, wire, established and unverified"},
	{"a tier:(wire OR gold)", "16 no such tier"},
	{"a tier:WIRE", ""},
	{"a source:b*", "9 a wildcard in a value"},
	{"sources>=3", "0 a query that requires nothing"},
	{"tier:official", ""},
	{"a \"sources>=3\" sources", ""},
	/* required parts */
	{"words<20 age<2h", "0 a query that requires nothing"},
	{"a OR words<20", "0 a query that requires nothing"},
	{"ANY/1(a, words<20)", "0 a query that requires nothing"},
	{"ANY/2(a, words<20)", ""},
	{"LEAD(words<20)", "0 a query that requires nothing"},
	{"-a -b", "0 NOT without anything"},
	{"a (NOT b)", ""},
	{"-a words<20", "0 a query that requires nothing"},
	{"feed:x", ""},
	/* AND beside OR */
	{"a NOT b OR c", "8 AND and OR are mixed"},
	{"a OR b AND c", "7 AND and OR are mixed without brackets\n  write a OR (b AND c), or "
			 "(a OR b) AND c"},
	{"a OR b -c", "7 AND and OR are mixed"},
	{"ANY/1(a AND b OR c, d)", "14 AND and OR are mixed"},
	{"a OR (b AND c)", ""},
	{"a NEAR/2 b OR c", ""},
	/* warnings */
	{"a near b", "warning 2 near is read as a word here\n  operators are written in cap"},
	{"a near/5 b", "warning 2 near/5 is read as a word here"},
	{"a near5 b", "2 near5: an operator of another product\n  write NEAR/4"},
	{"a or b", "warning 2 or is read as a word"},
	{"a not b", "warning 2 not is read as a word"},
	{"\"a and b\"", ""},
	{"a NEAR 5 b", "warning 7 5 is read as a word here\n  write it with a slash: NEAR/5"},
	{"a ONEAR 12 b", "warning 8 12 is read as a word here\n  write it with a slash: ONEAR/12"},
	{"a NOT NEAR 3 b", "warning 11 3 is read as a word here\n  write it with a slash: NEAR/3"},
	{"LEAD 50 (a)", "warning 5 50 is read as a word here\n  write it with a slash: LEAD/50"},
	{"ATLEAST 2(a)", "warning 8 2 is read as a word here"},
	{"a NEAR b 5", ""},
	{"a OR 5", ""},
	{"kyiv^2 a", "warning 4 ^ has no effect\n  leave it out, or set dialect"},
	{"\"a b\"^2", "warning 5 ^ has no effect"},
	{"a; b", "warning 1 ; separates no terms\n  write OR or AND"},
	{"\"a; b^2\" {a;} /a;^/ url:a;b", ""},
	{"a site:bbc", "warning 7 a site without a dot\n  write the whole name"},
	{"site:(bbc OR a.com) x", "warning 6 a site without a dot"},
	{"a site:[::1]", ""},
	{"and a", ""},
	{"*burg", "warning 0 no word of this query could rule items out"},
	{"/x+/", "warning 0 the regular expression is tried on every item"},
	{"mayor *burg", ""},
	{"airline* /x+/", ""},
};

static void queries_get_their_diagnostics(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct query_fixture w;
		bool fine = !*queries[i].diag || strncmp(queries[i].diag, "warning", 7) == 0;
		int rc = query_fixture_build(&w, queries[i].query, NULL);
		const char *got = buf_z(&w.diags);

		if ((rc == 0) != fine ||
			strncmp(got, queries[i].diag, strlen(queries[i].diag)) != 0 ||
			(!*queries[i].diag && *got))
			fail_msg("%s: %d %s, not %s", queries[i].query, rc, got, queries[i].diag);
		query_fixture_release(&w);
	}
}

static void on_part(void *ctx, const struct query_diag *d)
{
	buf_printf(ctx, "%d:%zu ", (int)d->part, d->offset);
}

static void each_error_names_its_part(void **state)
{
	struct str q[] = {STR("a"), STR("b @nobody"), STR("c {} @gone"), STR("@none")},
		   stem = STR("xx");
	struct watch_def def = {.name = STR("w"),
		.queries = q,
		.n_queries = 4,
		.exclude = STR("x OR @no"),
		.stems = &stem,
		.n_stems = 1};
	struct watch_builder *b = watch_builder_new();
	struct watch_set *set;
	struct buf parts;
	size_t index;

	(void)state;
	buf_init(&parts, 1000);
	assert_int_equal(watch_builder_add(b, &def, &index, on_part, &parts), -(int)ERR_CONF);
	assert_int_equal(watch_builder_finish(b, &set, NULL), -(int)ERR_CONF);
	/* both stem and {}; unknown names, each once, when all defines are known */
	assert_string_equal(buf_z(&parts), "-2:0 2:2 1:2 2:5 3:0 -1:5 ");
	buf_release(&parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_get_their_diagnostics),
		cmocka_unit_test(each_error_names_its_part),
	};

	return cmocka_run_group_tests_name("watch diagnostics", tests, NULL, NULL);
}
