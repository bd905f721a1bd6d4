/* SPDX-License-Identifier: MIT */
/* Where expressions are called back: in the right places, and without changing what they match. */
#include "unit.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/clock.h"
#include "base/rng.h"
#include "watch/regex.h"

#define PATTERNS 20000

static struct rng rng;

static void calls_stand_before_what_is_repeated(void **state)
{
	static const struct {
		const char *pattern, *calls; /* NULL: not understood */
		size_t stretch;
	} cases[] = {
		{"embassy", "embassy", 7},
		{"", "", 0},
		{"abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwx(?C)yz", 24},
		{"abcdefghijklmnopqrstuvw[xyz]|a", "abcdefghijklmnopqrstuvw[xyz](?C)|a", 28},
		{"[^.]*embassy", "(?C)[^.]*embassy", 12},
		{"ab+c", "a(?C)b+c", 3},
		{"ab?\?c{2,}+d{,}", "a(?C)b?\?(?C)c{2,}+d{,}", 10},
		{"(a|b)*c", "(?C)(a|b)*c", 7},
		{"(\\w+ ){3}x", "(?C)((?C)\\w+ ){3}x", 9},
		{"(?:a(?=b)c)?", "(?C)(?:a(?C)(?=b)c)?", 8},
		{"(?<!a)(?<n>b)\\k<n>+", "(?C)(?<!a)(?C)(?<n>b)(?C)\\k<n>+", 7},
		{"(?P<n>b)\\g{-1}", "(?C)(?P<n>b)(?C)\\g{-1}", 8},
		{"(a)\\1\\d\\p{Greek}+\\pL*\\x41?",
			"(?C)(a)(?C)\\1\\d(?C)\\p{Greek}+(?C)\\pL*(?C)\\x41?", 10},
		{"\\x{41}{2}\\.+", "(?C)\\x{41}{2}(?C)\\.+", 9},
		{"[]a]+[^]]*[a\\]b]", "(?C)[]a]+(?C)[^]]*[a\\]b]", 11},
		{"(?i)a*(?s-i:b)", "(?C)(?i)(?C)a*(?C)(?s-i:b)", 8},
		{"x|y*|^z?$", "x|(?C)y*|^(?C)z?$", 4},
		{"a{b}{,c", "a{b}{,c", 7},
		{"\u00fc+#\u6771*", "(?C)\u00fc+#(?C)\u6771*", 4},
		{"a\\Qb+\\E", NULL, 0},
		{"(?x)a +", NULL, 0},
		{"(?#b+)", NULL, 0},
		{"(*UCP)a", NULL, 0},
		{"(a)(?1)", NULL, 0},
		{"(a)(?(1)b)", NULL, 0},
		{"[[:alpha:]]+", NULL, 0},
		{"(?R)?", NULL, 0},
		{"(a", NULL, 0},
		{"a)", NULL, 0},
		{"[a", NULL, 0},
		{"\\", NULL, 0},
		{"(?C1)a", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;
		size_t stretch;
		bool known;

		buf_init(&out, 1 << 16);
		known = watch_regex_calls(str_of(cases[i].pattern), &out, &stretch);
		if (known != (cases[i].calls != NULL))
			fail_msg("%s: understood: %d", cases[i].pattern, known);
		if (known) {
			assert_string_equal(buf_z(&out), cases[i].calls);
			assert_int_equal(stretch, cases[i].stretch);
		}
		buf_release(&out);
	}
}

/* --- whatever is put together --- */

static size_t pick(size_t n)
{
	return (size_t)rng_below(&rng, n);
}

static void put(struct buf *p, const char *const *some, size_t n)
{
	buf_addz(p, some[pick(n)]);
}

#define PUT(p, some) put(p, some, sizeof(some) / sizeof((some)[0]))

static void put_pattern(struct buf *p, unsigned depth)
{
	static const char *const items[] = {"a", "b", "\\.", "\\w", "\\W", "\\d", "\\b", "\\x61",
		"\\x{fc}", "\\p{L}", "\\PL", "[ab]", "[^a]", "[]a]", "[\\]b-]", ".", "^", "$", "|",
		"\u00fc", "\\1", "\\g1", "\\g{1}", " ", "{", "}", "a{", "#", "\\K", "\\R", "\\101",
		"\\n", "-", "]", "\\e", "[\\w.]", "\\h", "\\0"};
	static const char *const groups[] = {"(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>",
		"(?i:", "(?<n>", "(?'m'", "(?P<o>", "(?|", "(?s-i:", "(?i)(", "(?^:"};
	static const char *const counts[] = {"*", "+", "?", "*?", "+?", "++", "*+", "??", "{2}",
		"{1,2}", "{1,}", "{,2}", "{2}+", "{1,2}?", "{,}", "{0}"};

	for (size_t i = 1 + pick(4); i; i--) {
		if (depth && pick(3) == 0) {
			PUT(p, groups);
			put_pattern(p, depth - 1);
			buf_addz(p, ")");
		} else {
			PUT(p, items);
		}
		if (pick(3) == 0)
			PUT(p, counts);
	}
}

static pcre2_code *compile(struct str pattern)
{
	int code;
	PCRE2_SIZE offset;

	return pcre2_compile(
		(PCRE2_SPTR)pattern.p, pattern.n, PCRE2_UTF | PCRE2_UCP, &code, &offset, NULL);
}

static void match(pcre2_code *code, struct str text, PCRE2_SIZE out[3])
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int rc = pcre2_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, data, NULL);

	out[0] = rc >= 0;
	out[1] = rc >= 0 ? pcre2_get_ovector_pointer(data)[0] : 0;
	out[2] = rc >= 0 ? pcre2_get_ovector_pointer(data)[1] : 0;
	pcre2_match_data_free(data);
}

