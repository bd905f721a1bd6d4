/* SPDX-License-Identifier: MIT */
/* Why a watch does not match, and queries as text again. */
#include "watch_world.h"

static void a_watch_that_does_not_match_says_why(void **state)
{
	static const struct {
		const char *query, *why;
	} rows[] = {
		{"embassy AND moon", "moon: does not occur\n"},
		{"embassy NEAR/2 kyiv",
			"embassy NEAR/2 kyiv: at the nearest 4 words lie between, 2 may\n"},
		{"kyiv ONEAR/9 embassy",
			"kyiv ONEAR/9 embassy: they occur, but not in this order\n"},
		{"embassy NEAR/9 moon", "moon: does not occur\n"},
		{"embassy NEAR/1 \"leaves kyiv\" NEAR/0 the",
			"embassy NEAR/1 \"leaves kyiv\" NEAR/0 the: at the nearest 3 words lie "
			"between, "
			"1 may\n"},
		{"embassy AND title:embassy", "title:embassy: occurs, but in another field\n"},
		{"embassy NOT kyiv", "NOT kyiv: what must not be there is there\n"},
		{"LEAD/2(kyiv)", "kyiv: occurs, but not in the first 2 words\n"},
		{"embassy SENT moon", "moon: does not occur\n"},
		{"embassy SENT rain",
			"embassy SENT rain: both occur, but in no sentence together\n"},
		{"embassy NOT NEAR/5 the",
			"embassy NOT NEAR/5 the: never stands free of the other\n"},
		{"ATLEAST/3(the)", "ATLEAST/3(the): 2 matches, 3 are needed\n"},
		{"ANY/2(embassy, moon, sun)",
			"ANY/2(embassy, moon, sun): 1 part matches, 2 are needed\n"},
		{"moon OR sun", "moon OR sun: none of these match\n"},
		{"moon OR feed:bbc", "moon OR feed:bbc: none of these match\n"},
		{"ANY/2(moon, sun, rain NEAR/0 leaves)",
			"ANY/2(moon, sun, rain NEAR/0 leaves): 0 parts match, 2 are needed\n"
			"rain NEAR/0 leaves: at the nearest 2 words lie between, 0 may\n"},
		{"embassy words>30", "words>30: the body has 11 words\n"},
		{"embassy feed:bbc", "feed:bbc: not so for this item\n"},
	};
	struct watch_view v = {.title = STR("News"),
		.body = STR("The embassy of the north leaves Kyiv today. Rain is expected."),
		.published = STAMP_NONE};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		struct watch_scratch *s;
		struct buf why;

		buf_init(&why, 1 << 16);
		assert_int_equal(build(&w, rows[i].query, NULL), 0);
		s = watch_scratch_new(w.set);
		assert_int_equal(watch_explain(w.set, s, &v, 0, &why, NULL), 0);
		if (strcmp(buf_z(&why), rows[i].why) != 0)
			fail_msg("%s: %s", rows[i].query, buf_z(&why));
		watch_scratch_free(s);
		buf_release(&why);
		done(&w);
	}
}

/* What is printed reads as the same query, which prints the same. */
static void a_query_prints_as_a_query(void **state)
{
	static const struct {
		const char *query, *printed; /* NULL: as it is */
	} rows[] = {
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
		struct world w;
		struct buf text;

		assert_int_equal(build(&w, rows[i].query, NULL), 0);
		buf_init(&text, 1 << 16);
		watch_set_print(w.set, 0, &text);
		assert_string_equal(buf_z(&text), want);
		done(&w);
		assert_int_equal(build(&w, want, NULL), 0);
		buf_clear(&text);
		watch_set_print(w.set, 0, &text);
		assert_string_equal(buf_z(&text), want);
		buf_release(&text);
		done(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_watch_that_does_not_match_says_why),
		cmocka_unit_test(a_query_prints_as_a_query),
	};

	return cmocka_run_group_tests_name("watch explain", tests, NULL, NULL);
}
