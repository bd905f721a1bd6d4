/* SPDX-License-Identifier: MIT */
/* Explanations why a watch does not match, and printing of queries. */
#include "lib/query_fixture.h"

static const struct {
	const char *query, *why;
} misses[] = {
	{"embassy AND moon", "moon: does not occur\n"},
	{"embassy NEAR/2 kyiv", "embassy NEAR/2 kyiv: at the nearest 4 words lie between, 2 may\n"},
	{"kyiv ONEAR/9 embassy", "kyiv ONEAR/9 embassy: they occur, but not in this order\n"},
	{"kyiv ONEAR/9 news", "kyiv ONEAR/9 news: they occur, but not in one text\n"},
	{"kyiv NEAR/9 kyiv", "kyiv NEAR/9 kyiv: they occur, but only as the same words\n"},
	{"(leaves NEAR/5 kyiv) ONEAR/9 \"leaves ?\"",
		"(leaves NEAR/5 kyiv) ONEAR/9 \"leaves ?\": they occur, but only as the "
		"same words\n"},
	{"(north NEAR/5 kyiv) ONEAR/9 leaves",
		"(north NEAR/5 kyiv) ONEAR/9 leaves: they occur, but not in this order\n"},
	{"today NEAR/0 is", "today NEAR/0 is: at the nearest 1 word lies between, 0 may\n"},
	{"embassy NEAR/9 moon", "moon: does not occur\n"},
	{"embassy NEAR/1 \"leaves kyiv\" NEAR/0 the",
		"embassy NEAR/1 \"leaves kyiv\": at the nearest 3 words lie between, "
		"1 may\n"},
	/* the operator that fails, not the whole chain */
	{"title:embassy OR (the NEAR/0 embassy NEAR/9 leaves NEAR/1 rain NEAR/9 is)",
		"title:embassy OR (the NEAR/0 embassy NEAR/9 leaves NEAR/1 rain NEAR/9 "
		"is): none of these match\n"
		"the NEAR/0 embassy NEAR/9 leaves NEAR/1 rain: at the nearest 2 words "
		"lie between, 1 may\n"},
	{"rain NEAR/5 (embassy NEAR/0 kyiv)",
		"embassy NEAR/0 kyiv: at the nearest 4 words lie between, 0 may\n"},
	{"embassy title:(rain NEAR/2 news)", "title:rain: occurs, but in another field\n"},
	{"embassy AND title:embassy", "title:embassy: occurs, but in another field\n"},
	{"embassy NOT kyiv", "NOT kyiv: the body has \"Kyiv\"\n"},
	{"embassy NOT (moon OR kyiv* OR rain)",
		"NOT (moon OR kyiv* OR rain): the body has \"Kyiv\"\n"},
	{"embassy NOT words<20", "NOT words<20: what must not be there is there\n"},
	{"\"kyiv embassy\"", "\"kyiv embassy\": its words occur, but not in a row\n"},
	{"\"kyiv moon\"", "\"kyiv moon\": does not occur\n"},
	{"\"kyiv embassy the\"~2",
		"\"kyiv embassy the\"~2: at the nearest 3 words lie among them, 2 may\n"},
	{"\"kyiv news\"~20", "\"kyiv news\"~20: its words occur, but not so near each other\n"},
	{"\"kyiv moon\"~20", "\"kyiv moon\"~20: does not occur\n"},
	{"LEAD/2(kyiv)", "kyiv: occurs, but not in the first 2 words\n"},
	{"LEAD/5(kyiv OR moon)", "kyiv OR moon: matches, but not in the first 5 words\n"},
	{"LEAD/5(embassy NEAR/4 kyiv)",
		"embassy NEAR/4 kyiv: matches, but not in the first 5 words\n"},
	{"LEAD/5(embassy NEAR/3 kyiv)", "kyiv: occurs, but not in the first 5 words\n"},
	{"LEAD/5(embassy SENT \"leaves kyiv\")",
		"embassy SENT \"leaves kyiv\": matches, but not in the first 5 words\n"},
	{"LEAD/5(embassy SENT rain)", "rain: occurs, but not in the first 5 words\n"},
	{"LEAD/1(ATLEAST/3(the))", "ATLEAST/3(the): 1 match in the first 1 word, 3 are needed\n"},
	{"embassy SENT moon", "moon: does not occur\n"},
	{"embassy SENT rain", "embassy SENT rain: both occur, but in no sentence together\n"},
	{"embassy NOT NEAR/5 the", "embassy NOT NEAR/5 the: never stands free of the other\n"},
	{"ATLEAST/3(the)", "ATLEAST/3(the): 2 matches, 3 are needed\n"},
	{"ANY/2(embassy, moon, sun)", "ANY/2(embassy, moon, sun): 1 part matches, 2 are needed\n"},
	{"moon OR sun", "moon OR sun: none of these match\n"},
	{"moon OR feed:bbc", "moon OR feed:bbc: none of these match\n"},
	{"ANY/2(moon, sun, rain NEAR/0 leaves)",
		"ANY/2(moon, sun, rain NEAR/0 leaves): 0 parts match, 2 are needed\n"
		"rain NEAR/0 leaves: at the nearest 2 words lie between, 0 may\n"},
	{"embassy words>30", "words>30: the body has 11 words\n"},
	{"embassy feed:bbc", "feed:bbc: the item's feed is afp\n"},
	{"embassy group:radio", "group:radio: the item's feed is in wires, paris\n"},
	{"embassy lang:de", "lang:de: the item's language is en\n"},
	{"embassy site:bbc.com", "site:bbc.com: the item's site is not known\n"},
	{"embassy url:world", "url:world: not in the item's link\n"},
	{"embassy source:bbc", "source:bbc: the item's source is Agence\n"},
	{"embassy tier:official", "tier:official: the tier of the item's feed is wire\n"},
	{"embassy sources>=3", "sources>=3: waits for a third source: 2 of 3: AP, Reuters\n"},
	{"embassy sources>=7 moon",
		"sources>=7: waits for 7 sources: 2 of 7: AP, Reuters\nmoon: does not occur\n"},
	{"embassy age<1h", "age<1h: the item is 90m old\n"},
	{"embassy age<1m", "age<1m: the item is 90m old\n"},
};

