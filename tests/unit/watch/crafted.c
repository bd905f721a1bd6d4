/* SPDX-License-Identifier: MIT */
/*
 * Words that were searched for because their hashes, tags or buckets collide, and items that are
 * made as expensive as possible. Neither may change a result or take long.
 */
#include "lib/matcher.h"

/* Tag 0, which the gaps between texts have too. */
#define NONE_A	 "mbwsyoaa"
#define NONE_B	 "gktsgsga"
/* The tag of "ukraine". */
#define LIKE_A	 "dfydrepa"
#define LIKE_B	 "vbndfffb"
/* The bucket of "ukraine" and of each other, with up to 2^22 buckets. */
#define BESIDE_A "alhsbaaa"
#define BESIDE_B "nacieaaa"
/* Equal 64-bit hashes. */
#define TWIN_A	 "aaaaaaaallllllll"
#define TWIN_B	 "qdamjmaaxagptkzt"
#define TWIN_C	 "dvchcsaahutajcfc"
/* Equal tag, length and the bytes that are compared first. */
#define LONG_A	 "counterrevolyocv"
#define LONG_B	 "counterrevoldelu"
#define TEN	 "kakemonoes"
#define SIXTY	 TEN TEN TEN TEN TEN TEN
/* Two pairs with equal tags. */
#define PAIR_A	 "kulipufa goguvoda"
#define PAIR_B	 "binukafa nevibeda"

static uint64_t hash_of(const char *z)
{
	return text_word_hash(str_of(z));
}

static uint32_t tag_of(const char *z)
{
	return watch_tag(hash_of(z));
}

static void the_crafted_words_collide(void **state)
{
	(void)state;
	assert_int_equal(tag_of(NONE_A), WATCH_TAG_UNKNOWN);
	assert_int_equal(tag_of(NONE_B), 0);
	assert_int_equal(tag_of(LIKE_A), tag_of("ukraine"));
	assert_int_equal(tag_of(LIKE_B), tag_of("ukraine"));
	assert_int_equal((tag_of(BESIDE_A) ^ tag_of("ukraine")) << 10, 0);
	assert_int_equal((tag_of(BESIDE_B) ^ tag_of("ukraine")) << 10, 0);
	assert_true(hash_of(TWIN_A) == hash_of(TWIN_B) && hash_of(TWIN_A) == hash_of(TWIN_C));
	assert_int_equal(tag_of(LONG_A), tag_of(LONG_B));
	assert_int_equal(watch_pair_tag(tag_of("kulipufa"), tag_of("goguvoda")),
		watch_pair_tag(tag_of("binukafa"), tag_of("nevibeda")));
}

/* --- results --- */

struct text_row {
	const char *queries[8];
	const char *title, *body;
	const char *expected;
};

/* Before and after the index is rebuilt, and when the item repeats. */
static void check_row(const struct text_row *t)
{
	struct matcher a = {0};
	struct watch_view v = {
		.title = str_of(t->title), .body = str_of(t->body), .published = STAMP_NONE};

	for (size_t i = 0; i < COUNT(t->queries) && t->queries[i]; i++)
		matcher_add(&a, t->queries[i], NULL);
	matcher_finish(&a);
	for (unsigned round = 0; round < 3; round++) {
		if (strcmp(matcher_match(&a, &v), t->expected) != 0)
			fail_msg("%s … on %s / %s: [%s], not [%s]", t->queries[0],
				t->title ? t->title : "-", t->body ? t->body : "-",
				buf_z(&a.matches), t->expected);
		watch_statistics_rebuild(&a.scratch->statistics);
	}
	matcher_release(&a);
}

