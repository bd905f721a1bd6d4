/* SPDX-License-Identifier: MIT */
/*
 * Regular expression search: long texts are searched in pieces; unbounded expressions are refused.
 */
#include "lib/unit.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "watch/regex.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BUDGET	 1300000

/* Where to continue after a match, which may be empty. */
static size_t behind(struct str text, size_t from, size_t end)
{
	from = end > from ? end : from + 1;
	while (from < text.n && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from++;
	return from;
}

#define CLASS_OF_MANY 500 /* makes the pieces short */

static size_t all_of(const struct watch_regex *re, struct str text, struct buf *out)
{
	struct watch_regex_scratch *s = watch_regex_scratch_new();
	uint64_t budget = (uint64_t)1 << 40;
	size_t from = 0, n = 0, begin, end;
	int rc = 0;

	while (from <= text.n &&
		(rc = watch_regex_find(re, s, text, from, &budget, &begin, &end)) > 0) {
		buf_printf(out, "%zu+%zu ", begin, end - begin);
		from = behind(text, from, end);
		n++;
	}
	assert_true(rc >= 0);
	watch_regex_scratch_free(s);
	return n;
}

/* The expression followed by a class of many members that do not occur in a text. */
static struct watch_regex *compile_heavy(const char *expression)
{
	struct watch_regex *re;
	struct buf text;

	buf_init(&text, 1 << 16);
	buf_printf(&text, "(?:%s)(?:|[", expression);
	for (uint32_t k = 0; k < CLASS_OF_MANY; k++)
		utf8_append(&text, 0x3400 + 2 * k);
	buf_addz(&text, "])");
	assert_int_equal(watch_regex_compile(buf_str(&text), false, &re, NULL), 0);
	buf_release(&text);
	return re;
}

static struct watch_regex *compile_light(const char *expression)
{
	struct watch_regex *re;

	assert_int_equal(watch_regex_compile(str_of(expression), false, &re, NULL), 0);
	return re;
}

static void a_text_in_pieces_gives_the_same(void **state)
{
	static const char *const same[] = {"b\\w+", "^\\w+", "bcd $", "\\bbcd", "abc\\b",
		"(?<=abc)d", "(?<=c.{4}\\s)a", "[^ ]+ bcd", "(\\w)bcd \\1", "\xd0\xb6+",
		"(?m)^\\w+ abc", "x?"};
	struct buf text, a, b;

	(void)state;
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < 2000; i++)
		buf_addz(&text, i % 7 ? "abcd abc bcd " : i % 3 ? "\xd0\xb6\xd0\xb6!\n" : "x\n");
	for (size_t i = 0; i < COUNT(same); i++) {
		struct watch_regex *whole = compile_light(same[i]),
				   *pieces = compile_heavy(same[i]);

		buf_init(&a, 1 << 20);
		buf_init(&b, 1 << 20);
		if (all_of(whole, buf_str(&text), &a) == 0)
			fail_msg("%s is not in the text", same[i]);
		all_of(pieces, buf_str(&text), &b);
		assert_string_equal(buf_z(&a), buf_z(&b));
		watch_regex_free(whole);
		watch_regex_free(pieces);
		buf_release(&a);
		buf_release(&b);
	}
	buf_release(&text);
}

/* At every position, also at the end of a piece. */
static void no_match_start_is_skipped(void **state)
{
	static const char *const units[] = {"a", "\xd0\xb6", "\xf0\x90\x8c\xb0"};
	struct watch_regex *re = compile_heavy("(?<=\\w)q(?=\\w)");
	struct watch_regex_scratch *s = watch_regex_scratch_new();

	(void)state;
	for (size_t u = 0; u < COUNT(units); u++)
		for (size_t n = 1; n < 1200; n++) {
			uint64_t budget = BUDGET;
			size_t begin = 0, end;
			struct buf text;

			buf_init(&text, 1 << 20);
			for (size_t i = 0; i < 3000; i++)
				buf_addz(&text, i == n ? "q" : units[u]);
			assert_int_equal(
				watch_regex_find(re, s, buf_str(&text), 0, &budget, &begin, &end),
				1);
			assert_int_equal(begin, n * strlen(units[u]));
			buf_release(&text);
		}
	watch_regex_scratch_free(s);
	watch_regex_free(re);
}

/*
 * A match that needs more than a piece is an error, and the end of a piece is not taken for the end
 * of the text.
 */
static void a_match_past_the_piece_limit_is_an_error(void **state)
{
	static const char *const far[] = {
		"qa{2000}", "q[^b]*$", "q(?=a+\\z)", "q(?!a*b)", "qa*+(?!b)"};
	struct watch_regex_scratch *s = watch_regex_scratch_new();
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_addc(&text, 'q');
	for (size_t i = 0; i < 3000; i++)
		buf_addc(&text, 'a');
	for (size_t i = 0; i < COUNT(far); i++) {
		struct watch_regex *re = compile_heavy(far[i]);
		uint64_t budget = BUDGET;
		size_t begin, end;

		assert_int_equal(watch_regex_find(re, s, buf_str(&text), 0, &budget, &begin, &end),
			-(int)ERR_LIMIT);
		watch_regex_free(re);
	}
	watch_regex_scratch_free(s);
	buf_release(&text);
}

