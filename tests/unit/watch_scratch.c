/* SPDX-License-Identifier: MIT */
/* What is kept from item to item, and from watch to watch: it is bounded, and changes no answer. */
#include "watch_asked.h"

/* --- the lexicon --- */

static struct watch_lookup lookup_of(char padded[32], unsigned i)
{
	memset(padded, 0, 32);
	snprintf(padded, 32, "w%u", i);
	return (struct watch_lookup){.form = str_of(padded),
		.source = str_of(padded),
		.hash = watch_word_hash(str_of(padded))};
}

static void remember(void *unused, size_t n)
{
	struct watch_lexicon l;
	unsigned remembered = 0;

	(void)unused;
	assert_true(watch_lexicon_init(&l));
	for (unsigned i = 0; i < n; i++) {
		char padded[32];
		struct watch_lookup word = lookup_of(padded, i);
		struct watch_lexicon_key key = {i % 2 ? UINT64_C(5) << 40 : i, false};
		struct watch_found found = {.v = &i, .n = 1};
		uint32_t ref = WATCH_NONE;

		assert_false(watch_lexicon_find(&l, &word, key, &ref));
		assert_true(watch_lexicon_add(&l, &word, key, &found, &ref));
		assert_int_equal(ref, i);
	}
	for (unsigned i = 0; i < n; i++) {
		char padded[32];
		struct watch_lookup word = lookup_of(padded, i);
		struct watch_lexicon_key key = {i % 2 ? UINT64_C(5) << 40 : i, false};
		uint32_t ref = WATCH_NONE;

		if (!watch_lexicon_find(&l, &word, key, &ref))
			continue;
		assert_int_equal(ref, i);
		remembered += i % 2 == 0;
	}
	assert_in_range(remembered, n / 2 - n / 1000, n / 2);
	watch_lexicon_release(&l);
}

static void words_that_lead_to_one_place_cost_the_lexicon_little(void **state)
{
	(void)state;
	assert_linear("words", remember, NULL, 50000);
}

/* Keys that are the same make no words the same, nor their spellings. */
static void words_of_one_key_are_told_apart(void **state)
{
	static const struct {
		const char *form, *source;
		bool by_source;
	} rows[] = {
		{"who", "who", false},
		{"who", "WHO", true},
		{"who", "Who", true},
		{"whom", "whom", false},
		{"representative", "RePresentative", true},
		{"representative", "representative", false},
		{"representatives", "representatives", false},
		{"representation", "representation", false},
		{"representative", "Representative", true},
		{"representative", "REPRESENTATIVE", true},
		{"representation", "Representation", true},
	};
	struct watch_lookup words[COUNT(rows)];
	char padded[COUNT(rows)][32] = {{0}};
	struct watch_lexicon l;

	(void)state;
	assert_true(watch_lexicon_init(&l));
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct watch_lexicon_key key = {7, rows[i].by_source};
		struct watch_found found = {.v = &i, .n = 1};
		uint32_t ref;

		strcpy(padded[i], rows[i].form);
		words[i] = (struct watch_lookup){
			.form = str_of(padded[i]), .source = str_of(rows[i].source)};
		assert_false(watch_lexicon_find(&l, &words[i], key, &ref));
		assert_true(watch_lexicon_add(&l, &words[i], key, &found, &ref));
	}
	for (unsigned i = 0; i < COUNT(rows); i++) {
		uint32_t ref = WATCH_NONE;

		assert_true(watch_lexicon_find(
			&l, &words[i], (struct watch_lexicon_key){7, rows[i].by_source}, &ref));
		assert_int_equal(ref, i);
	}
	watch_lexicon_release(&l);
}

