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

struct split_row {
	const char *text, *forms;
	const char *sources; /* NULL: equal to forms */
};

static void check_rows(const struct split_row *rows, size_t n)
{
	struct text_words w;
	struct buf got;

	text_words_init(&w);
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < n; i++) {
		forms(&w, rows[i].text, false, &got);
		assert_string_equal(buf_z(&got), rows[i].forms);
		sources(&w, &got);
		assert_string_equal(buf_z(&got), rows[i].sources ? rows[i].sources : rows[i].forms);
	}
	text_words_release(&w);
	buf_release(&got);
}

static const struct split_row split_rows[] = {
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
	{"word:word Word:Word EU:n 10:30", "word|word|word|word|eu|n|10|30",
		"word|word|Word|Word|EU|n|10|30"},
	{"cafe\u0301.He \u00e9.\u00c9", "cafe|he|e|e", "cafe\u0301|He|\u00e9|\u00c9"},
	{"l'ambassade d'Ukraine", "l|ambassade|d|ukraine", "l|ambassade|d|Ukraine"},
	{"dell'ambasciata L\u2019Ukraine", "dell|ambasciata|l|ukraine",
		"dell|ambasciata|L|Ukraine"},
	{"qu'il jusqu'ici lorsqu'on puisqu'il quoiqu'on",
		"qu|il|jusqu|ici|lorsqu|on|puisqu|il|quoiqu|on", NULL},
	{"j'ai m'a t'a s'est n'est c'est", "j|ai|m|a|t|a|s|est|n|est|c|est", NULL},
	{"nell'a dall'a sull'a all'a un'a quest'a", "nell|a|dall|a|sull|a|all|a|un|a|quest|a",
		NULL},
	{"aujourd'hui don't b'x", "aujourd|hui|don't|b'x", NULL},
	{"T's D\u2019s O's", "t|d|o", "T's|D\u2019s|O's"},
	{"\u00bfKiev? \u00a1No!", "kiev|no", "Kiev|No"},
	{"qu'l'a l'Ukraine's", "qu|l|a|l|ukraine", "qu|l|a|l|Ukraine's"},
	{"'tis 'quoted' rock'n'roll", "tis|quoted|rock|n|roll", NULL},
	{"em\u00adbassy", "embassy", "em\u00adbassy"},
	{"\u200bem\u200dbas\u2060sy\u200b x", "embassy|x", "em\u200dbas\u2060sy|x"},
	{"embassy\u200bstaff a.\u200bb", "embassy|staff|a|b", NULL},
	{"l\u200d'\u200dami", "l|ami", NULL},
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
	{"שָׁלוֹם עליכם", "שלום|עליכם", "שָׁלוֹם|עליכם"},
	{"צה\"ל ג'ירפה", "צה\"ל|ג'ירפה", NULL},
	{"مَرحبا أحمد", "مرحبا|احمد", "مَرحبا|أحمد"},
	{"አዲስ አበባ፡ ሰላም።", "አዲስ|አበባ|ሰላም", "አዲስ|አበባ|ሰላም"},
	{"foo_bar _x_ __ a_1 #Save_Norland", "foo|bar|x|a|1|save|norland",
		"foo|bar|x|a|1|Save|Norland"},
	{"a1b2 3rd 1a", "a1b2|3rd|1a", NULL},
	{"http://x.example/Path?q=1", "http|x.example|path|q|1", "http|x.example|Path|q|1"},
	{"😀 👨‍👩‍👧 ok ☃", "ok", NULL},
	{"\u00a92022 \u2014dash\u2014", "2022|dash", NULL},
	{"\u201cquoted\u201d \u00abfr\u00bb", "quoted|fr", NULL},
};

