/* SPDX-License-Identifier: MIT */
/* What was told is found again, however much it is; nothing else is. */
#include "lib/unit.h"

#include "desk/told.h"

static void all_that_was_told_is_found(void **state)
{
	struct told t = {0};

	(void)state;
	for (uint64_t story = 1; story <= 3000; story++)
		for (size_t watch = 0; watch < 5; watch++) {
			struct told_entry *e = told_find(&t, watch, story << 40);

			assert_non_null(e);
			assert_int_equal(e->item, 0);
			e->item = (int64_t)(story * 5 + watch);
		}
	assert_int_equal(t.n, 15000);
	assert_true(t.mask + 1 >= 20000 && t.mask + 1 <= 40000);
	for (uint64_t story = 1; story <= 3000; story++)
		for (size_t watch = 0; watch < 5; watch++)
			assert_int_equal(
				told_find(&t, watch, story << 40)->item, story * 5 + watch);
	assert_int_equal(t.n, 15000);
	assert_int_equal(told_find(&t, 5, UINT64_C(1) << 40)->item, 0);
	told_release(&t);
	told_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_was_told_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