/* A lexicon that was full forgets, and is then as good as new. */
static void a_full_lexicon_begins_anew(void **state)
{
	struct asked a = {0};
	struct buf text;

	(void)state;
	add_query(&a, "w1* OR w?2*", NULL);
	add_query(&a, "w12*", NULL);
	finish(&a);
	buf_init(&text, 8 * BYTES);
	for (unsigned i = 0; i < 600000; i++)
		buf_printf(&text, "w%x ", i);
	for (unsigned round = 0; round < 3; round++) {
		struct watch_view v = {.body = buf_str(&text), .published = STAMP_NONE};
		struct watch_view small = {
			.title = STR("w12"), .body = STR("w22"), .published = STAMP_NONE};

		buf_clear(&a.told);
		assert_int_equal(watch_set_match_only(a.set, a.scratch, &v, on_told, &a, NULL), 0);
		assert_string_equal(buf_z(&a.told), "0: 1: ");
		assert_in_range(a.scratch->lexicon.count, 1000, 1 << 19);
		assert_string_equal(ask(&a, &small), "0:w12|w22 1:w12 ");
		assert_in_range(a.scratch->lexicon.count, 1, 2);
	}
	buf_release(&text);
	release(&a);
}

static void what_wildcards_find_is_bounded(void **state)
{
	struct asked a = {0};
	struct buf text;
	struct watch_view v, small = {.title = STR("ukraine"), .published = STAMP_NONE};
	struct err e;

	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		char glob[] = "ukraine*";

		for (unsigned k = 0; k < 5; k++)
			if (i >> k & 1)
				glob[k] = '?';
		glob[7] = i & 32 ? '*' : '\0';
		add_query(&a, glob, NULL);
	}
	finish(&a);
	buf_init(&text, 16 * BYTES);
	for (unsigned i = 0; i < 140000; i++)
		buf_printf(&text, "ukraine%x ", i);
	v = (struct watch_view){.body = buf_str(&text), .published = STAMP_NONE};
	assert_int_equal(watch_set_match_only(a.set, a.scratch, &v, on_told, &a, &e), 0);
	assert_non_null(strstr(ask(&a, &small), "63:ukraine "));
	assert_in_range(a.scratch->lexicon.n_lists, 1, 100);
	buf_clear(&text);
	buf_clear(&a.told);
	put_many(&text, 9 * BYTES, "ukraine ");
	v = (struct watch_view){.body = buf_str(&text), .published = STAMP_NONE};
	assert_int_equal(watch_set_match_only(a.set, a.scratch, &v, on_told, &a, &e), -ERR_LIMIT);
	assert_int_equal(buf_str(&a.told).n, 0);
	assert_non_null(strstr(ask(&a, &small), "63:ukraine "));
	buf_release(&text);
	release(&a);
}

static void watches_share_the_steps_of_an_item(void **state)
{
	struct asked a = {0};
	struct watch_scratch *s;

	(void)state;
	add_query(&a, "ukraine NEAR/3 embassy", NULL);
	finish(&a);
	s = a.scratch;
	assert_string_not_equal(ask(&a, &(struct watch_view){.title = STR("ukraine embassy"),
						.published = STAMP_NONE}),
		"");
	watch_eval_begin(s);
	s->steps_left = 100;
	watch_eval_begin(s);
	assert_int_equal(s->steps, 100);
	assert_true(watch_spend(s, 60));
	watch_eval_begin(s);
	assert_int_equal(s->steps, 40);
	assert_false(watch_spend(s, 50));
	assert_true(s->overrun);
	watch_eval_begin(s);
	assert_int_equal(s->steps, 0);
	assert_false(s->overrun);
	/* The next item has its own. */
	assert_string_not_equal(ask(&a, &(struct watch_view){.title = STR("ukraine embassy"),
						.published = STAMP_NONE}),
		"");
	release(&a);
}

/* --- one scratch, item after item --- */

static const char *const mixed[] = {"ukraine", "\"ukr* embassy\"", "zebra* NOT ukraine",
	"\"white house\"", "title:\"white house\" OR ATLEAST/3(house)", "leaving",
	"{Leaving} NEAR white", "house~1 embassy", "/zeb[a-z]/"};
static const char *const texts[][2] = {
	{"", ""},
	{NULL, NULL},
	{"!", "... - --"},
	{"ukraine", "Ukrainian embassy, zebra"},
	{"white house", "the White House. Leaving white houses"},
	{NULL, "white"},
	{"white", "house"},
	{"hose embassy", NULL},
};