static void a_watch_that_does_not_match_says_why(void **state)
{
	static const struct str groups[] = {
		{"wires", sizeof("wires") - 1}, {"paris", sizeof("paris") - 1}};
	static const struct str origins[] = {
		{"AP", sizeof("AP") - 1}, {"Reuters", sizeof("Reuters") - 1}};
	struct watch_view v = {.title = STR("News"),
		.body = STR("The embassy of the north leaves Kyiv today. Rain is expected."),
		.feed = STR("afp"),
		.lang = STR("en"),
		.groups = groups,
		.n_groups = COUNT(groups),
		.source = STR("Agence"),
		.tier = STR("wire"),
		.sources = 2,
		.origins = origins,
		.n_origins = COUNT(origins),
		.now = 90 * CLOCK_MINUTE,
		.published = STAMP_NONE};

	(void)state;
	for (size_t i = 0; i < COUNT(misses); i++) {
		struct query_fixture w;
		struct watch_scratch *s;
		struct buf why;

		buf_init(&why, 1 << 16);
		assert_int_equal(query_fixture_build(&w, misses[i].query, NULL), 0);
		s = watch_scratch_new(w.set);
		assert_int_equal(watch_explain(w.set, s, &v, 0, &why, NULL), 0);
		if (strcmp(buf_z(&why), misses[i].why) != 0)
			fail_msg("%s: %s", misses[i].query, buf_z(&why));
		watch_scratch_free(s);
		buf_release(&why);
		query_fixture_release(&w);
	}
}

static void the_nearest_of_many_words_is_found(void **state)
{
	struct watch_view v = {.published = STAMP_NONE};
	struct watch_scratch *s;
	struct query_fixture w;
	struct buf body, why;

	(void)state;
	buf_init(&body, 1 << 20);
	buf_init(&why, 1 << 16);
	for (int i = 0; i < 4000; i++)
		buf_addz(&body, i == 2500 ? "x b y c d e " : "x b c d y e f g ");
	v.body = buf_str(&body);
	assert_int_equal(query_fixture_build(&w, "y NEAR/0 x", NULL), 0);
	s = watch_scratch_new(w.set);
	assert_int_equal(watch_explain(w.set, s, &v, 0, &why, NULL), 0);
	assert_string_equal(buf_z(&why), "y NEAR/0 x: at the nearest 1 word lies between, 0 may\n");
	watch_scratch_free(s);
	query_fixture_release(&w);
	buf_release(&body);
	buf_release(&why);
}

