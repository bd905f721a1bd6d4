/* SPDX-License-Identifier: MIT */
/* State kept from item to item and from watch to watch: bounded, and without effect on results. */
#include "lib/matcher.h"

/* --- the cache --- */

static struct watch_lookup lookup_of(char padded[32], unsigned i)
{
	memset(padded, 0, 32);
	snprintf(padded, 32, "w%u", i);
	return (struct watch_lookup){.form = str_of(padded),
		.source = str_of(padded),
		.hash = text_word_hash(str_of(padded))};
}

static void remember(void *unused, size_t n)
{
	struct watch_word_cache l;
	unsigned remembered = 0;

	(void)unused;
	assert_true(watch_word_cache_init(&l));
	for (unsigned i = 0; i < n; i++) {
		char padded[32];
		struct watch_lookup word = lookup_of(padded, i);
		struct watch_word_key key = {i % 2 ? UINT64_C(5) << 40 : i, false};
		struct watch_found found = {.v = &i, .n = 1};
		uint32_t ref = WATCH_NONE;

		assert_false(watch_word_cache_find(&l, &word, key, &ref));
		assert_true(watch_word_cache_add(&l, &word, key, &found, &ref));
		assert_int_equal(ref, i);
	}
	for (unsigned i = 0; i < n; i++) {
		char padded[32];
		struct watch_lookup word = lookup_of(padded, i);
		struct watch_word_key key = {i % 2 ? UINT64_C(5) << 40 : i, false};
		uint32_t ref = WATCH_NONE;

		if (!watch_word_cache_find(&l, &word, key, &ref))
			continue;
		assert_int_equal(ref, i);
		remembered += i % 2 == 0;
	}
	assert_in_range(remembered, n / 2 - n / 1000, n / 2);
	watch_word_cache_release(&l);
}

static void colliding_words_cost_the_cache_little(void **state)
{
	(void)state;
	assert_linear("words", remember, NULL, 50000);
}

/* Words with equal keys are still different words, and so are their spellings. */
static void words_with_equal_keys_are_distinguished(void **state)
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
	struct watch_word_cache l;

	(void)state;
	assert_true(watch_word_cache_init(&l));
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct watch_word_key key = {7, rows[i].by_source};
		struct watch_found found = {.v = &i, .n = 1};
		uint32_t ref;

		strcpy(padded[i], rows[i].form);
		words[i] = (struct watch_lookup){.form = str_of(padded[i]),
			.source = str_of(rows[i].source),
			.signed_source = str_of(rows[i].source)};
		assert_false(watch_word_cache_find(&l, &words[i], key, &ref));
		assert_true(watch_word_cache_add(&l, &words[i], key, &found, &ref));
	}
	for (unsigned i = 0; i < COUNT(rows); i++) {
		uint32_t ref = WATCH_NONE;

		assert_true(watch_word_cache_find(
			&l, &words[i], (struct watch_word_key){7, rows[i].by_source}, &ref));
		assert_int_equal(ref, i);
	}
	watch_word_cache_release(&l);
}

/* A full cache is cleared and works as before. */
static void a_full_cache_is_emptied(void **state)
{
	struct matcher a = {0};
	struct buf text;

	(void)state;
	matcher_add(&a, "w1* OR w?2*", NULL);
	matcher_add(&a, "w12*", NULL);
	matcher_finish(&a);
	buf_init(&text, 8 * BYTES);
	for (unsigned i = 0; i < 600000; i++)
		buf_printf(&text, "w%x ", i);
	for (unsigned round = 0; round < 3; round++) {
		struct watch_view v = {.body = buf_str(&text), .published = STAMP_NONE};
		struct watch_view small = {
			.title = STR("w12"), .body = STR("w22"), .published = STAMP_NONE};

		buf_clear(&a.matches);
		assert_int_equal(
			watch_set_match_only(a.set, a.scratch, &v, matcher_on_match, &a, NULL), 0);
		assert_string_equal(buf_z(&a.matches), "0: 1: ");
		assert_in_range(a.scratch->item.cache.count, 1000, 1 << 19);
		assert_string_equal(matcher_match(&a, &small), "0:w12|w22 1:w12 ");
		assert_in_range(a.scratch->item.cache.count, 1, 2);
	}
	buf_release(&text);
	matcher_release(&a);
}

