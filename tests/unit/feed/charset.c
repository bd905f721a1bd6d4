/* SPDX-License-Identifier: MIT */
/* Encoding labels, precedence among them, and decoding in chunks of any size. */
#include "lib/unit.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "feed/charset_guess.h"
#include "feed/decoder.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static void labels_are_those_of_the_encoding_standard(void **state)
{
	static const struct {
		const char *label, *name;
	} rows[] = {
		{"UTF-8", "utf-8"},
		{" utf8\n", "utf-8"},
		{"ISO-8859-1", "windows-1252"},
		{"us-ascii", "windows-1252"},
		{"latin1", "windows-1252"},
		{"iso-8859-9", "windows-1254"},
		{"GB2312", "gb18030"},
		{"gbk", "gb18030"},
		{"x-sjis", "shift_jis"},
		{"ks_c_5601-1987", "euc-kr"},
		{"866", "ibm866"},
		{"x-x-big5", "big5"},
		{"utf-16", "utf-16le"},
		{"koi8-ru", "koi8-u"},
		{"utf-7", NULL},
		{"iso-2022-kr", NULL},
		{"hz-gb-2312", NULL},
		{"cp437", "ibm437"},
		{"ibm850", "ibm850"},
		{"IBM-852", "ibm852"},
		{"macroman", "macintosh"},
		{"x-mac-ce", "x-mac-ce"},
		{"windows_1251", "windows-1251"},
		{"WIN-1251", "windows-1251"},
		{"cp 1251", "windows-1251"},
		{"cp65001", "utf-8"},
		{"utf8mb4", "utf-8"},
		{"ISO_8859_2", "iso-8859-2"},
		{"8859-15", "iso-8859-15"},
		{"latin-1", "windows-1252"},
		{"28592", "iso-8859-2"},
		{"eucJP", "euc-jp"},
		{"sjis-win", "shift_jis"},
		{"UHC", "euc-kr"},
		{"koi8 r", "koi8-r"},
		{"cp037", NULL},
		{"ibm1047", NULL},
		{"utf 7", NULL},
		{"windows-12510", NULL},
		{"cp1251x", NULL},
		{"x1251", NULL},
		{"../../windows-1251", NULL},
		{"WCHAR_T", NULL},
		{"windows-1251//TRANSLIT", NULL},
		{"", NULL},
		{"utf-8-and-a-label-that-goes-on-for-ever", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct feed_charset *c = feed_charset_find(str_of(rows[i].label));

		if (!rows[i].name)
			assert_null(c);
		else
			assert_string_equal(c->name, rows[i].name);
	}
}

static void the_encoding_is_chosen_in_order(void **state)
{
	static const struct {
		const char *head;
		size_t n;
		const char *type, *name, *otherwise;
		size_t skip;
		bool distrusted;
	} rows[] = {
		{"\xEF\xBB\xBF<?xml version='1.0' encoding='koi8-r'?>", 40,
			"text/xml; charset=big5", "utf-8", NULL, 3, false},
		{"\xFF\xFE<\0", 4, NULL, "utf-16le", NULL, 2, false},
		{"\xFF\xFE\0\0<\0\0\0", 8, NULL, "utf-32le", NULL, 4, false},
		{"\0<\0?", 4, NULL, "utf-16be", NULL, 0, false},
		{"<?xml version='1.0' encoding='koi8-r'?>", 39, "text/xml; Charset=\"EUC-JP\"",
			"euc-jp", NULL, 0, false},
		{"<?xml version='1.0' encoding = \"shift_jis\"?>", 44, "text/xml", "shift_jis",
			NULL, 0, false},
		{"<?xml version='1.0' encoding='koi8-r'?>", 39, NULL, "utf-8", "koi8-r", 0, false},
		{"<?xml version='1.0' encoding='koi8-r'?>", 39, "a/b;charset=utf-8", "utf-8",
			"koi8-r", 0, false},
		{"<rss>", 5, NULL, "utf-8", "windows-1252", 0, false},
		{"<rss>", 5, "text/xml; charset=utf-8", "utf-8", "utf-8", 0, false},
		{"<?xml version='1.0' encoding='utf-7'?>", 38, NULL, "utf-8", "windows-1252", 0,
			true},
		{"<?xml version='1.0' encoding='utf-16'?>", 39, NULL, "utf-8", "windows-1252", 0,
			false},
		{"<rss encoding='koi8-r'>", 23, "x/y; charset=nonsense", "utf-8", "windows-1252", 0,
			true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_charset_choice c = feed_charset_choose(
			str_slice(rows[i].head, rows[i].n), str_of(rows[i].type));

		assert_string_equal(c.charset->name, rows[i].name);
		assert_int_equal(c.otherwise != NULL, rows[i].otherwise != NULL);
		if (c.otherwise)
			assert_string_equal(c.otherwise->name, rows[i].otherwise);
		assert_int_equal(c.skip, rows[i].skip);
		assert_int_equal(str_present(c.distrusted), rows[i].distrusted);
	}
}

static void decode_cut_at(struct feed_decoder *d, struct str in, size_t cut, struct buf *out)
{
	buf_clear(out);
	buf_adds(out, feed_decoder_step(d, str_slice(in.p, cut), false));
	buf_adds(out, feed_decoder_step(d, str_slice(in.p + cut, in.n - cut), true));
}

static void chunk_sizes_do_not_change_the_text(void **state)
{
	static const struct {
		const char *label, *bytes;
		size_t n;
		const char *text;
		unsigned replaced, dropped;
	} rows[] = {
		{"utf-8", BYTES("h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80!"), "hé € 😀!", 0, 0},
		{"utf-8",
			BYTES("a\xFF"
			      "b\xE2\x82"
			      "c\xF0\x9F\x98"),
			"aÿb�c�", 2, 0},
		{"utf-8", BYTES("\xC0\xAF\xED\xA0\x80"), "À¯���", 3, 0},
		{"utf-8",
			BYTES("K\xF6ln, caf\xE9 \xE0 la carte; \x93\xC4rger\x94 \x96 men\xFC\x94"),
			"Köln, café à la carte; “Ärger” – menü”", 0, 0},
		{"utf-8",
			BYTES("S\xC3O, \xC9t\xE9, Stra\xDF"
			      "e, \xA3"
			      "5, embassy\x92s"),
			"SÃO, Été, Straße, £5, embassy’s", 0, 0},
		{"utf-8", BYTES("\xD0\x9A\xD0 \xE6\x97\xA5\xE6\x9C voil\xC3 \xF0\x9F x\x81y"),
			"К� 日� voil� � x�y", 5, 0},
		{"utf-8",
			BYTES("a\x01\x0B"
			      "b\tc\r\n\xEF\xBF\xBE"
			      "d"),
			"ab\tc\r\nd", 0, 3},
		{"utf-8",
			BYTES("0123456789abcdef0123456789abcd\xC3\xA9"
			      "0123456789abcdef"),
			"0123456789abcdef0123456789abcdé0123456789abcdef", 0, 0},
		{"windows-1252", BYTES("\x93\xE9\x94 \x80 \x81"), "“é” € \xC2\x81", 0, 0},
		{"windows-1251", BYTES("\xCA\xE8\xE5\xE2"), "Киев", 0, 0},
		{"koi8-u", BYTES("\xEB\xC9\xA7\xD7"), "Київ", 0, 0},
		{"shift_jis", BYTES("\x93\xFA\x96\x7B\x8C\xEA"), "日本語", 0, 0},
		{"euc-jp", BYTES("\xC6\xFC\xCB\xDC"), "日本", 0, 0},
		{"iso-2022-jp", BYTES("a\x1B$BF|K\\\x1B(Bb"), "a日本b", 0, 0},
		{"gb18030", BYTES("\xD6\xD0\xCE\xC4\x81\x30\x84\x36"), "中文\xC2\xA5", 0, 0},
		{"gb18030", BYTES("a\x81\x30\x84"), "a�", 1, 0},
		{"big5", BYTES("\xA4\xA4\xA4\xE5"), "中文", 0, 0},
		{"big5", BYTES("a\x88\x62"), "aÊ\xCC\x84", 0, 0},
		{"euc-kr", BYTES("\xB3\xE2x\xFF"), "년x�", 1, 0},
		{"utf-16le",
			BYTES("\x3D\xD8\x00\xDE"
			      "a\0\x00\xD8"
			      "b\0"),
			"😀a�b", 1, 0},
		{"utf-16be", BYTES("\0a\xD8\x3D\xDE\x00\0"), "a😀�", 1, 0},
		{"utf-32be", BYTES("\0\0\0a\0\x01\xF6\x00\0\x11\0\0"), "a😀�", 1, 0},
	};
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct feed_charset *c = feed_charset_find(str_of(rows[i].label));
		struct feed_decoder *d = feed_decoder_new(c);
		struct str in = {rows[i].bytes, rows[i].n};

		assert_non_null(d);
		for (size_t cut = 0; cut <= in.n; cut++) {
			assert_true(feed_decoder_restart(d, c));
			decode_cut_at(d, in, cut, &got);
			if (strcmp(buf_z(&got), rows[i].text) != 0 ||
				got.len != strlen(rows[i].text))
				fail_msg("row %zu cut at %zu: %s", i, cut, buf_z(&got));
			assert_int_equal(feed_decoder_replaced(d), rows[i].replaced);
			assert_int_equal(feed_decoder_dropped(d), rows[i].dropped);
		}
		feed_decoder_free(d);
	}
	buf_release(&got);
}

/* One decoder is used for documents in different encodings. */
static void a_decoder_is_reused_for_another_encoding(void **state)
{
	static const char *const labels[] = {
		"big5", "utf-8", "koi8-r", "big5", "utf-16", "koi8-r", "gbk"};
	struct feed_decoder *d = feed_decoder_new(feed_charset_utf8());

	(void)state;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct str s;

		assert_true(feed_decoder_restart(d, feed_charset_find(str_of(labels[i]))));
		s = feed_decoder_step(d, STR("a\0"), true);
		assert_true(s.n >= 1 && s.p[0] == 'a');
	}
	feed_decoder_free(d);
}

