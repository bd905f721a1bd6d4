/* SPDX-License-Identifier: MIT */
/* Encoding labels, precedence among them, and decoding in chunks of any size. */
#include "lib/unit.h"

#include <stdlib.h>

#include "base/utf8.h"
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
		{"cp037", NULL},
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
			"a�b�c�", 3, 0},
		{"utf-8", BYTES("\xC0\xAF\xED\xA0\x80"), "�����", 5, 0},
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_those_of_the_encoding_standard),
		cmocka_unit_test(the_encoding_is_chosen_in_order),
		cmocka_unit_test(chunk_sizes_do_not_change_the_text),
		cmocka_unit_test(a_decoder_is_reused_for_another_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