/* Apostrophes: by language, and by look. */
static const struct split_row apostrophe_rows[] = {
	/* Turkish and Estonian names with endings */
	{"NATO'nun G20'de \u0130stanbul\u2019da", "nato|nun|g20|de|istanbul|da",
		"NATO|nun|G20|de|\u0130stanbul|da"},
	{"ABD'ye T\u00fcrkiye'nin 2024'te AB'ye", "abd|ye|turkiye|nin|2024|te|ab|ye",
		"ABD|ye|T\u00fcrkiye|nin|2024|te|AB|ye"},
	{"Bordeaux'sse Bordeaux\u2019st Provence'i", "bordeaux|sse|bordeaux|st|provence|i",
		"Bordeaux|sse|Bordeaux|st|Provence|i"},
	{"EU:n USA:ssa EU:s NATO:n", "eu|n|usa|ssa|eu|s|nato|n", "EU|n|USA|ssa|EU|s|NATO|n"},
	/* Italian, French, Catalan, Irish, Maltese */
	{"quell'isola bell\u2019isola Sant'Egidio", "quell|isola|bell|isola|sant|egidio",
		"quell|isola|bell|isola|Sant|Egidio"},
	{"L'\u00c9quipe D\u2019Estaing presqu'\u00eele", "l|equipe|d|estaing|presqu|ile",
		"L|\u00c9quipe|D|Estaing|presqu|\u00eele"},
	{"\u00e7'avait qu'elle C'\u00c9TAIT", "c|avait|qu|elle|c|etait",
		"\u00e7|avait|qu|elle|C|\u00c9TAIT"},
	{"l'Ajuntament s'ha col\u00b7lecci\u00f3 porta'l",
		"l|ajuntament|s|ha|col\u00b7leccio|porta|l",
		"l|Ajuntament|s|ha|col\u00b7lecci\u00f3|porta|l"},
	{"d'fh\u00e1g m'athair O'Brien \u00d3'Briain", "d|fhag|m|athair|o'brien|o'briain",
		"d|fh\u00e1g|m|athair|O'Brien|\u00d3'Briain"},
	{"f'Malta t'G\u0127awdex ta' mill-\u0127bieb", "f'malta|t|ghawdex|ta|mill|hbieb",
		"f'Malta|t|G\u0127awdex|ta|mill|\u0127bieb"},
	/* English: not before these endings, in any case */
	{"can't I'll we're we've I'm he'd UKRAINE'S CAN'T",
		"can't|i'll|we're|we've|i'm|he'd|ukraine|can't",
		"can't|I'll|we're|we've|I'm|he'd|UKRAINE'S|CAN'T"},
	{"can\u2019t. It's.He don't've y'all o'clock", "can't|it|he|don|t've|y'all|o'clock",
		"can\u2019t|It's|He|don|t've|y'all|o'clock"},
	{"it's's Ukraine's's O'Brien's O'Brien'da", "it|s|ukraine|s|o'brien|o'brien|da",
		"it|s's|Ukraine|s's|O'Brien's|O'Brien|da"},
	{"Qur'an Sana'a Ya'alon N'Djamena M'Baye", "qur|an|sana|a|ya|alon|n|djamena|m|baye",
		"Qur|an|Sana|a|Ya|alon|N|Djamena|M|Baye"},
	{"1a'b a1'b B'nai 'n' a'b'c", "1a|b|a1|b|b'nai|n|a'b|c", "1a|b|a1|b|B'nai|n|a'b|c"},
	/* other scripts keep theirs */
	{"\u043e\u0431'\u0454\u043a\u0442 \u043f\u2019\u044f\u0442\u044c",
		"\u043e\u0431'\u0454\u043a\u0442|\u043f'\u044f\u0442\u044c",
		"\u043e\u0431'\u0454\u043a\u0442|\u043f\u2019\u044f\u0442\u044c"},
	/* look-alikes between letters and between digits */
	{"O\u2018x O\u201bx O\u02bbx O\u02bdx O\u02bex O\u02bfx O\u2032x O\u00b4x O`x",
		"o'x|o'x|o'x|o'x|o'x|o'x|o'x|o'x|o'x",
		"O\u2018x|O\u201bx|O\u02bbx|O\u02bdx|O\u02bex|O\u02bfx|O\u2032x|O\u00b4x|O`x"},
	{"O\u05f3x e\u0301\u00b4e\u0301e", "o'x|e'ee", "O\u05f3x|e\u0301\u00b4e\u0301e"},
	{"100\u2019000 5\u20323 5`3 100\u02bc000", "100'000|5'3|5'3|100'000",
		"100\u2019000|5\u20323|5`3|100\u02bc000"},
	{"Ukraine\u00b4s NATO`nun l\u2032ami Qur\u02bean", "ukraine|nato|nun|l|ami|qur|an",
		"Ukraine\u00b4s|NATO|nun|l|ami|Qur|an"},
	/* elsewhere half rings are dropped, the others separate */
	{"\u02bfAl\u012b abu\u02bf a\u02bc1 \u02bb", "ali|abu|a1", "Al\u012b|abu|a\u02bc1"},
	{"a\u02bc.b a\u02bc\u02bcb a'\u02bcb", "a.b|ab|a'b", "a\u02bc.b|a\u02bc\u02bcb|a'\u02bcb"},
	{"`code` \u2018quoted\u2019 a\u00b41 \u00b4x 5\u2032 tall", "code|quoted|a|1|x|5|tall",
		NULL},
};

