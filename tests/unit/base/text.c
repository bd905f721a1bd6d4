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
		{{"a\xe2\x80\xa8z", 5}, "\"a\\u{2028}z\""},
		/* overrides are shown, and the ends of them dropped */
		{STR("a\u202eb\u202cc"), "\"a\\u{202e}bc\""},
		{STR("\u202da\u2069\u202c"), "\"\\u{202d}a\""},
		/* marks stay, byte order marks do not */
		{STR("a\u200e\u200f\u061cb\ufeffc\u200c\u200d"),
			"\"a\u200e\u200f\u061cbc\u200c\u200d\""},
		/* embeddings and isolates stay if they end in the same line */
		{STR("a \u202bb\u202c c"), "\"a \u202bb\u202c c\""},
		{STR("\u2067a \u2068b\u2069\u2069"), "\"\u2067a \u2068b\u2069\u2069\""},
		{STR("\u202aa"), "\"a\""},
		{STR("\u2066a \u202bb\u2069 c\u202c"), "\"\u2066a b\u2069 c\""},
		{STR("\u202ba\u2066b\u202cc"), "\"abc\""},
		{STR("\u202ba\u2066b\u2069\u202cc"), "\"\u202ba\u2066b\u2069\u202cc\""},
		{STR("\u202e\u202ba\u202cb\u202c"), "\"\\u{202e}\u202ba\u202cb\""},
		{STR("\u2067a\nb\u2069 \u2068c\u2069"), "\"a\\nb \u2068c\u2069\""},
		{STR("\u2069\u202ca\u2067"), "\"a\""},
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

/* What is left out at the end may be the counterpart; a line may have any number of controls. */
static void unbalanced_controls_of_a_cut_or_crafted_line_are_dropped(void **state)
{
	struct buf in, out;

	(void)state;
	buf_init(&in, 1000);
	buf_init(&out, 1000);
	utf8_escape(&out, STR("\u2067abcdef\u2069"), 6, false);
	assert_string_equal(buf_z(&out), "abc\u2026");
	for (int i = 0; i < 80; i++)
		buf_addz(&in, "\u2067\u2069");
	buf_clear(&out);
	utf8_escape(&out, buf_str(&in), in.len, false);
	assert_int_equal(out.len, 64 * 3);
	buf_clear(&in);
	for (int i = 0; i < 80; i++)
		buf_addz(&in, "\u2067");
	for (int i = 0; i < 80; i++)
		buf_addz(&in, "\u2069");
	buf_clear(&out);
	utf8_escape(&out, buf_str(&in), in.len, false);
	assert_int_equal(out.len, 0);
	buf_release(&in);
	buf_release(&out);
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
		cmocka_unit_test(unbalanced_controls_of_a_cut_or_crafted_line_are_dropped),
		cmocka_unit_test(a_buffer_refuses_more_than_its_maximum),
		cmocka_unit_test(slices_compare_as_bytes),
	};

	return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}
