/* SPDX-License-Identifier: MIT */
/* The writer of documents: the same bytes as Jansson's. */
#include "lib/unit.h"

#include <stdlib.h>

#include "alert/json_part.h"

static void check_written(json_t *value)
{
	char *expected = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	struct buf out;

	assert_non_null(expected);
	buf_init(&out, 1 << 20);
	json_part_write(value, &out);
	assert_false(buf_failed(&out));
	assert_string_equal(buf_z(&out), expected);
	assert_int_equal(out.len, strlen(expected));
	buf_release(&out);
	free(expected);
	json_decref(value);
}

static void every_character_is_written_as_by_jansson(void **state)
{
	(void)state;
	for (int c = 1; c < 0x80; c++) {
		char text[] = {'a', (char)c, (char)c, 'z', '\0'};

		check_written(json_string(text));
		check_written(json_pack("{s:i}", text, c));
	}
	check_written(json_stringn("a\0b", 3));
	check_written(json_string("é 中 \xf0\x9f\x98\x80 \xe2\x80\xa8"));
	check_written(json_string(""));
	check_written(json_string("\""));
}

static void every_kind_of_value_is_written_as_by_jansson(void **state)
{
	static const double reals[] = {0, 1, -1.5, 0.1, 1e300, 1e-7, 123456789.25};

	(void)state;
	check_written(json_object());
	check_written(json_array());
	check_written(json_pack("[[], {}, [n, b, b], {s:{s:[]}}]", 1, 0, "a", "b"));
	check_written(json_pack("{s:I, s:I, s:i, s:s}", "min", (json_int_t)INT64_MIN, "max",
		(json_int_t)INT64_MAX, "z", 0, "a", "order stays"));
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++)
		check_written(json_real(reals[i]));
}

static void too_small_a_buffer_fails(void **state)
{
	json_t *value = json_pack("[s, i]", "text", 12345);
	struct buf out;

	(void)state;
	for (size_t max = 0; max < 14; max++) {
		buf_init(&out, max);
		json_part_write(value, &out);
		assert_true(out.overflow);
		buf_release(&out);
	}
	json_decref(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_written_as_by_jansson),
		cmocka_unit_test(every_kind_of_value_is_written_as_by_jansson),
		cmocka_unit_test(too_small_a_buffer_fails),
	};

	return cmocka_run_group_tests_name("alert json_part", tests, NULL, NULL);
}
