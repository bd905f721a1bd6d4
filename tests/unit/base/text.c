/* SPDX-License-Identifier: MIT */
/* Slices, UTF-8, buffers, escaping. */
#include "lib/unit.h"

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"

static void valid_prefix_stops_at_the_first_bad_byte(void **state)
{
	static const struct {
		const char *bytes;
		size_t n, good;
	} rows[] = {
		{"abc", 3, 3}, {"h\xc3\xa9!", 4, 4}, {"\xc0\xaf", 2, 0}, /* overlong */
		{"a\xe0\x80\xaf", 4, 1},				 /* overlong, three bytes */
		{"\xed\xa0\x80", 3, 0},					 /* surrogate */
		{"\xf4\x90\x80\x80", 4, 0},				 /* above U+10FFFF */
		{"12345678\xe2\x82", 10, 8},				 /* cut inside */
		{"\xf0\x9f\x98\x80\x80", 5, 4},				 /* stray continuation */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(utf8_valid_prefix(rows[i].bytes, rows[i].n), rows[i].good);
}

static void every_code_point_survives_a_round_trip(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110000; cp++) {
		char bytes[4];
		size_t n = utf8_encode(cp, bytes);
		uint32_t back = 0;

		if ((cp >= 0xD800 && cp <= 0xDFFF) || cp > 0x10FFFF) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_int_equal(utf8_decode(bytes, n, &back), n);
		assert_int_equal(back, cp);
		assert_int_equal(utf8_valid_prefix(bytes, n), n);
	}
}

static void a_cut_never_ends_inside_a_code_point(void **state)
{
	struct str s = STR("aé€😀z");
	static const size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

	(void)state;
	for (size_t max = 0; max < sizeof(ends) / sizeof(ends[0]); max++)
		assert_int_equal(utf8_cut(s, max).n, ends[max]);
}

static void foreign_text_is_escaped(void **state)
{
	static const struct {
		struct str in;
		const char *out;
	} rows[] = {
		{{"a\nb", 3}, "\"a\\nb\""},
		{{"\x1b[2J", 4}, "\"\\u{1b}[2J\""},
		{{"say \"hi\"", 8}, "\"say \\\"hi\\\"\""},
		{{"\xff!", 2}, "\"\\xff!\""},
		{{"\xe2\x80\xaemoc", 6}, "\"\\u{202e}moc\""},
		{{"caf\xc3\xa9", 5}, "\"caf\xc3\xa9\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b;

		buf_init(&b, 1000);
		utf8_escape(&b, rows[i].in, 100, true);
		assert_string_equal(buf_z(&b), rows[i].out);
		buf_release(&b);
	}
}

static void a_buffer_refuses_more_than_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	buf_addz(&b, "12345678");
	assert_false(buf_failed(&b));
	buf_addc(&b, '9');
	assert_true(buf_failed(&b));
	assert_true(b.overflow);
	assert_string_equal(buf_z(&b), "12345678");
	buf_clear(&b);
	buf_printf(&b, "%d-%s", 12, "ab");
	assert_string_equal(buf_z(&b), "12-ab");
	buf_release(&b);
}

static void slices_compare_as_bytes(void **state)
{
	(void)state;
	assert_true(str_eq_nocase(STR("Content-TYPE"), STR("content-type")));
	assert_false(str_eq_nocase(STR("a"), STR("ab")));
	assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
	assert_true(str_is(str_trim(STR(" \t x y\r\n")), "x y"));
	assert_int_equal(str_find(STR("hello"), STR("lo")), 3);
	assert_int_equal(str_find(STR("hello"), STR("lol")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_prefix_stops_at_the_first_bad_byte),
		cmocka_unit_test(every_code_point_survives_a_round_trip),
		cmocka_unit_test(a_cut_never_ends_inside_a_code_point),
		cmocka_unit_test(foreign_text_is_escaped),
		cmocka_unit_test(a_buffer_refuses_more_than_its_maximum),
		cmocka_unit_test(slices_compare_as_bytes),
	};

	return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}
