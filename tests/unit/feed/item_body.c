/* SPDX-License-Identifier: MIT */
/* A summary that only repeats the content is dropped. */
#include "lib/unit.h"

#include "feed/item.h"

static const struct {
	const char *summary, *content;
	bool kept;
} cases[] = {
	{NULL, "The embassy moves.", false},
	{"The embassy moves.", NULL, true},
	{"The embassy moves.", "The embassy moves.", false},
	{"The embassy moves. It leaves [\xe2\x80\xa6]", "The embassy moves.\n\nIt leaves Kyiv.",
		false},
	{"It leaves Kyiv\xe2\x80\xa6", "The embassy moves.\n\nIt leaves Kyiv today.", false},
	{"It leaves ...", "The embassy moves.\n\nIt leaves Kyiv today.", false},
	{"It leaves Lviv.", "The embassy moves.\n\nIt leaves Kyiv today.", true},
	{"The embassy moves. And more.", "The embassy moves.", true},
};

static void a_summary_that_repeats_the_content_is_dropped(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct feed_item i = {
			.summary = str_of(cases[k].summary), .content = str_of(cases[k].content)};

		assert_int_equal(str_present(feed_item_distinct_summary(&i)), cases[k].kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_summary_that_repeats_the_content_is_dropped)};

	return cmocka_run_group_tests_name("feed item body", tests, NULL, NULL);
}