static void put_answers(struct asked *a, struct buf *out, const struct buf *large)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct watch_view v = {.title = str_of(texts[i][0]),
			.body = str_of(texts[i][1]),
			.published = STAMP_NONE};

		buf_printf(out, "%s\n", ask(a, &v));
		if (!large)
			continue;
		v.body = buf_str(large);
		ask(a, &v);
	}
}

static void add_mixed(struct asked *a)
{
	for (size_t i = 0; i < COUNT(mixed); i++)
		add_query(a, mixed[i], i == 5 ? "en" : NULL);
	finish(a);
}

static void nothing_of_an_item_stays_for_the_next(void **state)
{
	struct asked a = {0};
	struct buf fresh, again, large;

	(void)state;
	buf_init(&fresh, BYTES);
	buf_init(&again, BYTES);
	buf_init(&large, 4 * BYTES);
	put_many(&large, BYTES / 2, "white house zebra Leaving ukraine embassy leaves ukr1 ");
	add_mixed(&a);
	put_answers(&a, &fresh, NULL);
	put_answers(&a, &again, &large);
	assert_string_equal(buf_z(&fresh), buf_z(&again));
	/* Nobody asked what matches the item that was read last. */
	buf_clear(&again);
	assert_int_equal(
		watch_item_read(a.scratch,
			&(struct watch_view){.body = buf_str(&large), .published = STAMP_NONE},
			NULL),
		0);
	put_answers(&a, &again, NULL);
	assert_string_equal(buf_z(&fresh), buf_z(&again));
	/* Numbers of items come round. */
	for (uint32_t before = 1; before <= COUNT(texts); before++) {
		buf_clear(&again);
		a.scratch->generation = a.scratch->round = 0;
		ask(&a, &(struct watch_view){.title = buf_str(&large), .published = STAMP_NONE});
		a.scratch->generation = a.scratch->round = 0 - before;
		put_answers(&a, &again, NULL);
		assert_string_equal(buf_z(&fresh), buf_z(&again));
	}
	a.scratch->generation = UINT32_MAX;
	a.scratch->regexes[0] = (struct watch_regex_state){.generation = 1};
	assert_string_equal(
		ask(&a, &(struct watch_view){.title = STR("zebra"), .published = STAMP_NONE}),
		"2:zebra 8:zebr ");
	buf_release(&fresh);
	buf_release(&again);
	buf_release(&large);
	release(&a);
}

/* Lists of one watch are void when the next is asked. */
static void lists_of_many_watches_do_not_add_up(void **state)
{
	struct asked a = {0};
	size_t used[2];
	struct buf text;

	(void)state;
	buf_init(&text, BYTES);
	put_many(&text, 20000, "ukraine embassy ");
	for (unsigned round = 0; round < 2; round++) {
		struct watch_view v = {.body = buf_str(&text), .published = STAMP_NONE};

		for (unsigned i = 0; i < 1 + 4 * round; i++)
			add_query(&a, "ukraine NEAR/3 embassy NEAR/2 ukraine", NULL);
		finish(&a);
		assert_string_not_equal(ask(&a, &v), "");
		used[round] = arena_used(a.scratch->lists);
		release(&a);
	}
	assert_true(used[0] > 0);
	assert_int_equal(used[0], used[1]);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_that_lead_to_one_place_cost_the_lexicon_little),
		cmocka_unit_test(words_of_one_key_are_told_apart),
		cmocka_unit_test(a_full_lexicon_begins_anew),
		cmocka_unit_test(lists_of_many_watches_do_not_add_up),
		cmocka_unit_test(what_wildcards_find_is_bounded),
		cmocka_unit_test(watches_share_the_steps_of_an_item),
		cmocka_unit_test(nothing_of_an_item_stays_for_the_next),
	};

	return cmocka_run_group_tests_name("watch scratch", tests, NULL, NULL);
}