static const struct split_row sign_rows[] = {
	/* dots that begin a sentence */
	{"EU.Norland closed.Norland G20.He U.S.Army a.B",
		"eu|norland|closed|norland|g20|he|u.s.army|a|b",
		"EU|Norland|closed|Norland|G20|He|U.S.Army|a|B"},
	{"EU.NO EU.N A.Bc AB.C.De E\u0301U.No", "eu.no|eu.n|a.bc|ab.c.de|eu|no",
		"EU.NO|EU.N|A.Bc|AB.C.De|E\u0301U|No"},
	{"EU.No\u0301 EU.N\u0303o ЕС.Нет", "eu|no|eu|no|ес|нет", "EU|No\u0301|EU|N\u0303o|ЕС|Нет"},
	/* narrow no-break space is white space, as French uses it */
	{"\u00ab\u202fParis\u202f\u00bb oui\u202f! 10\u202f000", "paris|oui|10|000",
		"Paris|oui|10|000"},
	{"a\uff1ab a\uff3fb a\u203fb", "a|b|a|b|a|b", NULL},
	/* Hebrew */
	{"ג'ורג'יה ג׳ורג׳יה ג’ורג’יה", "ג'ורג'יה|ג'ורג'יה|ג'ורג'יה", "ג'ורג'יה|ג׳ורג׳יה|ג’ורג’יה"},
	{"צה\"ל צה״ל צה”ל ארה\"ב", "צה\"ל|צה\"ל|צה\"ל|ארה\"ב", "צה\"ל|צה״ל|צה”ל|ארה\"ב"},
	{"רח' רח׳ רח’ \"רח\" ׳רח׳", "רח|רח|רח|רח|רח", "רח'|רח׳|רח’|רח|רח׳"},
	{"שָׁ\"ב שׁ", "ש\"ב|ש", "שָׁ\"ב|שׁ"},
	/* Arabic, Persian, Urdu */
	{"إيران ايران ایران آسيا أسيا ٱسيا", "ايران|ايران|ايران|اسيا|اسيا|اسيا",
		"إيران|ايران|ایران|آسيا|أسيا|ٱسيا"},
	{"کابل كابل ارمنی ارمني مصطفى مصطفي", "كابل|كابل|ارمني|ارمني|مصطفي|مصطفي",
		"کابل|كابل|ارمنی|ارمني|مصطفى|مصطفي"},
	{"سفارة سفاره مؤتمر رئيس كـــتاب كِتَابٌ", "سفاره|سفاره|موتمر|رييس|كتاب|كتاب",
		"سفارة|سفاره|مؤتمر|رئيس|كـــتاب|كِتَابٌ"},
	{"می\u200cشود ﻻ رحمٰن", "ميشود|لا|رحمن", "می\u200cشود|ﻻ|رحمٰن"},
	/* digits */
	{"١٢٣ ۱۲۳ १२३ １２３ ১২ ๑๒ 𝟏𝟐", "123|123|123|123|12|12|12", "١٢٣|۱۲۳|१२३|１２３|১২|๑๒|𝟏𝟐"},
	/* Icelandic, Faroese, Maltese, Sami, Vietnamese */
	{"Guðmundur Þór ÞÓR Ðor Føroyar", "gudmundur|thor|thor|dor|foroyar",
		"Guðmundur|Þór|ÞÓR|Ðor|Føroyar"},
	{"Ħaż-Żabbar Ŧ ŧ Kárášjohka ŋ Ŋ Đakovo", "haz|zabbar|t|t|karasjohka|n|n|dakovo",
		"Ħaż|Żabbar|Ŧ|ŧ|Kárášjohka|ŋ|Ŋ|Đakovo"},
	{"ISSN:Þ's Þ’S", "issn|th|th", "ISSN|Þ's|Þ’S"},
	/* Greek, Thai, CJK are as before */
	{"Ελλάδα\u0387 東京:大阪 ソウル_東", "ελλαδα|東|京|大|阪|ソウル|東",
		"Ελλάδα|東|京|大|阪|ソウル|東"},
};