static void words_cached_for_wildcards_are_bounded(void **state)
{
	struct matcher a = {0};
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
		matcher_add(&a, glob, NULL);
	}
	matcher_finish(&a);
	buf_init(&text, 16 * BYTES);
	for (unsigned i = 0; i < 140000; i++)
		buf_printf(&text, "ukraine%x ", i);
	v = (struct watch_view){.body = buf_str(&text), .published = STAMP_NONE};
	assert_int_equal(watch_set_match_only(a.set, a.scratch, &v, matcher_on_match, &a, &e), 0);
	assert_non_null(strstr(matcher_match(&a, &small), "63:ukraine "));
	assert_in_range(a.scratch->item.cache.n_lists, 1, 100);
	buf_clear(&text);
	buf_clear(&a.matches);
	put_many(&text, 9 * BYTES, "ukraine ");
	v = (struct watch_view){.body = buf_str(&text), .published = STAMP_NONE};
	assert_int_equal(
		watch_set_match_only(a.set, a.scratch, &v, matcher_on_match, &a, &e), -ERR_LIMIT);
	assert_int_equal(buf_str(&a.matches).n, 0);
	assert_non_null(strstr(matcher_match(&a, &small), "63:ukraine "));
	buf_release(&text);
	matcher_release(&a);
}

/* --- the index --- */

static void matching_alone_never_rebuilds_the_index(void **state)
{
	struct watch_view v = {.title = STR("white house"), .published = STAMP_NONE};
	const struct watch_statistics *t;
	struct matcher a = {0};

	(void)state;
	matcher_add(&a, "white house", NULL);
	matcher_add(&a, "\"white house\"", NULL);
	matcher_finish(&a);
	t = &a.scratch->statistics;
	assert_false(watch_scratch_rebuild(a.scratch));
	for (unsigned i = 0; i < 3000; i++) {
		matcher_match(&a, &v);
		assert_int_equal(watch_scratch_learn(a.scratch, &v, NULL), 0);
		assert_int_equal(
			watch_set_match_only(a.set, a.scratch, &v, matcher_on_match, &a, NULL), 0);
		assert_ptr_equal(t->index, &a.set->index);
	}
	assert_true(watch_scratch_rebuild(a.scratch));
	assert_ptr_equal(t->index, &t->learnt);
	assert_false(watch_scratch_rebuild(a.scratch));
	assert_string_equal(matcher_match(&a, &v), "0:white|house 1:white house ");
	matcher_release(&a);
}

/* --- the shared budget pool --- */

static const char *const greedy[] = {"ukraine NEAR/50 embassy NEAR/50 ukraine",
	"zebra NEAR/3 ukraine", "ukraine NEAR/51 embassy NEAR/50 ukraine",
	"/(x+x+)+y/ AND title:zebra", "/z[a-f]bra/ AND title:zebra"};

static void ask_greedy(struct matcher *a, size_t times, uint64_t steps, uint64_t regex_cost)
{
	struct watch_view v = {.title = STR("zebra ukraine"), .published = STAMP_NONE};
	struct buf text;

	buf_init(&text, BYTES);
	put_many(&text, 16 * times, "ukraine embassy ");
	put_many(&text, text.len + 10 * times, "xxxxxxxxxx");
	buf_addz(&text, " y");
	v.body = buf_str(&text);
	a->scratch->budget.pool.steps = steps;
	a->scratch->budget.pool.regex_cost = regex_cost;
	matcher_match(a, &v);
	buf_release(&text);
}

static void add_greedy(struct matcher *a)
{
	for (size_t i = 0; i < COUNT(greedy); i++)
		matcher_add(a, greedy[i], NULL);
	matcher_finish(a);
}

