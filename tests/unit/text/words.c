/* SPDX-License-Identifier: MIT */
/* Words, normal form, sentences, paragraphs: every example and rule of the definition. */
#include "lib/unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "text/stem.h"
#include "text/words.h"

/* The normal forms of a text, joined: "a|b|c". */
static void forms(struct text_words *w, const char *text, bool pattern, struct buf *out)
{
	struct err e = {0};
	struct str t = str_of(text);

	buf_clear(out);
	buf_addz(out, "");
	assert_int_equal(
		pattern ? text_words_split_pattern(w, t, &e) : text_words_split(w, t, &e), 0);
	for (size_t i = 0; i < w->count; i++) {
		struct str form = text_words_form(w, i);

		buf_printf(out, "%s%.*s", i ? "|" : "", STR_ARG(form));
		assert_true(w->word[i].hash == text_word_hash(form));
		assert_null(memchr(form.p, '\0', form.n));
	}
}

static void sources(struct text_words *w, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < w->count; i++) {
		struct str s = text_words_source(w, i);

		buf_printf(out, "%s%.*s", i ? "|" : "", STR_ARG(s));
	}
}

static const struct {
	const char *text, *forms;
	const char *sources; /* NULL: equal to forms */
} split_rows[] = {
	{"", "", NULL},
	{" \t\n.,;!", "", NULL},
	{"non-essential", "non|essential", NULL},
	{"Ukraine\u2019s", "ukraine", "Ukraine\u2019s"},
	{"Ukraine's", "ukraine", "Ukraine's"},
	{"O'Brien", "o'brien", "O'Brien"},
	{"O\u02bcBrien o\uff07brien", "o'brien|o'brien", "O\u02bcBrien|o\uff07brien"},
	{"the U.S. said", "the|u.s|said", "the|U.S|said"},
	{"100,000 3.5 1:2", "100,000|3.5|1|2", NULL},
	{"12:30", "12|30", NULL},
	{"大使館", "大|使|館", NULL},
	{"カタカナ ひら", "カタカナ|ひ|ら", NULL},
	{"Kiev.He said:No a.b U.S.A", "kiev|he|said|no|a.b|u.s.a", "Kiev|He|said|No|a.b|U.S.A"},
	{"word:word Word:Word", "word:word|word|word", "word:word|Word|Word"},
	{"cafe\u0301.He \u00e9.\u00c9", "cafe|he|e|e", "cafe\u0301|He|\u00e9|\u00c9"},
	{"l'ambassade d'Ukraine", "l|ambassade|d|ukraine", "l|ambassade|d|Ukraine"},
	{"dell'ambasciata L\u2019Ukraine", "dell|ambasciata|l|ukraine",
		"dell|ambasciata|L|Ukraine"},
	{"qu'il jusqu'ici lorsqu'on puisqu'il quoiqu'on",
		"qu|il|jusqu|ici|lorsqu|on|puisqu|il|quoiqu|on", NULL},
	{"j'ai m'a t'a s'est n'est c'est", "j|ai|m|a|t|a|s|est|n|est|c|est", NULL},
	{"nell'a dall'a sull'a all'a un'a quest'a", "nell|a|dall|a|sull|a|all|a|un|a|quest|a",
		NULL},
	{"aujourd'hui don't b'x", "aujourd'hui|don't|b'x", NULL},
	/* The list of articles is fixed: a T's or D's is two words. */
	{"T's D\u2019s O's", "t|s|d|s|o", "T|s|D|s|O's"},
	{"\u00bfKiev? \u00a1No!", "kiev|no", "Kiev|No"},
	{"qu'l'a l'Ukraine's", "qu|l|a|l|ukraine", "qu|l|a|l|Ukraine's"},
	{"'tis 'quoted' rock'n'roll", "tis|quoted|rock'n'roll", NULL},
	{"em\u00adbassy", "embassy", "em\u00adbassy"},
	{"\u200bem\u200dbas\u2060sy\u200b x", "embassy|x", "em\u200dbas\u2060sy|x"},
	{"l\u200b'\u200bami", "l|ami", NULL},
	{"\u202eabc\u202c", "abc", "abc"},
	{"Z\u00fcrich zurich Zu\u0308rich", "zurich|zurich|zurich",
		"Z\u00fcrich|zurich|Zu\u0308rich"},
	{"Łódź lodz", "lodz|lodz", "Łódź|lodz"},
	{"ΑΘΗΝΑ Αθήνα", "αθηνα|αθηνα", "ΑΘΗΝΑ|Αθήνα"},
	{"Kyiv’s KYIV'S", "kyiv|kyiv", "Kyiv’s|KYIV'S"},
	{"Ørsted Đà ısı æon œuvre Straße ﬁne", "orsted|da|isi|aeon|oeuvre|strasse|fine",
		"Ørsted|Đà|ısı|æon|œuvre|Straße|ﬁne"},
	{"Ǿ Ǽ İstanbul", "o|ae|istanbul", "Ǿ|Ǽ|İstanbul"},
	{"ＵＳＡ ½ x² Ⅷ", "usa|1\u20442|x|2|viii", "ＵＳＡ|½|x|²|Ⅷ"},
	{"Київ йод Ёлка", "киів|иод|елка", "Київ|йод|Ёлка"},
	{"हिन्दी क़लम", "हिन्दी|क़लम", NULL},
	{"한국어 각", "한국어|각", NULL},
	{"שָׁלוֹם עליכם", "שָׁלוֹם|עליכם", NULL},
	{"צה\"ל ג'ירפה", "צה\"ל|ג'ירפה", NULL},
	{"مَرحبا أحمد", "مَرحبا|أحمد", NULL},
	{"አዲስ አበባ፡ ሰላም።", "አዲስ|አበባ|ሰላም", "አዲስ|አበባ|ሰላም"},
	{"foo_bar _x_ __ a_1", "foo_bar|_x_|a_1", NULL},
	{"a1b2 3rd 1a", "a1b2|3rd|1a", NULL},
	{"http://x.example/Path?q=1", "http|x.example|path|q|1", "http|x.example|Path|q|1"},
	{"😀 👨‍👩‍👧 ok ☃", "ok", NULL},
	{"\u00a92022 \u2014dash\u2014", "2022|dash", NULL},
	{"\u201cquoted\u201d \u00abfr\u00bb", "quoted|fr", NULL},
};