static void text_is_cut_into_words_in_normal_form(void **state)
{
	(void)state;
	check_rows(split_rows, sizeof(split_rows) / sizeof(split_rows[0]));
	check_rows(apostrophe_rows, sizeof(apostrophe_rows) / sizeof(apostrophe_rows[0]));
	check_rows(sign_rows, sizeof(sign_rows) / sizeof(sign_rows[0]));
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
		/* and as small Latin ones */
		{"EU.N*", "eu|n*"},
		{"EU*.Norland", "eu*|norland"},
		{"U.S.A*", "u.s.a*"},
		{"l'*bassade", "l|*bassade"},
		{"O'*", "o'*"},
		{"nato'*", "nato|*"},
		{"*'s", "*"},
		{"\u02bfal*", "al*"},
		{"a\u02bc*", "a'*"},
		{"\u05e6\u05d4\"\u05dc*", "\u05e6\u05d4\"\u05dc*"},
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
		{"WHO's", "WHO's"},
		{"WHO\u2019S", "WHO'S"},
		{"Zu\u0308rich", "Z\u00fcrich"},
		{"em\u00adbassy", "embassy"},
		{"O\u2019Brien", "O'Brien"},
		{"O`Brien", "O'Brien"},
		{"\u0643\u0640\u062a\u0627\u0628", "\u0643\u062a\u0627\u0628"},
		{"\u05e6\u05d4\u05f4\u05dc", "\u05e6\u05d4\"\u05dc"},
		{"\u0414\u05f3", "\u0414'"},
	};
	static const struct {
		const char *wanted, *spelling;
		bool matches;
	} pairs[] = {
		{"NATO", "NATO", true},
		{"NATO", "NATO's", true},
		{"NATO", "NATO'S", true},
		{"NATO", "Nato", false},
		{"NATO", "NATO'd", false},
		{"Lloyd's", "Lloyd's", true},
		{"Lloyd's", "Lloyd", false},
		{"Lloyd's", "Lloyd'S", false},
		{"\u05e8\u05d7", "\u05e8\u05d7'", true},
		{"\u05e8\u05d7'", "\u05e8\u05d7", false},
	};
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 10);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&got);
		text_word_spelling(str_of(rows[i][0]), &got);
		assert_string_equal(buf_z(&got), rows[i][1]);
	}
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_int_equal(
			text_spelling_matches(str_of(pairs[i].wanted), str_of(pairs[i].spelling)),
			pairs[i].matches);
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
		{"de", "Haus\u2019s", "haus"},
		{"ru", "\u043f\u043e\u0441\u043e\u043b\u044c\u0441\u0442\u0432\u0430's",
			"\u043f\u043e\u0441\u043e\u043b\u044c\u0441\u0442\u0432"},
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
