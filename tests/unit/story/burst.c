/* SPDX-License-Identifier: MIT */
/* Names that many sources have at once. */
#include "lib/unit.h"

#include "base/clock.h"
#include "story/burst.h"

#define HOUR CLOCK_HOUR

/* "name origins first|" of each that is found. */
static const char *take(
	struct story_burst *b, const char *origin, int64_t at, const char *title, const char *body)
{
	static char text[1000];
	static int64_t id;
	struct story_burst_item item = {.id = ++id,
		.at = at,
		.title = str_of(title),
		.body = str_of(body),
		.origin = str_of(origin),
		.within = HOUR,
		.needed = 3};
	struct story_burst_found found[STORY_BURST_FOUND_MAX];
	struct err e = {0};
	size_t n, used = 0;

	assert_int_equal(story_burst_take(b, &item, found, &n, &e), 0);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s %zu|",
			STR_ARG(found[i].name), found[i].origins);
	return text;
}

static void a_name_of_three_origins_is_found(void **state)
{
	struct story_burst *b = story_burst_new(7);

	(void)state;
	assert_string_equal(take(b, "a", 0, "Dam breaks near Sudmark", "Rain."), "");
	assert_string_equal(take(b, "a", 1, "More about Sudmark", NULL), "");
	assert_string_equal(take(b, "b", 2, NULL, "The dam at SUDMARK's gate broke."), "");
	assert_string_equal(take(b, "c", 3, NULL, "People left Sudmark."), "Sudmark 3|");
	assert_string_equal(take(b, "d", 4, NULL, "It is in Sudmark, in Norland."), "Sudmark 4|");
	story_burst_free(b);
}

static void what_is_no_name_is_not_found(void **state)
{
	static const char *const texts[] = {
		"Floods. Sudmark. Rain",	   /* sentences */
		"a dam of sudmark",		   /* small letters */
		"the Old And New Hotels And Bars", /* five in a row */
		"J. R. R. in A",		   /* initials */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct story_burst *b = story_burst_new(7);

		take(b, "a", 0, NULL, texts[i]);
		take(b, "b", 0, NULL, texts[i]);
		assert_string_equal(take(b, "c", 0, NULL, texts[i]), "");
		/* A title in title case says nothing. */
		take(b, "a", 0, "Dam Breaks Near Sudmark", NULL);
		take(b, "b", 0, "Dam Breaks Near Sudmark", NULL);
		assert_string_equal(take(b, "c", 0, "Dam Breaks Near Sudmark", NULL), "");
		story_burst_free(b);
	}
}

static void names_of_several_words_are_one(void **state)
{
	struct story_burst *b = story_burst_new(7);
	const char *text = "the mayor of Port Sudmark, Anna-Maria Holm, met Ödegård";

	(void)state;
	take(b, "a", 0, NULL, text);
	take(b, "b", 0, NULL, text);
	assert_string_equal(
		take(b, "c", 0, NULL, text), "Anna-Maria Holm 3|Port Sudmark 3|Ödegård 3|");
	story_burst_free(b);
}

static void origins_are_forgotten_after_the_time(void **state)
{
	struct story_burst *b = story_burst_new(7);

	(void)state;
	take(b, "a", 0, NULL, "in Sudmark");
	take(b, "b", HOUR / 2, NULL, "in Sudmark");
	assert_string_equal(take(b, "c", HOUR, NULL, "in Sudmark"), "");
	assert_string_equal(take(b, "d", HOUR + 1, NULL, "in Sudmark"), "Sudmark 3|");
	story_burst_free(b);
}

static void a_common_name_is_ignored_for_a_time(void **state)
{
	struct story_burst_found found[STORY_BURST_FOUND_MAX];
	struct story_burst_item item = {.id = 1,
		.title = STR("in Sudmark"),
		.origin = STR("a"),
		.within = HOUR,
		.needed = 1};
	struct story_burst *b = story_burst_new(7);
	struct err e;
	size_t n;

	(void)state;
	assert_int_equal(story_burst_take(b, &item, found, &n, &e), 0);
	assert_int_equal(n, 1);
	story_burst_ignore(b, found[0].key, 100);
	item.at = 99;
	assert_int_equal(story_burst_take(b, &item, found, &n, &e), 0);
	assert_int_equal(n, 0);
	item.at = 100;
	assert_int_equal(story_burst_take(b, &item, found, &n, &e), 0);
	assert_int_equal(n, 1);
	story_burst_free(b);
}

static void many_names_are_bounded(void **state)
{
	struct story_burst *b = story_burst_new(7);
	char text[64];

	(void)state;
	take(b, "a", 0, NULL, "in Sudmark");
	take(b, "b", 0, NULL, "in Sudmark");
	for (int i = 0; i < 12000; i++) {
		snprintf(text, sizeof(text), "in Xa%c%c%c", 'a' + i % 20, 'a' + i / 20 % 20,
			'a' + i / 400);
		take(b, "a", 0, NULL, text);
	}
	/* The oldest were dropped. */
	assert_string_equal(take(b, "c", 0, NULL, "in Sudmark"), "");
	story_burst_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_of_three_origins_is_found),
		cmocka_unit_test(what_is_no_name_is_not_found),
		cmocka_unit_test(names_of_several_words_are_one),
		cmocka_unit_test(origins_are_forgotten_after_the_time),
		cmocka_unit_test(a_common_name_is_ignored_for_a_time),
		cmocka_unit_test(many_names_are_bounded),
	};

	return cmocka_run_group_tests_name("story burst", tests, NULL, NULL);
}