static const struct text_row text_rows[] = {
	/* equal tags, one of the words in a watch */
	{{"ukraine"}, NULL, LIKE_A, ""},
	{{"ukraine"}, NULL, LIKE_A " ukraine " LIKE_B, "0:ukraine "},
	{{"ukraine"}, NULL, "ukraine " LIKE_A " ukraine", "0:ukraine|ukraine "},
	{{"ukraine"}, LIKE_A, "ukraine", "0:ukraine "},
	{{"ukraine"}, "ukraine", LIKE_A, "0:ukraine "},
	{{"ukraine NOT zebra"}, LIKE_B, LIKE_A, ""},
	{{"title:ukraine"}, LIKE_A, "ukraine", ""},
	{{"title:ukraine"}, "ukraine", LIKE_A, "0:ukraine "},
	/* equal tags, both in watches */
	{{"ukraine", LIKE_A, LIKE_B}, NULL, LIKE_A, "1:" LIKE_A " "},
	{{"ukraine", LIKE_A, LIKE_B}, NULL, LIKE_B " ukraine", "0:ukraine 2:" LIKE_B " "},
	{{"ukraine AND " LIKE_A}, NULL, LIKE_A " " LIKE_A, ""},
	{{"ukraine AND " LIKE_A}, NULL, LIKE_A " x ukraine", "0:" LIKE_A "|ukraine "},
	{{"\"ukraine " LIKE_A "\"", "\"" LIKE_A " ukraine\""}, NULL, "ukraine " LIKE_A,
		"0:ukraine " LIKE_A " "},
	{{"\"ukraine ukraine\""}, NULL, LIKE_A " ukraine " LIKE_A " " LIKE_B, ""},
	{{"\"ukraine ukraine\""}, NULL, LIKE_A " ukraine ukraine " LIKE_B, "0:ukraine ukraine "},
	/* guards: zebrafishes is rarer, so it is the trigger */
	{{"zebrafishes ukraine", "zebrafishes " LIKE_A}, NULL, "zebrafishes " LIKE_A,
		"1:zebrafishes|" LIKE_A " "},
	{{"zebrafishes \"white ukraine\""}, NULL, "white " LIKE_A " zebrafishes ukraine", ""},
	{{"zebrafishes \"white ukraine\""}, NULL, "white " LIKE_A " zebrafishes white ukraine",
		"0:zebrafishes|white ukraine "},
	{{"zebrafishes (ukraine OR us)"}, "zebrafishes", LIKE_A " " LIKE_B " us",
		"0:zebrafishes|us "},
	/* equal buckets */
	{{"ukraine", "zebrafishes " BESIDE_B}, BESIDE_A, BESIDE_B " ukraine zebrafishes " BESIDE_A,
		"0:ukraine 1:" BESIDE_B "|zebrafishes "},
	/* no tag */
	{{NONE_A}, NULL, "a " NONE_B, ""},
	{{NONE_A}, "x", "a " NONE_B " " NONE_A, "0:" NONE_A " "},
	{{"zebrafishes " NONE_A}, NULL, "zebrafishes " NONE_B, ""},
	{{"zebrafishes " NONE_A}, NONE_A, "zebrafishes", "0:" NONE_A "|zebrafishes "},
	{{"\"kyiv " NONE_A "\"", "\"" NONE_A " kyiv\""}, "kyiv", "kyiv", ""},
	{{"\"kyiv " NONE_A "\"", "\"" NONE_A " kyiv\""}, "kyiv", NONE_A " kyiv",
		"1:" NONE_A " kyiv "},
	{{"\"" NONE_A " " NONE_B "\""}, "!", "- " NONE_A, ""},
	{{"\"" NONE_A " " NONE_A "\""}, NONE_A, NONE_A, ""},
	{{"\"" NONE_A " " NONE_B " kyiv\""}, NONE_A, NONE_A " " NONE_B " kyiv",
		"0:" NONE_A " " NONE_B " kyiv "},
	/* the last word of a phrase, if any word, must be inside its text */
	{{"\"kyiv embassy ?\"", "\"? kyiv embassy\""}, "kyiv embassy", "kyiv embassy", ""},
	{{"\"kyiv embassy ?\"", "\"? kyiv embassy\""}, NULL, "kyiv embassy x", "0:kyiv embassy x "},
	{{"\"kyiv embassy ?\"", "\"? kyiv embassy\""}, "kyiv embassy", "x kyiv embassy",
		"1:x kyiv embassy "},
	{{"\"kyiv embassy mov*\"", "\"mov* kyiv embassy\""}, "moved kyiv", "kyiv embassy moved",
		"0:kyiv embassy moved "},
	{{"\"kyiv embassy mov*\"", "\"mov* kyiv embassy\""}, "kyiv embassy", "moved kyiv embassy",
		"1:moved kyiv embassy "},
	{{LONG_A}, NULL, LONG_B, ""},
	{{LONG_A, LONG_B}, LONG_B " x " LONG_A, LONG_B, "0:" LONG_A " 1:" LONG_B "|" LONG_B " "},
	{{"\"kyiv " LONG_A "\"", "zebrafishes " LONG_A}, "zebrafishes kyiv " LONG_B, "x", ""},
	/* wildcards after and before more than the prefix that is hashed */
	{{SIXTY TEN "*", "*" TEN SIXTY}, SIXTY TEN "es", "on" SIXTY TEN,
		"0:" SIXTY TEN "es 1:on" SIXTY TEN " "},
	{{SIXTY TEN "*", "*" TEN SIXTY}, SIXTY "kakemonoe", "akemonoes" SIXTY, ""},
	/* the shorter of two posting lists is used */
	{{"((the OR of OR in) AND zebrafishes) OR embassy"}, NULL, "of zebrafishes",
		"0:of|zebrafishes "},
	/* equal hashes */
	{{TWIN_A, TWIN_B}, NULL, TWIN_B " " TWIN_C, "1:" TWIN_B " "},
	{{"zebrafishes " TWIN_A}, NULL, "zebrafishes " TWIN_B " " TWIN_C, ""},
	{{"\"" TWIN_A " " TWIN_B "\""}, NULL, TWIN_B " " TWIN_A " " TWIN_C, ""},
	{{"aaaaaaaal*", "qdam*kzt", "{" TWIN_C "}"}, TWIN_C, TWIN_B " " TWIN_A " " TWIN_C,
		"0:" TWIN_A " 1:" TWIN_B " 2:" TWIN_C "|" TWIN_C " "},
	/* two pairs with equal tags */
	{{"\"" PAIR_A "\"", "\"" PAIR_B "\""}, NULL, "a " PAIR_B " b", "1:" PAIR_B " "},
	{{"\"" PAIR_A "\"", "\"" PAIR_B "\""}, PAIR_A, PAIR_B, "0:" PAIR_A " 1:" PAIR_B " "},
	{{"\"" PAIR_A "\""}, NULL, PAIR_B " kulipufa nevibeda", ""},
	{{"\"x " PAIR_A "\"", "\"" PAIR_A " y\"", "\"x " PAIR_A " y\""}, NULL, "x " PAIR_A,
		"0:x " PAIR_A " "},
	{{"\"x " PAIR_A "\"", "\"" PAIR_A " y\"", "\"x " PAIR_A " y\""}, "x", PAIR_A " y",
		"1:" PAIR_A " y "},
	{{"\"x " PAIR_A "\"", "\"" PAIR_A " y\"", "\"x " PAIR_A " y\""}, NULL, "x " PAIR_A " y",
		"0:x " PAIR_A " 1:" PAIR_A " y 2:x " PAIR_A " y "},
};

