/* SPDX-License-Identifier: MIT */
/*
 * The fast splitter equals the reference splitter, letter tables equal Unicode's, and the reference
 * equals UAX #29.
 */
#include "lib/unit.h"

#include <stdbool.h>
#include <glob.h>
#include <stdlib.h>
#include <time.h>

#include <uninorm.h>
#include <uniwbrk.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "lib/plain_text.h"
#include "lib/plain_words.h"
#include "text/block.h"
#include "text/word_hash.h"
#include "text/letter.h"

static struct text_words words;

static void describe(struct buf *out, const char *who, struct str source, struct str form)
{
	buf_printf(out, "%s ", who);
	utf8_escape(out, source, 100, true);
	buf_addz(out, " as ");
	utf8_escape(out, form, 100, true);
	buf_addz(out, "; ");
}

/* Returns the index of the first word that differs and describes it, or -1. */
static ptrdiff_t first_difference(struct str text, struct buf *out)
{
	struct plain_words want;
	ptrdiff_t at = -1;
	size_t n;

	plain_words_split(&want, text);
	assert_int_equal(text_words_split(&words, text, NULL), 0);
	n = want.count < words.count ? want.count : words.count;
	for (size_t i = 0; i < n && at < 0; i++) {
		struct str form = text_words_form(&words, i);

		if (want.word[i].offset != words.word[i].offset ||
			want.word[i].length != words.word[i].length ||
			!str_eq(form, plain_form(&want, i)) ||
			words.word[i].hash != text_word_hash(form))
			at = (ptrdiff_t)i;
	}
	if (at < 0 && want.count != words.count)
		at = (ptrdiff_t)n;
	if (at >= 0 && (size_t)at < want.count)
		describe(out, "plain",
			str_slice(text.p + want.word[at].offset, want.word[at].length),
			plain_form(&want, (size_t)at));
	if (at >= 0 && (size_t)at < words.count)
		describe(out, "fast", text_words_source(&words, (size_t)at),
			text_words_form(&words, (size_t)at));
	plain_words_release(&want);
	return at;
}

static void check_same(struct str text, const char *what, uint64_t seed)
{
	struct buf shown;
	ptrdiff_t at;

	buf_init(&shown, 1 << 20);
	at = first_difference(text, &shown);
	if (at >= 0) {
		utf8_escape(&shown, text, 600, true);
		fail_msg("%s, seed %llu: word %td differs: %s", what, (unsigned long long)seed, at,
			buf_z(&shown));
	}
	buf_release(&shown);
}

/* Wildcards aside, a term of a query is split like a text. */
static void check_pattern(struct str text, uint64_t seed)
{
	struct text_words pattern;

	if (memchr(text.p, '*', text.n) || memchr(text.p, '?', text.n))
		return;
	text_words_init(&pattern);
	assert_int_equal(text_words_split_pattern(&pattern, text, NULL), 0);
	for (size_t i = 0; i < words.count || i < pattern.count; i++)
		if (i >= words.count || i >= pattern.count ||
			!str_eq(text_words_source(&words, i), text_words_source(&pattern, i)) ||
			!str_eq(text_words_form(&words, i), text_words_form(&pattern, i)))
			fail_msg("pattern, seed %llu: word %zu differs", (unsigned long long)seed,
				i);
	text_words_release(&pattern);
}

static void random_text_is_split_like_the_reference(void **state)
{
	struct rng r, system;
	struct buf text;

	(void)state;
	rng_system_bytes(&system, sizeof(system));
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 20000; i++) {
		uint64_t seed = i < 2000 ? (uint64_t)i : rng_next(&system);

		rng_seed(&r, seed);
		buf_clear(&text);
		plain_random_text(&r, 1 + rng_below(&r, i % 100 ? 60 : 600), &text);
		check_same(buf_str(&text), "random text", seed);
		check_pattern(buf_str(&text), seed);
	}
	buf_release(&text);
}

/* Each code point between others that could break, join or compose with it. */
static void every_code_point_is_split_like_the_reference(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 16);
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		if (cp >= 0x20000 && (cp < 0xE0000 || cp > 0xE01FF) && cp % 97)
			continue;
		buf_clear(&text);
		buf_addz(&text, "ab");
		utf8_append(&text, cp);
		utf8_append(&text, cp);
		buf_addz(&text, "C l'");
		utf8_append(&text, cp);
		buf_addz(&text, "'1 ");
		utf8_append(&text, cp);
		buf_addz(&text, ".D");
		check_same(buf_str(&text), "code point", cp);
	}
	buf_release(&text);
}