static void large_classes_count_towards_the_limit(void **state)
{
	static const struct {
		const char *expression;
		bool nocase;
		unsigned least, most;
	} rows[] = {
		{"abc", false, 1, 5},
		{"[a-z]+[^<>]*", false, 1, 5},
		{"[\\p{L}'-]", false, 5, 10},
		{"\\[\xe4\xb8\x80\xe4\xb8\x81\xe4\xb8\x82\xe4\xb8\x83\xe4\xb8\x84", false, 1, 5},
		{"[]\xe4\xb8\x80\xe4\xb8\x82\xe4\xb8\x84]", false, 6, 8},
		{"[\\x{3400}\\x{3402}[:alpha:]\\]\\x{3404}]", false, 9, 13},
		{"[\\x{100}-\\x{2af}]", false, 4, 8},
		{"[\\x{100}-\\x{2af}]", true, 400, 500},
		{"x(?-s:(?mi)[\xd0\xb0-\xd1\x8f])", false, 30, 50},
		{"\\Q[\xe4\xb8\x80\xe4\xb8\x81\xe4\xb8\x82\xe4\xb8\x83\\E", false, 1, 5},
		{"\\X", false, 30, 60},
		{"[", false, 1, 5},
		{"\\", false, 1, 5},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned w = watch_regex_weight(str_of(rows[i].expression), rows[i].nocase);

		if (w < rows[i].least || w > rows[i].most)
			fail_msg("%s weighs %u", rows[i].expression, w);
	}
}

static void unbounded_expressions_are_refused(void **state)
{
	static const struct {
		const char *expression, *why;
		size_t offset;
	} rows[] = {
		{"a(*sr:\\w+)", "script runs are not supported", 1},
		{"(*atomic_script_run:\\w+)", "script runs are not supported", 0},
		{"(?<=a{256})b", "it looks 256 characters back, 255 are the most", 0},
		{"(?<!x|\\w{60000})b", "it looks 60000 characters back, 255 are the most", 0},
		{"a(b", "missing closing parenthesis", 3},
	};
	struct query_regex_fault fault;
	struct watch_regex *re;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
			watch_regex_compile(str_of(rows[i].expression), false, &re, &fault),
			-(int)ERR_CONF);
		assert_string_equal(fault.text, rows[i].why);
		assert_int_equal(fault.offset, rows[i].offset);
	}
	assert_int_equal(watch_regex_compile(STR("(?<=a{255})b"), false, &re, NULL), 0);
	watch_regex_free(re);
}

static void a_nul_is_a_character(void **state)
{
	struct watch_regex_scratch *s = watch_regex_scratch_new();
	struct watch_regex *re;
	uint64_t budget = BUDGET;
	size_t begin, end;

	(void)state;
	assert_int_equal(watch_regex_compile(STR("\0+(b)\\1{2}\0"), false, &re, NULL), 0);
	assert_int_equal(watch_regex_find(re, s, STR("a\0\0bbb\0"), 0, &budget, &begin, &end), 1);
	assert_int_equal(begin, 1);
	assert_int_equal(end, 7);
	watch_regex_free(re);
	watch_regex_scratch_free(s);
}

/* Returns the number of matches before the budget ends. */
static size_t count_matches(const struct watch_regex *re, struct str text, uint64_t *budget)
{
	struct watch_regex_scratch *s = watch_regex_scratch_new();
	size_t from = 0, n = 0, begin, end;

	while (from <= text.n && watch_regex_find(re, s, text, from, budget, &begin, &end) > 0) {
		from = behind(text, from, end);
		n++;
	}
	watch_regex_scratch_free(s);
	return n;
}

/* Independent of the machine's load: all runs of one search end at the same step. */
static void a_budget_ends_at_the_same_step_each_time(void **state)
{
	static const char *const rows[] = {
		"[a-z]+y", "\\w{0,20}\\w{0,20}y", "a|x{3}", "(\\w+) \\1", "never"};
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < 20000; i++)
		buf_addz(&text, i % 9 ? "xxay" : " a a");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct watch_regex *re = compile_light(rows[i]);
		uint64_t left = BUDGET;
		size_t n = count_matches(re, buf_str(&text), &left);

		assert_true(left < BUDGET);
		for (int run = 0; run < 10; run++) {
			uint64_t again = BUDGET;

			assert_int_equal(count_matches(re, buf_str(&text), &again), n);
			assert_int_equal(again, left);
		}
		watch_regex_free(re);
	}
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_in_pieces_gives_the_same),
		cmocka_unit_test(no_match_start_is_skipped),
		cmocka_unit_test(a_match_past_the_piece_limit_is_an_error),
		cmocka_unit_test(large_classes_count_towards_the_limit),
		cmocka_unit_test(unbounded_expressions_are_refused),
		cmocka_unit_test(a_nul_is_a_character),
		cmocka_unit_test(a_budget_ends_at_the_same_step_each_time),
	};

	return cmocka_run_group_tests_name("watch regex search", tests, NULL, NULL);
}