static void answers_are_right_when_hashes_collide(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(text_rows); i++)
		check_row(&text_rows[i]);
}

/* --- time --- */

#define MANY 20000

static void put_own_words(struct buf *text)
{
	for (unsigned i = 0; i < MANY; i++)
		buf_printf(text, "zebrafishes%u ", i);
}

struct timed {
	struct matcher *matcher;
	const struct buf *texts[2]; /* ordinary, crafted */
};

static void match_text(void *arg, size_t crafted)
{
	struct timed *t = arg;
	struct matcher *a = t->matcher;
	struct watch_view v = {.body = buf_str(t->texts[crafted]), .published = STAMP_NONE};

	buf_clear(&a->matches);
	assert_int_equal(
		watch_set_match_only(a->set, a->scratch, &v, matcher_on_match, a, NULL), 0);
}

/* Compared with as many bytes of ordinary words. */
static void check_time(struct matcher *a, const struct buf *text, const char *expected)
{
	struct buf ordinary;
	struct timed t = {a, {&ordinary, text}};

	buf_init(&ordinary, 4 * BYTES);
	while (ordinary.len < text->len)
		put_own_words(&ordinary);
	assert_cost(buf_z(text), match_text, &t, 0, 1, 10);
	assert_string_equal(buf_z(&a->matches), expected);
	buf_release(&ordinary);
}

