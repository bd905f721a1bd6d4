/* SPDX-License-Identifier: MIT */
/* Text that is looked for in another spelling of the same letters. */
#include "lib/unit.h"

#include "feed/fold.h"

static void text_is_found_in_any_case_and_without_accents(void **state)
{
	static const struct {
		const char *text, *part;
		bool found;
	} rows[] = {
		{"Hello", "LLO", true},
		{"Hello", "lol", false},
		{"Hello", "Hello!", false},
		{"", "", true},
		{"a", "", true},
		{"", "a", false},
		{"Österreich im Überblick", "ÖSTERREICH", true},
		{"Österreich im Überblick", "osterreich IM u", true},
		{"Orsay", "Ö", true},
		{"Война в Украине", "украин", true},
		{"Αθήνα", "ΑΘΗΝΑ", true},
		{"東京都", "京", true},
		{"東京都", "\xba", false}, /* a part of a letter */
		{"a\xff"
		 "b",
			"A\xff", true},
		{"a\xff"
		 "b",
			"\xfe", false},
		{"aab", "AB", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (feed_fold_has(str_of(rows[i].text), str_of(rows[i].part)) != rows[i].found)
			fail_msg("%s in %s", rows[i].part, rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_found_in_any_case_and_without_accents),
	};

	return cmocka_run_group_tests_name("feed/fold", tests, NULL, NULL);
}