static void a_cheap_watch_is_answered_whatever_others_use(void **state)
{
	const size_t *overruns;
	struct matcher a = {0};

	(void)state;
	add_greedy(&a);
	watch_scratch_fill(a.scratch, 1);
	ask_greedy(&a, 200, 0, 0);
	assert_string_equal(buf_z(&a.matches), "1:zebra|ukraine 4:zebra ");
	assert_int_equal(watch_scratch_overruns(a.scratch, &overruns), 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(overruns[i] != 1 && overruns[i] != 4);
	/* The first watch empties the pool, the next finds it empty. */
	ask_greedy(&a, 200, 50000, 0);
	assert_true(str_starts(buf_str(&a.matches), STR("0:")));
	assert_null(strstr(buf_z(&a.matches), "2:"));
	assert_non_null(strstr(buf_z(&a.matches), "1:zebra|ukraine 4:zebra "));
	matcher_release(&a);
}

static void costs_beyond_the_own_share_are_taken_from_the_pool(void **state)
{
	struct matcher a = {0};
	struct watch_pool *pool, full;

	(void)state;
	add_greedy(&a);
	pool = &a.scratch->budget.pool;
	watch_scratch_fill(a.scratch, 1);
	full = *pool;
	ask_greedy(&a, 5, full.steps, full.regex_cost);
	watch_eval_begin(a.scratch);
	assert_int_equal(pool->steps, full.steps);
	assert_in_range(pool->regex_cost, full.regex_cost - 2000000, full.regex_cost - 1);
	/* Kept from item to item until it is filled. */
	ask_greedy(&a, 200, full.steps, full.regex_cost);
	watch_eval_begin(a.scratch);
	assert_in_range(pool->steps, full.steps - 2000000, full.steps - 1);
	*pool = (struct watch_pool){.kept = true};
	watch_scratch_fill(a.scratch, 4);
	assert_int_equal(pool->steps, full.steps / 4);
	assert_int_equal(pool->regex_cost, full.regex_cost / 4);
	for (int i = 0; i < 4; i++)
		watch_scratch_fill(a.scratch, 3);
	assert_int_equal(pool->steps, full.steps);
	assert_int_equal(pool->regex_cost, full.regex_cost);
	matcher_release(&a);
	/* Without watch_scratch_fill it is full for each item. */
	add_greedy(&a);
	ask_greedy(&a, 200, 0, 0);
	assert_non_null(strstr(buf_z(&a.matches), "2:ukraine|"));
	matcher_release(&a);
}

#define HITS_FEW 7

struct watch_hits_copy {
	struct {
		size_t offset, length;
		enum query_field field;
		struct str term;
	} first[HITS_FEW];
	size_t n;
};

static void on_hits(void *ctx, const struct watch_match *m)
{
	struct watch_hits_copy *t = (struct watch_hits_copy *)ctx + m->watch;

	t->n = m->n_hits;
	for (size_t i = 0; i < m->n_hits && i < HITS_FEW; i++) {
		t->first[i].offset = m->hits[i].offset;
		t->first[i].length = m->hits[i].length;
		t->first[i].field = m->hits[i].field;
		t->first[i].term = m->hits[i].term;
	}
}

/* With a small hit limit the first hits are returned, and the others are not computed. */
static void a_hit_limit_keeps_the_first_hits(void **state)
{
	static const char *const queries[] = {"ukraine", "ukr* OR embassy OR {Ukraine}",
		"\"ukraine embassy\" OR embassy", "/[a-z]+y/ OR \"embassy ukraine\"~2",
		"embassy NEAR/2 (ukraine OR zebra)", "ukraine SENT zebra", "ATLEAST/3(zebra)"};
	struct watch_hits_copy all[COUNT(queries)] = {0}, few[COUNT(queries)] = {0};
	struct matcher a = {0};
	struct watch_view v = {.title = STR("zebra, ukraine embassy"), .published = STAMP_NONE};
	struct buf text;

	(void)state;
	buf_init(&text, BYTES);
	put_many(&text, 10000, "ukraine embassy Ukraine. x zebra embassy! ");
	v.body = buf_str(&text);
	for (size_t i = 0; i < COUNT(queries); i++)
		matcher_add(&a, queries[i], NULL);
	matcher_finish(&a);
	assert_int_equal(watch_set_match(a.set, a.scratch, &v, on_hits, all, NULL), 0);
	watch_scratch_hits(a.scratch, HITS_FEW);
	assert_int_equal(watch_set_match(a.set, a.scratch, &v, on_hits, few, NULL), 0);
	for (size_t i = 0; i < COUNT(queries); i++) {
		assert_true(all[i].n > 200);
		assert_in_range(few[i].n, HITS_FEW, 4 * HITS_FEW);
		assert_memory_equal(all[i].first, few[i].first, sizeof(all[i].first));
	}
	buf_release(&text);
	matcher_release(&a);
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

static void put_answers(struct matcher *a, struct buf *out, const struct buf *large)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct watch_view v = {.title = str_of(texts[i][0]),
			.body = str_of(texts[i][1]),
			.published = STAMP_NONE};

		buf_printf(out, "%s\n", matcher_match(a, &v));
		if (!large)
			continue;
		v.body = buf_str(large);
		matcher_match(a, &v);
	}
}