static void composing_characters_are_known(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
		const struct text_letter *l;

		if (uc_canonical_decomposition(cp, parts) != 2 ||
			uc_composition(parts[0], parts[1]) != cp ||
			(parts[1] >= 0x300 && parts[1] <= 0x36F) ||
			(parts[1] >= 0x653 && parts[1] <= 0x655)) /* the form drops these */
			continue;
		l = text_letter_of(parts[1]);
		assert_non_null(l);
		assert_true(l->flags & TEXT_LETTER_COMPOSES);
	}
	for (uint32_t jamo = 0x1161; jamo <= 0x11C2; jamo++)
		if (jamo <= 0x1175 || jamo >= 0x11A8)
			assert_true(text_letter_of(jamo)->flags & TEXT_LETTER_COMPOSES);
}

/* Words across every kind of block edge. */
static void words_anywhere_in_a_block_are_found(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 16);
	for (size_t before = 0; before < 130; before++) {
		for (size_t length = 1; length < 140; length += length < 4 ? 1 : 31) {
			static const char *const ends[] = {
				"", " ", ".", ". x", ".x", "'s", "\xc3\xa9"};

			for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++) {
				buf_clear(&text);
				for (size_t i = 0; i < before; i++)
					buf_addc(&text, " -a"[i % 3]);
				buf_addc(&text, ' ');
				for (size_t i = 0; i < length; i++)
					buf_addc(&text, i % 7 ? 'q' : 'Q');
				buf_addz(&text, ends[k]);
				check_same(buf_str(&text), "block edge", before);
			}
		}
	}
	buf_release(&text);
}

/* State between blocks: parts of letters, gaps, marks, quotes, words without a gap. */
static void letters_across_a_block_edge_are_classified_by_their_neighbours(void **state)
{
	static const char *const rows[] = {"слово «слово» Йод ёж", "слово—слово… б",
		"λέξη, Ὀδός σας", "كلمة، كلمة؛ ١،٢ ١،كلمة مَدَّ أٔ",
		"שלום ג' צה\"ל ב\u2019 א\u05f4ב ב\u05b0' ", "हिन्दी। क़लम ड़्क कि़",
		"한국어, 한\u11a8국 ㈜", "አዲስ፡አበባ።ሰላም",
		"中文，中文。a中b中1中_中.a 中\u0301a中\u302a文", "中’文 ’a’ a’b a’",
		"кот’я 1，2 中，2 2，中", "ひらカタカナか\u3099が", "é中é ß中ß éß œ’ l’été",
		"а\u0301б \u0301в", "a\u093eb \u093e\u094dc",
		"\xd0 \xd0\xe4\xb8 \xe0\x80\xaf \xed\x95 \xc1\x81", "ไทย 中ไทย กำ",
		"বাংলা কো তমিழ் பொ", "א中' א\u0301\" אb'"};
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 16);
	for (size_t before = 0; before < 70; before++) {
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
			for (int fill = 0; fill < 3; fill++) {
				buf_clear(&text);
				for (size_t i = 0; i < before; i++)
					buf_addc(&text, "x ."[fill]);
				buf_addz(&text, rows[k]);
				check_same(buf_str(&text), "block edge at letters", before);
				buf_addz(&text,
					" и слово, которое стоит за ним до конца строки: 1.");
				check_same(buf_str(&text), "block edge at letters", before);
			}
		}
	}
	buf_release(&text);
}

/* Runs and words end at different places; two seconds are a hundred times what is needed. */
static void long_runs_are_split_in_linear_time(void **state)
{
	static const char *const rows[] = {"\377a", "\U0001f600a", "カ中a", "\u0301a“", "กำa", "a’",
		"a.", "क", "_", "é", "中\u0301", "\u02bc", "a\u02bc\u02bc", "a'", "l'", "\u00ad",
		"\u0640", "#\u00ad", "EU.\u02bc", "O'\u0301", "\u05d0\"", "`"};
	struct buf text;

	(void)state;
	buf_init(&text, (size_t)8 << 20);
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		clock_t start;

		buf_clear(&text);
		buf_addz(&text, "a");
		while (text.len < (size_t)1 << 20)
			buf_addz(&text, rows[k]);
		start = clock();
		assert_int_equal(text_words_split(&words, buf_str(&text), NULL), 0);
		assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
	}
	buf_release(&text);
}