static void compare(struct str pattern, struct str calls, uint64_t seed)
{
	pcre2_code *plain = compile(pattern), *called = compile(calls);

	if (plain && !called)
		fail_msg("%s can no longer be compiled: %s (seed %llu)", pattern.p, calls.p,
			(unsigned long long)seed);
	for (int i = 0; plain && i < 8; i++) {
		static const char *const pieces[] = {
			"a", "b", "aab", ".", " ", "1", "\u00fc", "A", "\n", "aba", "{", "]", "-"};
		PCRE2_SIZE x[3], y[3];
		struct buf text;

		buf_init(&text, 1 << 16);
		for (size_t n = pick(12); n; n--)
			PUT(&text, pieces);
		match(plain, buf_str(&text), x);
		match(called, buf_str(&text), y);
		if (memcmp(x, y, sizeof(x)) != 0)
			fail_msg("%s and %s differ on '%s' (seed %llu)", pattern.p, calls.p,
				buf_z(&text), (unsigned long long)seed);
		buf_release(&text);
	}
	pcre2_code_free(plain);
	pcre2_code_free(called);
}

static void calls_change_no_match(void **state)
{
	uint64_t seed =
		getenv("SEED") ? strtoull(getenv("SEED"), NULL, 10) : (uint64_t)clock_wall();
	size_t understood = 0;

	(void)state;
	rng_seed(&rng, seed);
	for (size_t i = 0; i < PATTERNS; i++) {
		struct buf pattern, calls;
		size_t stretch;

		buf_init(&pattern, 1 << 16);
		buf_init(&calls, 1 << 16);
		put_pattern(&pattern, 3);
		buf_z(&pattern);
		if (watch_regex_calls(buf_str(&pattern), &calls, &stretch)) {
			understood++;
			buf_z(&calls);
			compare(buf_str(&pattern), buf_str(&calls), seed);
		}
		buf_release(&pattern);
		buf_release(&calls);
	}
	assert_true(understood > PATTERNS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_stand_before_what_is_repeated),
		cmocka_unit_test(calls_change_no_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