static void the_failing_filter_is_named(void **state)
{
	static const char *const texts[] = {"embassy", "kyiv NEAR/1 rain"};
	static const struct str feeds[] = {{"bbc", sizeof("bbc") - 1}},
				groups[] = {{"wires", sizeof("wires") - 1}};
	struct str queries[] = {str_of(texts[0]), str_of(texts[1])};
	struct watch_def def = {.name = STR("w"),
		.queries = queries,
		.n_queries = 1,
		.feeds = feeds,
		.groups = groups,
		.n_feeds = 1,
		.n_groups = 1,
		.exclude = STR("football OR @sport")};
	struct watch_view v = {.title = STR("The embassy"),
		.body = STR("A game of\ttennis in Kyiv, in the rain."),
		.feed = STR("afp")};
	struct watch_builder *b = watch_builder_new();
	struct watch_set *set;
	struct watch_scratch *s;
	struct buf why;
	size_t index;

	(void)state;
	assert_int_equal(watch_builder_add(b, &def, &index, NULL, NULL), 0);
	def.n_queries = 2;
	assert_int_equal(watch_builder_add(b, &def, &index, NULL, NULL), 0);
	assert_int_equal(
		watch_builder_define(b, STR("sport"), STR("\"of tennis\""), NULL, NULL), 0);
	assert_int_equal(watch_builder_finish(b, &set, NULL), 0);
	s = watch_scratch_new(set);
	buf_init(&why, 1 << 16);
	assert_int_equal(watch_explain(set, s, &v, 0, &why, NULL), 0);
	assert_string_equal(buf_z(&why),
		"only feed:bbc OR group:wires: the item's feed is afp\n"
		"exclude (football OR \"of tennis\"): the body has \"of\\ttennis\"\n");
	assert_false(watch_excluded(set, s, 0));
	v.feed = STR("bbc");
	buf_clear(&why);
	assert_int_equal(watch_explain(set, s, &v, 0, &why, NULL), 0);
	assert_true(watch_excluded(set, s, 0));
	v.title = STR_NONE;
	buf_clear(&why);
	assert_int_equal(watch_explain(set, s, &v, 1, &why, NULL), 0);
	assert_string_equal(buf_z(&why),
		"embassy OR (kyiv NEAR/1 rain): none of these match\n"
		"kyiv NEAR/1 rain: at the nearest 2 words lie between, 1 may\n"
		"exclude (football OR \"of tennis\"): the body has \"of\\ttennis\"\n");
	assert_false(watch_excluded(set, s, 1));
	watch_scratch_free(s);
	watch_set_free(set);
	buf_release(&why);
}

/* A printed query parses to the same query, which prints the same. */
static void a_printed_query_parses_to_the_same_query(void **state)
{
	static const struct {
		const char *query, *printed; /* NULL: unchanged */
	} rows[] = {
		{"a sources>=3 source:(B OR \"c d\") tier:Wire",
			"a AND sources>=3 AND (source:b OR source:\"c d\") AND tier:wire"},
		{"(a OR bb*) NEAR/3 \"c d\"~2 AND -{WHO}",
			"((a OR bb*) NEAR/3 \"c d\"~2) NOT {WHO}"},
		{"title:(a NEAR/3 b) OR body:c", NULL},
		{"LEAD/5(a AND b) ANY/2(c, d, e OR f)", "LEAD/5(a AND b) AND ANY/2(c, d, e OR f)"},
		{"a NOT NEAR/3 (b OR c)", NULL},
		{"ATLEAST/2(a OR b) words>5 age<90m site:(a.com OR b.com) -url:\"x y\"",
			"ATLEAST/2(a OR b) AND words>5 AND age<90m AND (site:a.com OR site:b.com) "
			"NOT "
			"url:\"x y\""},
		{"a NEAR/3f b NEAR c", "a ONEAR/3 b NEAR/4 c"},
		{"-title:x a", "NOT title:x AND a"},
		{"ANY/2(site:a.com, lang:en,c, url:\"a,b\", url:a,b)",
			"ANY/2(site:a.com, lang:en, c, url:\"a,b\", url:\"a,b\")"},
		{"feed:\"a,b\" OR group:\"*\" OR lang:\"@x\"", NULL},
		{"url:\"a\tb\" OR url:\"a\u00a0b\"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *want = rows[i].printed ? rows[i].printed : rows[i].query;
		struct query_fixture w;
		struct buf text;

		assert_int_equal(query_fixture_build(&w, rows[i].query, NULL), 0);
		buf_init(&text, 1 << 16);
		watch_set_print(w.set, 0, &text);
		assert_string_equal(buf_z(&text), want);
		query_fixture_release(&w);
		assert_int_equal(query_fixture_build(&w, want, NULL), 0);
		buf_clear(&text);
		watch_set_print(w.set, 0, &text);
		assert_string_equal(buf_z(&text), want);
		buf_release(&text);
		query_fixture_release(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_watch_that_does_not_match_says_why),
		cmocka_unit_test(the_nearest_of_many_words_is_found),
		cmocka_unit_test(the_failing_filter_is_named),
		cmocka_unit_test(a_printed_query_parses_to_the_same_query),
	};

	return cmocka_run_group_tests_name("watch explain", tests, NULL, NULL);
}