static void text_is_cut_into_words_in_normal_form(void **state)
{
	struct text_words w;
	struct buf got;

	(void)state;
	text_words_init(&w);
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(split_rows) / sizeof(split_rows[0]); i++) {
		forms(&w, split_rows[i].text, false, &got);
		assert_string_equal(buf_z(&got), split_rows[i].forms);
		if (split_rows[i].sources) {
			sources(&w, &got);
			assert_string_equal(buf_z(&got), split_rows[i].sources);
		}
	}
	text_words_release(&w);
	buf_release(&got);
}

static void wildcards_of_a_pattern_count_as_letters(void **state)
{
	static const char *const rows[][2] = {
		{"U.S*", "u.s*"},
		{"Relocat*", "relocat*"},
		{"*Burg", "*burg"},
		{"w?r", "w?r"},
		{"organi?ation*", "organi?ation*"},
		{"a-b*", "a|b*"},
		{"Z\u00fcri*", "zuri*"},
		{"draw ? down", "draw|?|down"},
		{"l'ambas*", "l|ambas*"},
		{"* *", "*|*"},
		{"київ*", "киів*"},
		{"*a.B*", "*a|b*"},
		/* next to Katakana one of them, or they would separate one word */
		{"トラ*", "トラ*"},
		{"*ンプ", "*ンプ"},
		{"ト?ン**プ", "ト?ン**プ"},
		{"東京タワ*", "東|京|タワ*"},
		{"ト ? ラ", "ト|?|ラ"},
		{"ab*ト", "ab*|ト"},
		/* and digits after a point or comma */
		{"3.?", "3.?"},
		{"10?,000", "10?,000"},
		{"?.5", "?.5"},
		{"b2*.uk", "b2*.uk"},
		{"x*.5", "x*.5"},
	};
	struct text_words w;
	struct buf got;

	(void)state;
	text_words_init(&w);
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		forms(&w, rows[i][0], true, &got);
		assert_string_equal(buf_z(&got), rows[i][1]);
	}
	forms(&w, "U.S* a*b", false, &got);
	assert_string_equal(buf_z(&got), "u.s|a|b");
	text_words_release(&w);
	buf_release(&got);
}

