/* SPDX-License-Identifier: MIT */
/* Truncation by each unit that services count in. */
#include "lib/unit.h"

#include <unigbrk.h>

#include "text/cut.h"

#define FAMILY "👨‍👩‍👧‍👦" /* 25 bytes, 7 code points, 11 units of UTF-16 */

static void a_text_is_cut_between_what_people_see(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *bytes, *code_points, *utf16;
	} rows[] = {
		{"", 0, "", "", ""},
		{"abc", 3, "abc", "abc", "abc"},
		{"abc", 2, "ab", "ab", "ab"},
		{"abc", 0, "", "", ""},
		{"é大🇳🇴x", 2, "é", "é大", "é大"},
		{"é大🇳🇴x", 4, "é", "é大🇳🇴", "é大"},
		{"é大🇳🇴x", 5, "é大", "é大🇳🇴x", "é大"},
		{"é大🇳🇴x", 6, "é大", "é大🇳🇴x", "é大🇳🇴"},
		{"é大🇳🇴x", 7, "é大", "é大🇳🇴x", "é大🇳🇴x"},
		{"é大🇳🇴x", 13, "é大🇳🇴", "é大🇳🇴x", "é大🇳🇴x"},
		{"a" FAMILY, 7, "a", "a", "a"},
		{"a" FAMILY, 8, "a", "a" FAMILY, "a"},
		{"a" FAMILY, 12, "a", "a" FAMILY, "a" FAMILY},
		{"ae\u0301\u0323", 3, "a", "a", "a"},
		{"ae\u0301\u0323", 4, "a", "ae\u0301\u0323", "ae\u0301\u0323"},
		/* What is larger by itself is cut between code points. */
		{"👨‍👩", 6, "👨", "👨‍👩", "👨‍👩"},
		{"👨‍👩", 4, "👨", "👨‍👩", "👨‍"},
		{"👨‍👩", 1, "", "👨", ""},
		{"e\u0301\u0301", 2, "e", "e\u0301", "e\u0301"},
		{"🇺🇸🇩🇪🇫🇷", 20, "🇺🇸🇩🇪", "🇺🇸🇩🇪🇫🇷", "🇺🇸🇩🇪🇫🇷"},
		{"🇺🇸🇩🇪🇫🇷", 3, "", "🇺🇸", "🇺"},
		{"a👩🏽‍🚒🏳️‍🌈", 5, "a", "a👩🏽‍🚒", "a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const want[] = {rows[i].bytes, rows[i].code_points, rows[i].utf16};

		for (int unit = TEXT_BYTES; unit <= TEXT_UTF16; unit++) {
			struct str cut = text_cut_by(
				str_of(rows[i].text), rows[i].max, (enum text_unit)unit);

			if (!str_is(cut, want[unit]))
				fail_msg("%s to %zu of unit %d: %.*s", rows[i].text, rows[i].max,
					unit, STR_ARG(cut));
			assert_true(text_size(cut, (enum text_unit)unit) <= rows[i].max);
		}
	}
}

/* Every limit of a text of all kinds of clusters, against the definition. */
static void each_limit_is_used_up(void **state)
{
	static const char text[] =
		"x🇺🇸🇩🇪🇫🇷 नमस्ते" FAMILY FAMILY "각한국é\u0301\u0301\u0323🏳️‍🌈\r\n"
		"ภาษาไทย👩🏽‍🚒🇳🇴.大使館🇺🇸";
	static char breaks[sizeof(text)];
	const struct str s = {text, sizeof(text) - 1};

	(void)state;
	u8_grapheme_breaks((const uint8_t *)s.p, s.n, breaks);
	for (int unit = TEXT_BYTES; unit <= TEXT_UTF16; unit++) {
		for (size_t max = 0; max <= s.n; max++) {
			struct str cut = text_cut_by(s, max, (enum text_unit)unit);
			size_t want = 0;

			for (size_t i = 1; i <= s.n; i++)
				if ((i == s.n || breaks[i]) &&
					text_size(str_slice(s.p, i), (enum text_unit)unit) <= max)
					want = i;
			if (max > 0) /* the first cluster is one of one unit */
				assert_int_equal(cut.n, want);
		}
	}
}

/* Where the words have no spaces between them. */
static void a_long_text_without_ascii_is_cut_so_too(void **state)
{
	static char text[3 * 600 + sizeof(FAMILY)];
	const size_t n = 3 * 600;

	(void)state;
	for (size_t i = 0; i < n; i += 3)
		memcpy(text + i, "大", 3);
	memcpy(text + n, FAMILY, sizeof(FAMILY));
	for (size_t more = 0; more < sizeof(FAMILY) - 1; more++)
		assert_int_equal(text_cut(str_of(text), n + more).n, n);
	assert_int_equal(text_cut(str_of(text), n - 1).n, n - 3);
	assert_int_equal(text_cut_by(str_of(text), 603, TEXT_CODE_POINTS).n, n);
}

static void sizes_are_those_of_each_unit(void **state)
{
	(void)state;
	assert_int_equal(text_size(STR(FAMILY), TEXT_BYTES), 25);
	assert_int_equal(text_size(STR(FAMILY), TEXT_CODE_POINTS), 7);
	assert_int_equal(text_size(STR(FAMILY), TEXT_UTF16), 11);
	assert_int_equal(text_size(STR_NONE, TEXT_UTF16), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_cut_between_what_people_see),
		cmocka_unit_test(each_limit_is_used_up),
		cmocka_unit_test(a_long_text_without_ascii_is_cut_so_too),
		cmocka_unit_test(sizes_are_those_of_each_unit),
	};

	return cmocka_run_group_tests_name("text cut", tests, NULL, NULL);
}