/* Watches with a word of their own each, and one that many share. */
static void add_many(struct matcher *a, const char *common)
{
	struct buf q;

	buf_init(&q, 1000);
	for (unsigned i = 0; i < MANY; i++) {
		buf_clear(&q);
		buf_printf(&q, "%s zebrafishes%u", common, i);
		matcher_add(a, buf_z(&q), NULL);
	}
	buf_release(&q);
}

static void words_of_a_tag_or_bucket_take_linear_time(void **state)
{
	static const char *const rows[] = {LIKE_A " ", LIKE_A " " BESIDE_A " ", BESIDE_A " ",
		LIKE_A " " LIKE_B " " BESIDE_A " "};
	struct matcher one = {0}, many = {0};
	struct buf text;

	(void)state;
	matcher_add(&one, "ukraine", NULL);
	matcher_finish(&one);
	add_many(&many, "ukraine");
	matcher_finish(&many);
	buf_init(&text, 4 * BYTES);
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_clear(&text);
		put_own_words(&text);
		put_many(&text, BYTES, rows[i]);
		check_time(&one, &text, "");
		check_time(&many, &text, "");
	}
	/* All words of one row, then all of the other, which is looked up for each of them. */
	buf_clear(&text);
	put_many(&text, BYTES, BESIDE_A " ");
	put_many(&text, 2 * BYTES, BESIDE_B " ");
	check_time(&one, &text, "");
	buf_addz(&text, "ukraine");
	check_time(&one, &text, "0: ");
	buf_release(&text);
	matcher_release(&one);
	matcher_release(&many);
}

/* A trigger that occurs a million times is found once. */
static void repeated_triggers_take_linear_time(void **state)
{
	struct matcher a = {0};
	struct buf text;

	(void)state;
	matcher_add(&a, "\"white house\" OR (ukraine NOT zebra)", NULL);
	add_many(&a, "\"white house\"");
	add_many(&a, "ukraine");
	for (unsigned i = 0; i < MANY; i++)
		matcher_add(&a, i % 2 ? "\"white house\" NEAR/3 abc" : "ukraine NEAR/3 abc", NULL);
	matcher_finish(&a);
	buf_init(&text, 4 * BYTES);
	put_many(&text, BYTES, "ukraine " BESIDE_A " ");
	check_time(&a, &text, "0: ");
	assert_int_equal(a.scratch->item.n_terms, 1);
	buf_clear(&text);
	put_many(&text, BYTES, "white house ");
	check_time(&a, &text, "0: ");
	assert_int_equal(a.scratch->item.n_terms, 1);
	buf_release(&text);
	matcher_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_crafted_words_collide),
		cmocka_unit_test(answers_are_right_when_hashes_collide),
		cmocka_unit_test(words_of_a_tag_or_bucket_take_linear_time),
		cmocka_unit_test(repeated_triggers_take_linear_time),
	};

	return cmocka_run_group_tests_name("watch crafted", tests, NULL, NULL);
}