static void invalid_bytes_separate_words_and_long_text_is_refused(void **state)
{
	struct text_words w;
	struct buf got;
	struct err e = {0};
	char *long_text = calloc(1, TEXT_FIELD_MAX + 1);

	(void)state;
	text_words_init(&w);
	buf_init(&got, 1 << 16);
	forms(&w,
		"ab\xff"
		"cd \xe2\x82 ef\xc3",
		false, &got);
	assert_string_equal(buf_z(&got), "ab|cd|ef");
	assert_int_equal(text_words_split(&w, STR_NONE, &e), 0);
	assert_int_equal(w.count, 0);
	assert_non_null(long_text);
	assert_int_equal(
		text_words_split(&w, str_slice(long_text, TEXT_FIELD_MAX + 1), &e), -ERR_LIMIT);
	assert_int_equal(w.count, 0);
	free(long_text);
	text_words_release(&w);
	buf_release(&got);
}

/*
 * / separates sentences, // paragraphs (and sentences), in the words of the text joined by spaces.
 */
static void places(struct text_words *w, const char *text, struct buf *out)
{
	buf_clear(out);
	assert_int_equal(text_words_split(w, str_of(text), NULL), 0);
	assert_int_equal(text_words_places(w, NULL), 0);
	for (size_t i = 0; i < w->count; i++) {
		struct str s = text_words_source(w, i);
		const char *gap = "";

		if (i && w->place[i].paragraph != w->place[i - 1].paragraph)
			gap = " // ";
		else if (i && w->place[i].sentence != w->place[i - 1].sentence)
			gap = " / ";
		else if (i)
			gap = " ";
		if (i && w->place[i].paragraph != w->place[i - 1].paragraph)
			assert_true(w->place[i].sentence != w->place[i - 1].sentence);
		buf_printf(out, "%s%.*s", gap, STR_ARG(s));
	}
}

static void sentences_and_paragraphs_end_where_the_definition_says(void **state)
{
	static const char *const rows[][2] = {
		{"One two. Three", "One two / Three"},
		{"One two. three", "One two three"},
		{"One two.Three", "One two Three"},
		{"One! Two? Three\u2026 Four... Five", "One / Two / Three / Four / Five"},
		{"One. 2022 was", "One / 2022 was"},
		{"He said \u201cno.\u201d Then", "He said no / Then"},
		{"He left. \u201cNo,\u201d", "He left / No"},
		{"(He left.) Then", "He left / Then"},
		{"One. (Two", "One Two"},
		{"One.  \n Two", "One / Two"},
		{"One.\u00a0Two", "One / Two"},
		{"One\ntwo\nThree", "One two Three"},
		{"One\n\ntwo", "One // two"},
		{"One\n \t\r\ntwo", "One // two"},
		{"One\r\n\r\ntwo", "One // two"},
		{"One.\n\n\n\nTwo", "One // Two"},
		{"J. Smith of the U.S. Army", "J Smith of the U.S Army"},
		{"Mr. Smith, Mrs. Hu, Ms. X, Dr. No. Then", "Mr Smith Mrs Hu Ms X Dr No Then"},
		{"Gen. A Sen. A Rep. A Gov. A St. A", "Gen A Sen A Rep A Gov A St A"},
		{"Jan. 1 Feb. 1 Mar. 1 Apr. 1 Jun. 1 Jul. 1",
			"Jan 1 Feb 1 Mar 1 Apr 1 Jun 1 Jul 1"},
		{"Aug. 1 Sep. 1 Sept. 1 Oct. 1 Nov. 1 Dec. 1",
			"Aug 1 Sep 1 Sept 1 Oct 1 Nov 1 Dec 1"},
		{"No. 1 vs. X etc. X e.g. X i.e. X", "No 1 vs X etc X e.g X i.e X"},
		{"a.m. X p.m. X Inc. X Ltd. X Co. X Lt. X", "a.m X p.m X Inc X Ltd X Co X Lt X"},
		{"Col. X Prof. X U.K. X U.N. X", "Col X Prof X U.K X U.N X"},
		{"May. Then mr. Then etc... Then", "May / Then mr / Then etc / Then"},
		{"in the U.S.? Then", "in the U.S / Then"},
		{"X! Then", "X / Then"},
		{"\u0395\u0301. Smith", "\u0395\u0301 Smith"},
		{"大。使！館？人", "大 / 使 / 館 / 人"},
		{"Да. Нет. да", "Да / Нет да"},
		{"نعم. لا", "نعم / لا"},
		{"Is it? \u00abYes\u00bb", "Is it / Yes"},
		{"said.\u200b \u200bThen", "said / Then"},
		{"v3.5 Then 3. Then", "v3.5 Then 3 / Then"},
		{"End. - Then", "End Then"},
		/* \u00bf and \u00a1 are not quotes */
		{"Fin. \u00bfQu\u00e9", "Fin Qu\u00e9"},
		{"Sagte \u201eNein.\u201c Der", "Sagte Nein / Der"},
	};
	struct text_words w;
	struct buf got;

	(void)state;
	text_words_init(&w);
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		places(&w, rows[i][0], &got);
		assert_string_equal(buf_z(&got), rows[i][1]);
	}
	text_words_release(&w);
	buf_release(&got);
}

