/* SPDX-License-Identifier: MIT */
#include "story/headline.h"

#include "lib/unit.h"

struct pair {
	const char *a, *b;
	unsigned overlap;
	bool contains; /* b in a */
};

static void test_compares_words(void **state)
{
	static const struct pair v[] = {
		{"Norland relocates its embassy", "Norland relocates its embassy", 100, true},
		{"norland RELOCATES its embassy!", "Norland relocates its embassy", 100, true},
		{"Kill the story “Norland relocates its embassy” of 10:05",
			"Norland relocates its embassy", 40, true},
		{"3 dead in Norland blast", "30 dead in Norland blast", 80, false},
		{"blast Norland in dead 3", "3 dead in Norland blast", 100, false},
		{"the the the", "the", 33, true},
		{"", "x", 0, false},
		{"x", "", 0, false},
		{"诺兰迁移大使馆", "诺兰迁移大使馆", 100, true},
	};
	struct text_words w;
	uint64_t a[HEADLINE_WORDS_MAX], b[HEADLINE_WORDS_MAX];

	(void)state;
	text_words_init(&w);
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct headline x = {a, headline_words(&w, str_of(v[i].a), a, HEADLINE_WORDS_MAX)};
		struct headline y = {b, headline_words(&w, str_of(v[i].b), b, HEADLINE_WORDS_MAX)};

		if (headline_overlap(x, y) != v[i].overlap || headline_is_in(x, y) != v[i].contains)
			fail_msg("%s, %s: %u", v[i].a, v[i].b, headline_overlap(x, y));
	}
	text_words_release(&w);
}

static void test_finds_slugs(void **state)
{
	static const char *const v[][2] = {
		{"https://a.example/world/norland-relocates-its-embassy",
			"norland-relocates-its-embassy"},
		{"https://a.example/norland-relocates-its-embassy.html?x=a-b-c#d-e-f",
			"norland-relocates-its-embassy"},
		{"https://a.example/norland-relocates-its-embassy/",
			"norland-relocates-its-embassy"},
		{"https://a.example/2026-11-30", NULL},
		{"https://a.example/12345678901234567890", NULL},
		{"https://a.example/", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct str s = headline_slug(str_of(v[i][0]));

		if (v[i][1] ? !str_is(s, v[i][1]) : str_present(s))
			fail_msg("%s: %.*s", v[i][0], STR_ARG(s));
	}
	assert_true(headline_same_slug(
		STR("kill-norland-relocates-its-embassy"), STR("norland-relocates-its-embassy")));
	assert_true(headline_same_slug(
		STR("norland-relocates-its-embassy"), STR("Norland-relocates-its-embassy-2")));
	assert_false(headline_same_slug(
		STR("norland-relocates-its-embassy"), STR("norland-relocates-its-consulate")));
	assert_false(headline_same_slug(STR_NONE, STR_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compares_words),
		cmocka_unit_test(test_finds_slugs),
	};

	return cmocka_run_group_tests_name("story headline", tests, NULL, NULL);
}
