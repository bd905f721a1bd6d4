/* SPDX-License-Identifier: MIT */
/* Character classes agree with <ctype.h> in the C locale. */
#include "lib/unit.h"

#include <ctype.h>

#include "base/ascii.h"

static void classes_match_the_c_locale(void **state)
{
	(void)state;
	for (int c = -128; c < 256; c++) {
		bool ascii = c >= 0 && c < 0x80;

		assert_int_equal(ascii_is_digit(c), ascii && isdigit(c));
		assert_int_equal(ascii_is_upper(c), ascii && isupper(c));
		assert_int_equal(ascii_is_lower(c), ascii && islower(c));
		assert_int_equal(ascii_is_alpha(c), ascii && isalpha(c));
		assert_int_equal(ascii_is_alnum(c), ascii && isalnum(c));
		assert_int_equal(ascii_is_space(c), ascii && isspace(c));
		assert_int_equal(
			ascii_is_xml_space(c), ascii && isspace(c) && c != '\v' && c != '\f');
	}
}

static void case_is_mapped_for_letters_only(void **state)
{
	(void)state;
	for (int c = -128; c < 128; c++) {
		assert_int_equal(ascii_lower((char)c), c >= 0 ? tolower(c) : c);
		assert_int_equal(ascii_upper((char)c), c >= 0 ? toupper(c) : c);
	}
}

static void hexadecimal_digits_are_decoded(void **state)
{
	static const char digits[] = "0123456789abcdef";

	(void)state;
	for (int c = -128; c < 128; c++) {
		const char *p = c > 0 ? strchr(digits, tolower(c)) : NULL;

		assert_int_equal(ascii_hex_value((char)c), p ? p - digits : -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_match_the_c_locale),
		cmocka_unit_test(case_is_mapped_for_letters_only),
		cmocka_unit_test(hexadecimal_digits_are_decoded),
	};

	return cmocka_run_group_tests_name("base ascii", tests, NULL, NULL);
}