static void spelling_keeps_case_and_marks(void **state)
{
	static const char *const rows[][2] = {
		{"WHO", "WHO"},
		{"WHO's", "WHO"},
		{"WHO\u2019S", "WHO"},
		{"Zu\u0308rich", "Z\u00fcrich"},
		{"em\u00adbassy", "embassy"},
		{"O\u2019Brien", "O'Brien"},
	};
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 10);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&got);
		text_word_spelling(str_of(rows[i][0]), &got);
		assert_string_equal(buf_z(&got), rows[i][1]);
	}
	buf_release(&got);
}

static void stems_match_their_inflections(void **state)
{
	static const struct {
		const char *language, *word, *stem;
	} rows[] = {
		{"en", "relocating", "reloc"},
		{"en", "Relocate", "reloc"},
		{"en-GB", "EMBASSIES", "embassi"},
		{"english", "embassy\u2019s", "embassi"},
		{"fr", "\u00c9vacu\u00e9es", "evacu"},
		{"de", "H\u00e4user", "haus"},
		{"ru", "посольства", "посольств"},
		{"es", "relaciones", "relacion"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = text_stem_algorithm(str_of(rows[i].language), NULL);
		struct text_stemmer *s;

		assert_non_null(name);
		s = text_stemmer_new(name);
		assert_non_null(s);
		for (int again = 0; again < 2; again++) {
			struct str stem = text_stemmer_stem(s, str_of(rows[i].word));

			assert_int_equal(stem.n, strlen(rows[i].stem));
			assert_memory_equal(stem.p, rows[i].stem, stem.n);
		}
		text_stemmer_free(s);
	}
}

static void unknown_languages_are_refused_with_the_known_ones(void **state)
{
	struct err e = {0};

	(void)state;
	assert_null(text_stem_algorithm(STR("xx"), &e));
	assert_int_equal(e.cls, ERR_CONF);
	assert_non_null(strstr(e.text, "\"xx\""));
	assert_non_null(strstr(e.text, "en, es"));
	assert_null(text_stem_algorithm(STR(""), &e));
	assert_null(text_stem_algorithm(STR("e"), &e));
	assert_ptr_equal(
		text_stem_algorithm(STR("nb"), &e), text_stem_algorithm(STR("NO-bok"), &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_into_words_in_normal_form),
		cmocka_unit_test(wildcards_of_a_pattern_count_as_letters),
		cmocka_unit_test(invalid_bytes_separate_words_and_long_text_is_refused),
		cmocka_unit_test(sentences_and_paragraphs_end_where_the_definition_says),
		cmocka_unit_test(spelling_keeps_case_and_marks),
		cmocka_unit_test(stems_match_their_inflections),
		cmocka_unit_test(unknown_languages_are_refused_with_the_known_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
