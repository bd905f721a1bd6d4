/* SPDX-License-Identifier: MIT */
/* The normal form of host names: lower case, xn--… decoded. */
#include "lib/unit.h"

#include "query/site.h"

static void host_names_are_normalised(void **state)
{
	static const char *const rows[][2] = {
		{"WWW.BBC.co.uk", "www.bbc.co.uk"},
		{"xn--bcher-kva.de", "bücher.de"},
		{"XN--BCHER-KVA.DE", "bücher.de"},
		{"BÜCHER.de", "bücher.de"},
		{"xn--e1afmkfd.xn--p1ai", "пример.рф"},
		{"www.xn--hxajbheg2az3al.gr", "www.παράδειγμα.gr"},
		{"xn--r8jz45g.jp", "例え.jp"},
		/* a sample of RFC 3492: ASCII between other characters */
		{"xn--3b-ww4c5e180e575a65lsy2b.jp", "3年b組金八先生.jp"},
		/* invalid: unchanged */
		{"xn--.de", "xn--.de"},
		{"xn--abc-.de", "xn--abc-.de"},
		{"xn--99999999.de", "xn--99999999.de"},
		{"xn--a b.de", "xn--a b.de"},
		{"xn--0.de", "xn--0.de"},
		{"\xff.de", "\xff.de"},
		{"[::1]", "[::1]"},
		{"..", ".."},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char form[QUERY_SITE_FORM_MAX];
		size_t n = query_site_form(str_of(rows[i][0]), form);

		if (!str_eq(str_slice(form, n), str_of(rows[i][1])))
			fail_msg("%s: %.*s, not %s", rows[i][0], (int)n, form, rows[i][1]);
	}
}

/* Labels of zeros, or of the largest numbers, that expand as much as possible. */
static void labels_that_expand_fit_the_buffer(void **state)
{
	static const char letters[] = "a9z0b";
	char host[QUERY_SITE_HOST_MAX + 1], form[QUERY_SITE_FORM_MAX];

	(void)state;
	for (size_t step = 1; step < 70; step++)
		for (size_t k = 0; letters[k]; k++) {
			size_t n = 0;

			while (n + step + 5 <= QUERY_SITE_HOST_MAX) {
				memcpy(host + n, "xn--", 4);
				memset(host + n + 4, letters[k], step);
				host[n + 4 + step / 2] = letters[step % 5];
				n += step + 4;
				host[n++] = '.';
			}
			assert_true(query_site_form(str_slice(host, n), form) <= sizeof(form));
		}
	memset(host, 'a', sizeof(host));
	assert_int_equal(query_site_form(str_slice(host, QUERY_SITE_HOST_MAX), form), 255);
	assert_int_equal(query_site_form(str_slice(host, QUERY_SITE_HOST_MAX + 1), form), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_names_are_normalised),
		cmocka_unit_test(labels_that_expand_fit_the_buffer),
	};

	return cmocka_run_group_tests_name("query site", tests, NULL, NULL);
}