static const char *guess(const char *bytes, size_t n, const char *type)
{
	struct feed_charset_choice c = feed_charset_choose(str_slice(bytes, n), str_of(type));

	assert_non_null(c.otherwise);
	feed_charset_settle(&c, str_slice(bytes, n));
	assert_null(c.otherwise);
	return c.charset->name;
}

/* The bytes are news of East Asia and Western Europe, each in its own encoding. */
static void an_undeclared_encoding_is_guessed(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *name;
	} rows[] = {
		/* 外交部发言人今日宣布，大使馆将于下周迁往。 */
		{BYTES("<rss>\xCD\xE2\xBD\xBB\xB2\xBF\xB7\xA2\xD1\xD4\xC8\xCB\xBD\xF1\xC8\xD5"
		       "\xD0\xFB\xB2\xBC\xA3\xAC\xB4\xF3\xCA\xB9\xB9\xDD"),
			"gb18030"},
		/* 外交部發言人今日宣布，大使館 */
		{BYTES("<rss>\xA5\x7E\xA5\xE6\xB3\xA1\xB5\x6F\xA8\xA5\xA4\x48\xA4\xB5\xA4\xE9"
		       "\xAB\xC5\xA5\xAC\xA1\x41\xA4\x6A\xA8\xCF\xC0\x5D"),
			"big5"},
		/* 大使館を移転すると発表した */
		{BYTES("<rss>\x91\xE5\x8E\x67\x8A\xD9\x82\xF0\x88\xDA\x93\x5D\x82\xB7\x82\xE9"
		       "\x82\xC6\x94\xAD\x95\x5C\x82\xB5\x82\xBD"),
			"shift_jis"},
		{BYTES("<rss>\xC2\xE7\xBB\xC8\xB4\xDB\xA4\xF2\xB0\xDC\xC5\xBE\xA4\xB9\xA4\xEB"
		       "\xA4\xC8\xC8\xAF\xC9\xBD\xA4\xB7\xA4\xBF"),
			"euc-jp"},
		/* 외교부 대변인은 오늘 */
		{BYTES("<rss>\xBF\xDC\xB1\xB3\xBA\xCE \xB4\xEB\xBA\xAF\xC0\xCE\xC0\xBA "
		       "\xBF\xC0\xB4\xC3"),
			"euc-kr"},
		{BYTES("<rss>Caf\xE9, l\x92\xE9t\xE9, cr\xE9\xE9"
		       "e \xAB peut-\xEAtre \xBB"),
			"windows-1252"},
		{BYTES("<rss>It\x92s, isn\x92t, we\x92re, they\x92ve, don\x92t"), "windows-1252"},
		{BYTES("<rss>\xBFQu\xE9? \xABLos \xC1ngeles\xBB, ma\xF1"
		       "ana, a\xF1os"),
			"windows-1252"},
		/* UTF-8 with a few other bytes */
		{BYTES("<rss>F\xC3\xA4hre, \xC3\xB6"
		       "fter, embassy\x92s"),
			"utf-8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(guess(rows[i].bytes, rows[i].n, NULL), rows[i].name);
	/* declared as UTF-8 by a server that says so of everything */
	assert_string_equal(guess(rows[0].bytes, rows[0].n, "text/xml; charset=utf-8"), "gb18030");
	assert_string_equal(guess(rows[5].bytes, rows[5].n, "text/xml; charset=utf-8"), "utf-8");
	/* a declaration is believed */
	assert_string_equal(
		guess(BYTES("<?xml version='1.0' encoding='koi8-r'?>\xD0\xCF\xD3"), NULL),
		"koi8-r");
}

/* The words of these scripts are without letters of ASCII, unlike those of Western Europe. */
static void an_undeclared_script_is_guessed(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *name;
	} rows[] = {
		/* Посольство переехало */
		{BYTES("<rss>\xCF\xEE\xF1\xEE\xEB\xFC\xF1\xF2\xE2\xEE \xEF\xE5\xF0\xE5\xE5\xF5"
		       "\xE0\xEB\xEE"),
			"windows-1251"},
		/* Посольство переехало в город */
		{BYTES("<rss>\xF0\xCF\xD3\xCF\xCC\xD8\xD3\xD4\xD7\xCF \xD0\xC5\xD2\xC5\xC5\xC8"
		       "\xC1\xCC\xCF \xD7 \xC7\xCF\xD2\xCF\xC4"),
			"koi8-r"},
		/* її посольство, і Київ */
		{BYTES("<rss>\xA7\xA7 \xD0\xCF\xD3\xCF\xCC\xD8\xD3\xD4\xD7\xCF, \xA6 \xEB\xC9"
		       "\xA7\xD7"),
			"koi8-u"},
		/* Россия вывезла посольство */
		{BYTES("<rss>\x90\xAE\xE1\xE1\xA8\xEF \xA2\xEB\xA2\xA5\xA7\xAB\xA0 \xAF\xAE"
		       "\xE1\xAE\xAB\xEC\xE1\xE2\xA2\xAE"),
			"ibm866"},
		/* Посольство */
		{BYTES("<rss>\xBF\xDE\xE1\xDE\xDB\xEC\xE1\xE2\xD2\xDE"), "iso-8859-5"},
		/* Россия вывезла */
		{BYTES("<rss>\x90\xEE\xF1\xF1\xE8\xDF \xE2\xFB\xE2\xE5\xE7\xEB\xE0"),
			"x-mac-cyrillic"},
		/* Άμεση εκκένωση της πρεσβείας */
		{BYTES("<rss>\xA2\xEC\xE5\xF3\xE7 \xE5\xEA\xEA\xDD\xED\xF9\xF3\xE7 \xF4\xE7"
		       "\xF2 \xF0\xF1\xE5\xF3\xE2\xE5\xDF\xE1\xF2"),
			"windows-1253"},
		/* Άμεση εκκένωση της πρεσβείας */
		{BYTES("<rss>\xB6\xEC\xE5\xF3\xE7 \xE5\xEA\xEA\xDD\xED\xF9\xF3\xE7 \xF4\xE7"
		       "\xF2 \xF0\xF1\xE5\xF3\xE2\xE5\xDF\xE1\xF2"),
			"iso-8859-7"},
		/* פינוי השגרירות */
		{BYTES("<rss>\xF4\xE9\xF0\xE5\xE9 \xE4\xF9\xE2\xF8\xE9\xF8\xE5\xFA"),
			"windows-1255"},
		/* إخلاء السفارة */
		{BYTES("<rss>\xC5\xCE\xE1\xC7\xC1 \xC7\xE1\xD3\xDD\xC7\xD1\xC9"), "windows-1256"},
		/* وزارة الخارجية الأمريكية */
		{BYTES("<rss>\xE8\xD2\xC7\xD1\xC9 \xC7\xE4\xCE\xC7\xD1\xCC\xEA\xC9 "
		       "\xC7\xE4\xC3\xE5"
		       "\xD1\xEA\xE3\xEA\xC9"),
			"iso-8859-6"},
		/* ข่าวด่วน อพยพสถานทูต */
		{BYTES("<rss>\xA2\xE8\xD2\xC7\xB4\xE8\xC7\xB9 "
		       "\xCD\xBE\xC2\xBE\xCA\xB6\xD2\xB9\xB7\xD9\xB5"),
			"windows-874"},
		/* Öötööjäääär, jäääärne, päivää */
		{BYTES("<rss>\xD6\xF6t\xF6\xF6j\xE4\xE4\xE4\xE4r, j\xE4\xE4\xE4\xE4rne, "
		       "p\xE4iv\xE4\xE4"),
			"windows-1252"},
		/* ÄÖÜ äöüß */
		{BYTES("<rss>\xC4\xD6\xDC \xE4\xF6\xFC\xDF"), "windows-1252"},
		/* informação, ações, mãe */
		{BYTES("<rss>informa\xE7\xE3o, a\xE7\xF5"
		       "es, m\xE3"
		       "e"),
			"windows-1252"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(guess(rows[i].bytes, rows[i].n, NULL), rows[i].name);
	assert_string_equal(
		guess(rows[0].bytes, rows[0].n, "text/xml; charset=utf-8"), "windows-1251");
}

/* "Россия вывезла посольство из Киева" in windows-1251 and KOI8-R. */
#define WIN                                                                                        \
	"\xD0\xEE\xF1\xF1\xE8\xFF \xE2\xFB\xE2\xE5\xE7\xEB\xE0 "                                   \
	"\xEF\xEE\xF1\xEE\xEB\xFC\xF1\xF2\xE2\xEE \xE8\xE7 \xCA\xE8\xE5\xE2\xE0"
#define KOI                                                                                        \
	"\xF2\xCF\xD3\xD3\xC9\xD1 \xD7\xD9\xD7\xC5\xDA\xCC\xC1 "                                   \
	"\xD0\xCF\xD3\xCF\xCC\xD8\xD3\xD4\xD7\xCF \xC9\xDA \xEB\xC9\xC5\xD7\xC1"

/* A declaration is believed unless the letters say otherwise. */
static void a_declaration_may_be_wrong(void **state)
{
	static const struct {
		const char *declared, *text, *name;
	} rows[] = {
		{"iso-8859-1", WIN, "windows-1251"},
		{"koi8-r", WIN, "windows-1251"},
		{"windows-1251", WIN, "windows-1251"},
		{"windows-1251", KOI, "koi8-r"},
		{"iso-8859-2", KOI, "koi8-r"},
		{"koi8-u", KOI, "koi8-u"},
		{"ibm855", WIN, "ibm855"},
		{"iso-8859-1", "Russia: \xCA\xE8\xE5\xE2", "windows-1252"},
		{"iso-8859-1", "\xC4\xD6\xDC, \xE4\xF6\xFC\xDF, \xE9t\xE9", "windows-1252"},
		{"windows-1253", "\xE4\xE4\xE4\xE4", "windows-1253"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b;

		buf_init(&b, 1000);
		buf_printf(&b, "<?xml version='1.0' encoding='%s'?>%s", rows[i].declared,
			rows[i].text);
		assert_string_equal(guess(b.data, b.len, NULL), rows[i].name);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_those_of_the_encoding_standard),
		cmocka_unit_test(the_encoding_is_chosen_in_order),
		cmocka_unit_test(chunk_sizes_do_not_change_the_text),
		cmocka_unit_test(an_undeclared_encoding_is_guessed),
		cmocka_unit_test(an_undeclared_script_is_guessed),
		cmocka_unit_test(a_declaration_may_be_wrong),
		cmocka_unit_test(a_decoder_is_reused_for_another_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
