/* SPDX-License-Identifier: MIT */
/* Word diffs: removed and added words, unchanged ones once; whatever the texts are. */
#include "lib/unit.h"

#include "base/rng.h"
#include "web/word_diff.h"

static void diff(const char *was, const char *is, char out[8192])
{
	struct arena *arena = arena_new(64 << 20);
	struct buf b;
	struct html h = {.out = &b, .root = ""};

	buf_init(&b, 8191);
	assert_true(word_diff_put(&h, str_of(was), str_of(is), arena));
	strcpy(out, buf_z(&b));
	buf_release(&b);
	arena_free(arena);
}

static void expect(const char *was, const char *is, const char *text)
{
	char out[8192];

	diff(was, is, out);
	assert_string_equal(out, text);
}

static void words_are_removed_and_added(void **state)
{
	(void)state;
	expect("The embassy moves on Monday", "The embassy leaves on Tuesday",
		"The embassy <del>moves</del> <ins>leaves</ins> on <del>Monday</del> "
		"<ins>Tuesday</ins> ");
	expect("a b c", "a c", "a <del>b</del> c ");
	expect("a c", "a b c", "a <ins>b</ins> c ");
	expect("same", "same", "same ");
	expect("x a b c d y", "x b c d a y", "x <del>a</del> b c d <ins>a</ins> y ");
	expect("x a a b c y", "x c a b a y",
		"x <del>a</del> <ins>c</ins> a b <del>c</del> <ins>a</ins> y ");
	expect("", "new", "<ins>new</ins> ");
	expect("old", NULL, "<del>old</del> ");
	expect(NULL, NULL, "");
}

static void markup_stays_text(void **state)
{
	(void)state;
	expect("a <b>", "a </ins><script>",
		"a <del>&lt;b&gt;</del> <ins>&lt;/ins&gt;&lt;script&gt;</ins> ");
}

static void scripts_without_spaces_are_compared_by_character(void **state)
{
	(void)state;
	expect("大使館は移転", "大使館が移転", "大使館 <del>は</del> <ins>が</ins> 移転 ");
}

static void long_unchanged_passages_are_cut(void **state)
{
	(void)state;
	expect("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 y",
		"… 7 8 9 10 11 12 13 14 15 16 17 18 <del>x</del> <ins>y</ins> ");
}

/* Every second of long words differs: the middle is as large as both texts. */
static void a_long_difference_is_cut(void **state)
{
	static char was[120000], is[120000];
	struct arena *arena = arena_new(64 << 20);
	struct buf b;
	struct html h = {.out = &b, .root = ""};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(was); i++)
		was[i] = is[i] = i % 100 == 99 ? ' ' : (char)('a' + i / 100 % 20);
	for (size_t i = 0; i + 1 < sizeof(is); i += 200)
		is[i] = 'z';
	buf_init(&b, 1 << 20);
	assert_true(word_diff_put(&h, str_of(was), str_of(is), arena));
	assert_true(b.len > DIFF_BYTES && b.len < 2 * DIFF_BYTES);
	assert_non_null(strstr(buf_z(&b), "… "));
	buf_release(&b);
	arena_free(arena);
}

/* Of the marked text, the words outside of `tag` are those of one of the texts. */
static void strip(const char *from, const char *tag, char *out)
{
	char open[8], shut[8];

	snprintf(open, sizeof(open), "<%s>", tag);
	snprintf(shut, sizeof(shut), "</%s>", tag);
	for (*out = '\0'; *from;) {
		if (strncmp(from, open, 5) == 0)
			from = strstr(from, shut) + 7;
		else if (*from == '<')
			from = strchr(from, '>') + 1;
		else
			strncat(out, from++, 1);
	}
}

/* Several spaces become one, and the first goes. */
static void squeeze(char *s)
{
	char *to = s, last = ' ';

	for (; *s; s++)
		if (*s != ' ' || last != ' ')
			*to++ = last = *s;
	*to = '\0';
}

/* Few different words, so that much is common, and few of them, so that nothing is cut. */
static void random_texts_can_be_rebuilt(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 14);
	for (int round = 0; round < 3000; round++) {
		char was[64] = "", is[64] = "", marked[8192], got[8192];

		for (uint64_t i = rng_below(&r, 12); i > 0; i--)
			strcat(was, (const char[]){(char)('a' + rng_below(&r, 3)), ' ', '\0'});
		for (uint64_t i = rng_below(&r, 12); i > 0; i--)
			strcat(is, (const char[]){(char)('a' + rng_below(&r, 3)), ' ', '\0'});
		diff(was, is, marked);
		strip(marked, "ins", got);
		squeeze(got);
		if (strcmp(got, was))
			fail_msg("was '%s' is '%s': '%s' gives '%s'", was, is, marked, got);
		strip(marked, "del", got);
		squeeze(got);
		if (strcmp(got, is))
			fail_msg("was '%s' is '%s': '%s' gives '%s'", was, is, marked, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_removed_and_added),
		cmocka_unit_test(markup_stays_text),
		cmocka_unit_test(scripts_without_spaces_are_compared_by_character),
		cmocka_unit_test(long_unchanged_passages_are_cut),
		cmocka_unit_test(a_long_difference_is_cut),
		cmocka_unit_test(random_texts_can_be_rebuilt),
	};

	return cmocka_run_group_tests_name("web/word_diff", tests, NULL, NULL);
}