static void add_mixed(struct matcher *a)
{
	for (size_t i = 0; i < COUNT(mixed); i++)
		matcher_add(a, mixed[i], i == 5 ? "en" : NULL);
	matcher_finish(a);
}

static void no_state_of_an_item_affects_the_next(void **state)
{
	struct matcher a = {0};
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
	/* The item that was read last was not matched. */
	buf_clear(&again);
	assert_int_equal(
		watch_scratch_read(a.scratch,
			&(struct watch_view){.body = buf_str(&large), .published = STAMP_NONE},
			NULL),
		0);
	put_answers(&a, &again, NULL);
	assert_string_equal(buf_z(&fresh), buf_z(&again));
	/* Generation numbers of items wrap around. */
	for (uint32_t before = 1; before <= COUNT(texts); before++) {
		buf_clear(&again);
		a.scratch->item.generation = a.scratch->item.round = 0;
		matcher_match(&a,
			&(struct watch_view){.title = buf_str(&large), .published = STAMP_NONE});
		a.scratch->item.generation = a.scratch->item.round = 0 - before;
		put_answers(&a, &again, NULL);
		assert_string_equal(buf_z(&fresh), buf_z(&again));
	}
	a.scratch->item.generation = UINT32_MAX;
	a.scratch->budget.regexes[0] = (struct watch_regex_state){.generation = 1};
	assert_string_equal(matcher_match(&a, &(struct watch_view){.title = STR("zebra"),
						      .published = STAMP_NONE}),
		"2:zebra 8:zebr ");
	buf_release(&fresh);
	buf_release(&again);
	buf_release(&large);
	matcher_release(&a);
}

/* Lists of a watch are freed when the next one is evaluated. */
static void lists_of_many_watches_do_not_accumulate(void **state)
{
	struct matcher a = {0};
	size_t used[2];
	struct buf text;

	(void)state;
	buf_init(&text, BYTES);
	put_many(&text, 20000, "ukraine embassy ");
	for (unsigned round = 0; round < 2; round++) {
		struct watch_view v = {.body = buf_str(&text), .published = STAMP_NONE};

		for (unsigned i = 0; i < 1 + 4 * round; i++)
			matcher_add(&a, "ukraine NEAR/3 embassy NEAR/2 ukraine", NULL);
		matcher_finish(&a);
		assert_string_not_equal(matcher_match(&a, &v), "");
		used[round] = arena_used(a.scratch->spans.arena);
		matcher_release(&a);
	}
	assert_true(used[0] > 0);
	assert_int_equal(used[0], used[1]);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colliding_words_cost_the_cache_little),
		cmocka_unit_test(words_with_equal_keys_are_distinguished),
		cmocka_unit_test(a_full_cache_is_emptied),
		cmocka_unit_test(lists_of_many_watches_do_not_accumulate),
		cmocka_unit_test(words_cached_for_wildcards_are_bounded),
		cmocka_unit_test(a_hit_limit_keeps_the_first_hits),
		cmocka_unit_test(matching_alone_never_rebuilds_the_index),
		cmocka_unit_test(a_cheap_watch_is_answered_whatever_others_use),
		cmocka_unit_test(costs_beyond_the_own_share_are_taken_from_the_pool),
		cmocka_unit_test(no_state_of_an_item_affects_the_next),
	};

	return cmocka_run_group_tests_name("watch scratch", tests, NULL, NULL);
}