/* Both paths of block.c: 16 bytes at a time, and fewer. */
static void blocks_classify_bytes_alike_at_every_offset(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		struct text_block many[2], one[1];
		char text[80], lower[96], single[16];

		memset(text, c, sizeof(text));
		text_block_scan(text, sizeof(text), many, lower);
		text_block_scan(text, 1, one, single);
		assert_true(many[0].wordish == (one[0].wordish ? UINT64_MAX : 0));
		assert_true(many[0].special == (one[0].special ? UINT64_MAX : 0));
		assert_true(many[1].wordish == (one[0].wordish ? 0xFFFF : 0));
		assert_true(many[1].special == (one[0].special ? 0xFFFF : 0));
		for (size_t i = 0; i < sizeof(text); i++)
			assert_int_equal(lower[i], single[0]);
	}
}

static void the_padded_hash_equals_the_hash(void **state)
{
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 37 + 1);
	for (size_t n = 1; n < 50; n++)
		assert_true(text_hash_padded(text, n) == text_word_hash(str_slice(text, n)));
}

/* Feeds with their markup: 60 of them, 64 KiB of each. */
static void real_text_is_split_like_the_reference(void **state)
{
	const char *shared = getenv("SHARED");
	char pattern[4096], *bytes = malloc(1 << 16);
	glob_t found;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s/corpus/real/*.xml", shared ? shared : "../shared");
	if (glob(pattern, 0, NULL, &found) != 0) {
		free(bytes);
		skip();
	}
	assert_non_null(bytes);
	for (size_t i = 0; i < found.gl_pathc; i += 1 + found.gl_pathc / 60) {
		FILE *f = fopen(found.gl_pathv[i], "rb");

		assert_non_null(f);
		check_same(str_slice(bytes, fread(bytes, 1, 1 << 16, f)), found.gl_pathv[i], i);
		fclose(f);
	}
	globfree(&found);
	free(bytes);
}

/* Parses a line of WordBreakTest.txt to code points and the breaks before each. */
static size_t read_case(char *line, uint32_t *cp, char *want)
{
	char *save = NULL, *comment = strchr(line, '#');
	size_t n = 0;
	char brk = 0;

	if (comment)
		*comment = '\0';
	for (char *t = strtok_r(line, " \t\r\n", &save); t; t = strtok_r(NULL, " \t\r\n", &save)) {
		if (strcmp(t, "\xc3\xb7") == 0) {
			brk = 1;
		} else if (strcmp(t, "\xc3\x97") == 0) {
			brk = 0;
		} else {
			want[n] = brk;
			cp[n++] = (uint32_t)strtoul(t, NULL, 16);
		}
	}
	return n;
}

static void the_reference_segmentation_passes_wordbreaktest(void **state)
{
	const char *shared = getenv("SHARED");
	char path[4096], line[4096], got[64], want[64];
	uint32_t cp[64];
	size_t cases = 0;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/corpus/unicode/WordBreakTest.txt",
		shared ? shared : "../shared");
	f = fopen(path, "r");
	if (!f)
		skip();
	while (fgets(line, sizeof(line), f)) {
		size_t n = read_case(line, cp, want);
		struct buf text;

		if (n == 0)
			continue;
		cases++;
		u32_wordbreaks(cp, n, got);
		for (size_t i = 1; i < n; i++)
			assert_int_equal(got[i] != 0, want[i]);
		buf_init(&text, 4096);
		for (size_t i = 0; i < n; i++)
			utf8_append(&text, cp[i]);
		check_same(buf_str(&text), "WordBreakTest", cases);
		buf_release(&text);
	}
	fclose(f);
	assert_true(cases > 1000);
}

static int set_up(void **state)
{
	(void)state;
	text_words_init(&words);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	text_words_release(&words);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_text_is_split_like_the_reference),
		cmocka_unit_test(every_code_point_is_split_like_the_reference),
		cmocka_unit_test(real_text_is_split_like_the_reference),
		cmocka_unit_test(composing_characters_are_known),
		cmocka_unit_test(words_anywhere_in_a_block_are_found),
		cmocka_unit_test(letters_across_a_block_edge_are_classified_by_their_neighbours),
		cmocka_unit_test(long_runs_are_split_in_linear_time),
		cmocka_unit_test(blocks_classify_bytes_alike_at_every_offset),
		cmocka_unit_test(the_padded_hash_equals_the_hash),
		cmocka_unit_test(the_reference_segmentation_passes_wordbreaktest),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
