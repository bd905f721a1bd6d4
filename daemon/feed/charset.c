/* SPDX-License-Identifier: MIT */
/* Labels and the choice among them; the decoding is in decode.c. */
#include "charset.h"

#include <string.h>

#include "base/ascii.h"

enum {
	UTF_8,
	UTF_16LE,
	UTF_16BE,
	UTF_32LE,
	UTF_32BE,
	BIG5,
	EUC_JP,
	EUC_KR,
	GB18030,
	IBM866,
	ISO_2022_JP,
	ISO_8859_2,
	ISO_8859_3,
	ISO_8859_4,
	ISO_8859_5,
	ISO_8859_6,
	ISO_8859_7,
	ISO_8859_8,
	ISO_8859_10,
	ISO_8859_13,
	ISO_8859_14,
	ISO_8859_15,
	ISO_8859_16,
	KOI8_R,
	KOI8_U,
	MACINTOSH,
	MAC_CYRILLIC,
	SHIFT_JIS,
	WINDOWS_874,
	WINDOWS_1250,
	WINDOWS_1251,
	WINDOWS_1252,
	WINDOWS_1253,
	WINDOWS_1254,
	WINDOWS_1255,
	WINDOWS_1256,
	WINDOWS_1257,
	WINDOWS_1258,
};

static const struct feed_charset charsets[] = {
	[UTF_8] = {"utf-8", NULL, FEED_CODEC_UTF8},
	[UTF_16LE] = {"utf-16le", NULL, FEED_CODEC_UTF16LE},
	[UTF_16BE] = {"utf-16be", NULL, FEED_CODEC_UTF16BE},
	[UTF_32LE] = {"utf-32le", NULL, FEED_CODEC_UTF32LE},
	[UTF_32BE] = {"utf-32be", NULL, FEED_CODEC_UTF32BE},
	[BIG5] = {"big5", "BIG5-HKSCS", FEED_CODEC_ICONV},
	[EUC_JP] = {"euc-jp", "EUC-JP-MS", FEED_CODEC_ICONV},
	[EUC_KR] = {"euc-kr", "CP949", FEED_CODEC_ICONV},
	[GB18030] = {"gb18030", "GB18030", FEED_CODEC_ICONV},
	[IBM866] = {"ibm866", "IBM866", FEED_CODEC_BYTE},
	[ISO_2022_JP] = {"iso-2022-jp", "ISO-2022-JP-3", FEED_CODEC_ICONV},
	[ISO_8859_2] = {"iso-8859-2", "ISO-8859-2", FEED_CODEC_BYTE},
	[ISO_8859_3] = {"iso-8859-3", "ISO-8859-3", FEED_CODEC_BYTE},
	[ISO_8859_4] = {"iso-8859-4", "ISO-8859-4", FEED_CODEC_BYTE},
	[ISO_8859_5] = {"iso-8859-5", "ISO-8859-5", FEED_CODEC_BYTE},
	[ISO_8859_6] = {"iso-8859-6", "ISO-8859-6", FEED_CODEC_BYTE},
	[ISO_8859_7] = {"iso-8859-7", "ISO-8859-7", FEED_CODEC_BYTE},
	[ISO_8859_8] = {"iso-8859-8", "ISO-8859-8", FEED_CODEC_BYTE},
	[ISO_8859_10] = {"iso-8859-10", "ISO-8859-10", FEED_CODEC_BYTE},
	[ISO_8859_13] = {"iso-8859-13", "ISO-8859-13", FEED_CODEC_BYTE},
	[ISO_8859_14] = {"iso-8859-14", "ISO-8859-14", FEED_CODEC_BYTE},
	[ISO_8859_15] = {"iso-8859-15", "ISO-8859-15", FEED_CODEC_BYTE},
	[ISO_8859_16] = {"iso-8859-16", "ISO-8859-16", FEED_CODEC_BYTE},
	[KOI8_R] = {"koi8-r", "KOI8-R", FEED_CODEC_BYTE},
	[KOI8_U] = {"koi8-u", "KOI8-U", FEED_CODEC_BYTE},
	[MACINTOSH] = {"macintosh", "MACINTOSH", FEED_CODEC_BYTE},
	[MAC_CYRILLIC] = {"x-mac-cyrillic", "MAC-UK", FEED_CODEC_BYTE},
	[SHIFT_JIS] = {"shift_jis", "CP932", FEED_CODEC_ICONV},
	[WINDOWS_874] = {"windows-874", "CP874", FEED_CODEC_BYTE},
	[WINDOWS_1250] = {"windows-1250", "CP1250", FEED_CODEC_BYTE},
	[WINDOWS_1251] = {"windows-1251", "CP1251", FEED_CODEC_BYTE},
	[WINDOWS_1252] = {"windows-1252", "CP1252", FEED_CODEC_BYTE},
	[WINDOWS_1253] = {"windows-1253", "CP1253", FEED_CODEC_BYTE},
	[WINDOWS_1254] = {"windows-1254", "CP1254", FEED_CODEC_BYTE},
	[WINDOWS_1255] = {"windows-1255", "CP1255", FEED_CODEC_BYTE},
	[WINDOWS_1256] = {"windows-1256", "CP1256", FEED_CODEC_BYTE},
	[WINDOWS_1257] = {"windows-1257", "CP1257", FEED_CODEC_BYTE},
	[WINDOWS_1258] = {"windows-1258", "CP1258", FEED_CODEC_BYTE},
};

struct charset_label {
	const char *name;
	uint8_t charset;
};

/*
 * Sorted by bytes for the binary search: the labels of the Encoding Standard, and those of UCS-2
 * and UCS-4 that Python programs write. Missing on purpose: utf-7, hz-gb-2312, iso-2022-cn,
 * iso-2022-kr, EBCDIC.
 */
static const struct charset_label labels[] = {
	{"866", IBM866},
	{"ansi_x3.4-1968", WINDOWS_1252},
	{"arabic", ISO_8859_6},
	{"ascii", WINDOWS_1252},
	{"asmo-708", ISO_8859_6},
	{"big5", BIG5},
	{"big5-hkscs", BIG5},
	{"chinese", GB18030},
	{"cn-big5", BIG5},
	{"cp1250", WINDOWS_1250},
	{"cp1251", WINDOWS_1251},
	{"cp1252", WINDOWS_1252},
	{"cp1253", WINDOWS_1253},
	{"cp1254", WINDOWS_1254},
	{"cp1255", WINDOWS_1255},
	{"cp1256", WINDOWS_1256},
	{"cp1257", WINDOWS_1257},
	{"cp1258", WINDOWS_1258},
	{"cp819", WINDOWS_1252},
	{"cp866", IBM866},
	{"cp932", SHIFT_JIS},
	{"cp936", GB18030},
	{"cp949", EUC_KR},
	{"cp950", BIG5},
	{"csbig5", BIG5},
	{"cseuckr", EUC_KR},
	{"cseucpkdfmtjapanese", EUC_JP},
	{"csgb2312", GB18030},
	{"csibm866", IBM866},
	{"csiso2022jp", ISO_2022_JP},
	{"csiso58gb231280", GB18030},
	{"csiso88596e", ISO_8859_6},
	{"csiso88596i", ISO_8859_6},
	{"csiso88598e", ISO_8859_8},
	{"csiso88598i", ISO_8859_8},
	{"csisolatin1", WINDOWS_1252},
	{"csisolatin2", ISO_8859_2},
	{"csisolatin3", ISO_8859_3},
	{"csisolatin4", ISO_8859_4},
	{"csisolatin5", WINDOWS_1254},
	{"csisolatin6", ISO_8859_10},
	{"csisolatin9", ISO_8859_15},
	{"csisolatinarabic", ISO_8859_6},
	{"csisolatincyrillic", ISO_8859_5},
	{"csisolatingreek", ISO_8859_7},
	{"csisolatinhebrew", ISO_8859_8},
	{"cskoi8r", KOI8_R},
	{"csksc56011987", EUC_KR},
	{"csmacintosh", MACINTOSH},
	{"csshiftjis", SHIFT_JIS},
	{"csucs4", UTF_32BE},
	{"csunicode", UTF_16BE},
	{"cyrillic", ISO_8859_5},
	{"dos-874", WINDOWS_874},
	{"ecma-114", ISO_8859_6},
	{"ecma-118", ISO_8859_7},
	{"elot_928", ISO_8859_7},
	{"euc-jp", EUC_JP},
	{"euc-kr", EUC_KR},
	{"gb18030", GB18030},
	{"gb2312", GB18030},
	{"gb_2312", GB18030},
	{"gb_2312-80", GB18030},
	{"gbk", GB18030},
	{"greek", ISO_8859_7},
	{"greek8", ISO_8859_7},
	{"hebrew", ISO_8859_8},
	{"ibm819", WINDOWS_1252},
	{"ibm866", IBM866},
	{"iso-10646-ucs-2", UTF_16BE},
	{"iso-10646-ucs-4", UTF_32BE},
	{"iso-2022-jp", ISO_2022_JP},
	{"iso-8859-1", WINDOWS_1252},
	{"iso-8859-10", ISO_8859_10},
	{"iso-8859-11", WINDOWS_874},
	{"iso-8859-13", ISO_8859_13},
	{"iso-8859-14", ISO_8859_14},
	{"iso-8859-15", ISO_8859_15},
	{"iso-8859-16", ISO_8859_16},
	{"iso-8859-2", ISO_8859_2},
	{"iso-8859-3", ISO_8859_3},
	{"iso-8859-4", ISO_8859_4},
	{"iso-8859-5", ISO_8859_5},
	{"iso-8859-6", ISO_8859_6},
	{"iso-8859-6-e", ISO_8859_6},
	{"iso-8859-6-i", ISO_8859_6},
	{"iso-8859-7", ISO_8859_7},
	{"iso-8859-8", ISO_8859_8},
	{"iso-8859-8-e", ISO_8859_8},
	{"iso-8859-8-i", ISO_8859_8},
	{"iso-8859-9", WINDOWS_1254},
	{"iso-ir-100", WINDOWS_1252},
	{"iso-ir-101", ISO_8859_2},
	{"iso-ir-109", ISO_8859_3},
	{"iso-ir-110", ISO_8859_4},
	{"iso-ir-126", ISO_8859_7},
	{"iso-ir-127", ISO_8859_6},
	{"iso-ir-138", ISO_8859_8},
	{"iso-ir-144", ISO_8859_5},
	{"iso-ir-148", WINDOWS_1254},
	{"iso-ir-149", EUC_KR},
	{"iso-ir-157", ISO_8859_10},
	{"iso-ir-58", GB18030},
	{"iso8859-1", WINDOWS_1252},
	{"iso8859-10", ISO_8859_10},
	{"iso8859-11", WINDOWS_874},
	{"iso8859-13", ISO_8859_13},
	{"iso8859-14", ISO_8859_14},
	{"iso8859-15", ISO_8859_15},
	{"iso8859-2", ISO_8859_2},
	{"iso8859-3", ISO_8859_3},
	{"iso8859-4", ISO_8859_4},
	{"iso8859-5", ISO_8859_5},
	{"iso8859-6", ISO_8859_6},
	{"iso8859-7", ISO_8859_7},
	{"iso8859-8", ISO_8859_8},
	{"iso8859-9", WINDOWS_1254},
	{"iso88591", WINDOWS_1252},
	{"iso885910", ISO_8859_10},
	{"iso885911", WINDOWS_874},
	{"iso885913", ISO_8859_13},
	{"iso885914", ISO_8859_14},
	{"iso885915", ISO_8859_15},
	{"iso88592", ISO_8859_2},
	{"iso88593", ISO_8859_3},
	{"iso88594", ISO_8859_4},
	{"iso88595", ISO_8859_5},
	{"iso88596", ISO_8859_6},
	{"iso88597", ISO_8859_7},
	{"iso88598", ISO_8859_8},
	{"iso88599", WINDOWS_1254},
	{"iso_8859-1", WINDOWS_1252},
	{"iso_8859-15", ISO_8859_15},
	{"iso_8859-1:1987", WINDOWS_1252},
	{"iso_8859-2", ISO_8859_2},
	{"iso_8859-2:1987", ISO_8859_2},
	{"iso_8859-3", ISO_8859_3},
	{"iso_8859-3:1988", ISO_8859_3},
	{"iso_8859-4", ISO_8859_4},
	{"iso_8859-4:1988", ISO_8859_4},
	{"iso_8859-5", ISO_8859_5},
	{"iso_8859-5:1988", ISO_8859_5},
	{"iso_8859-6", ISO_8859_6},
	{"iso_8859-6:1987", ISO_8859_6},
	{"iso_8859-7", ISO_8859_7},
	{"iso_8859-7:1987", ISO_8859_7},
	{"iso_8859-8", ISO_8859_8},
	{"iso_8859-8:1988", ISO_8859_8},
	{"iso_8859-9", WINDOWS_1254},
	{"iso_8859-9:1989", WINDOWS_1254},
	{"koi", KOI8_R},
	{"koi8", KOI8_R},
	{"koi8-r", KOI8_R},
	{"koi8-ru", KOI8_U},
	{"koi8-u", KOI8_U},
	{"koi8_r", KOI8_R},
	{"korean", EUC_KR},
	{"ks_c_5601-1987", EUC_KR},
	{"ks_c_5601-1989", EUC_KR},
	{"ksc5601", EUC_KR},
	{"ksc_5601", EUC_KR},
	{"l1", WINDOWS_1252},
	{"l2", ISO_8859_2},
	{"l3", ISO_8859_3},
	{"l4", ISO_8859_4},
	{"l5", WINDOWS_1254},
	{"l6", ISO_8859_10},
	{"l9", ISO_8859_15},
	{"latin1", WINDOWS_1252},
	{"latin2", ISO_8859_2},
	{"latin3", ISO_8859_3},
	{"latin4", ISO_8859_4},
	{"latin5", WINDOWS_1254},
	{"latin6", ISO_8859_10},
	{"logical", ISO_8859_8},
	{"mac", MACINTOSH},
	{"macintosh", MACINTOSH},
	{"ms932", SHIFT_JIS},
	{"ms_kanji", SHIFT_JIS},
	{"shift-jis", SHIFT_JIS},
	{"shift_jis", SHIFT_JIS},
	{"sjis", SHIFT_JIS},
	{"sun_eu_greek", ISO_8859_7},
	{"tis-620", WINDOWS_874},
	{"u16", UTF_16BE},
	{"u32", UTF_32BE},
	{"ucs-2", UTF_16LE},
	{"unicode", UTF_16LE},
	{"unicode-1-1-utf-8", UTF_8},
	{"unicode11utf8", UTF_8},
	{"unicode20utf8", UTF_8},
	{"unicodefeff", UTF_16LE},
	{"unicodefffe", UTF_16BE},
	{"us-ascii", WINDOWS_1252},
	{"utf-16", UTF_16LE},
	{"utf-16be", UTF_16BE},
	{"utf-16le", UTF_16LE},
	{"utf-32", UTF_32BE},
	{"utf-32be", UTF_32BE},
	{"utf-32le", UTF_32LE},
	{"utf-8", UTF_8},
	{"utf16", UTF_16LE},
	{"utf32", UTF_32BE},
	{"utf8", UTF_8},
	{"utf_16", UTF_16LE},
	{"utf_32", UTF_32BE},
	{"utf_8", UTF_8},
	{"visual", ISO_8859_8},
	{"windows-1250", WINDOWS_1250},
	{"windows-1251", WINDOWS_1251},
	{"windows-1252", WINDOWS_1252},
	{"windows-1253", WINDOWS_1253},
	{"windows-1254", WINDOWS_1254},
	{"windows-1255", WINDOWS_1255},
	{"windows-1256", WINDOWS_1256},
	{"windows-1257", WINDOWS_1257},
	{"windows-1258", WINDOWS_1258},
	{"windows-31j", SHIFT_JIS},
	{"windows-874", WINDOWS_874},
	{"windows-949", EUC_KR},
	{"x-cp1250", WINDOWS_1250},
	{"x-cp1251", WINDOWS_1251},
	{"x-cp1252", WINDOWS_1252},
	{"x-cp1253", WINDOWS_1253},
	{"x-cp1254", WINDOWS_1254},
	{"x-cp1255", WINDOWS_1255},
	{"x-cp1256", WINDOWS_1256},
	{"x-cp1257", WINDOWS_1257},
	{"x-cp1258", WINDOWS_1258},
	{"x-euc-jp", EUC_JP},
	{"x-gbk", GB18030},
	{"x-mac-cyrillic", MAC_CYRILLIC},
	{"x-mac-roman", MACINTOSH},
	{"x-mac-ukrainian", MAC_CYRILLIC},
	{"x-sjis", SHIFT_JIS},
	{"x-unicode20utf8", UTF_8},
	{"x-x-big5", BIG5},
};

#define N_LABELS  (sizeof(labels) / sizeof(labels[0]))
#define LABEL_MAX 24

const struct feed_charset *feed_charset_utf8(void)
{
	return &charsets[UTF_8];
}

const struct feed_charset *feed_charset_find(struct str label)
{
	char low[LABEL_MAX];
	size_t from = 0, to = N_LABELS;

	label = str_trim(label);
	if (label.n == 0 || label.n >= sizeof(low))
		return NULL;
	for (size_t i = 0; i < label.n; i++)
		low[i] = ascii_lower(label.p[i]);
	label = str_slice(low, label.n);
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = str_cmp(label, str_of(labels[mid].name));

		if (order == 0)
			return &charsets[labels[mid].charset];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

/* Parameter "charset" of a Content-Type header, without quotes; or absent. */
static struct str charset_of_header(struct str type)
{
	const struct str want = STR("charset=");
	const char *p, *end;

	if (!type.p)
		return STR_NONE;
	end = type.p + type.n;
	for (p = memchr(type.p, ';', type.n); p; p = memchr(p, ';', (size_t)(end - p))) {
		struct str value;
		const char *stop;

		p++;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (!str_starts_nocase(str_slice(p, (size_t)(end - p)), want))
			continue;
		p += want.n;
		if (p < end && (*p == '"' || *p == '\'')) {
			char quote = *p++;

			stop = memchr(p, quote, (size_t)(end - p));
		} else {
			stop = memchr(p, ';', (size_t)(end - p));
		}
		value = str_trim(str_slice(p, (size_t)((stop ? stop : end) - p)));
		return value.n ? value : STR_NONE;
	}
	return STR_NONE;
}

/* Label in the XML declaration, which must be in an ASCII superset; or absent. */
static struct str charset_of_declaration(struct str head)
{
	static const char key[] = "encoding";
	ptrdiff_t at, end;
	struct str s;

	if (!str_starts(head, STR("<?xml")))
		return STR_NONE;
	end = str_find(head, STR(">"));
	s = str_slice(head.p, end < 0 ? (head.n < 1024 ? head.n : 1024) : (size_t)end);
	at = str_find(s, str_of(key));
	if (at < 0)
		return STR_NONE;
	s = str_trim(str_slice(s.p + at + sizeof(key) - 1, s.n - (size_t)at - sizeof(key) + 1));
	if (s.n < 3 || s.p[0] != '=')
		return STR_NONE;
	s = str_trim(str_slice(s.p + 1, s.n - 1));
	if (s.n < 2 || (s.p[0] != '"' && s.p[0] != '\''))
		return STR_NONE;
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == s.p[0])
			return str_slice(s.p + 1, i - 1);
	return STR_NONE;
}

/* Detects a byte order mark, or a '<' in UTF-16 or UTF-32. */
static const struct feed_charset *charset_by_pattern(struct str head, size_t *skip)
{
	static const struct {
		char bytes[5];
		uint8_t n, skip, charset;
	} rows[] = {
		{"\xFF\xFE\0\0", 4, 4, UTF_32LE},
		{"\0\0\xFE\xFF", 4, 4, UTF_32BE},
		{"\xEF\xBB\xBF", 3, 3, UTF_8},
		{"\xFF\xFE", 2, 2, UTF_16LE},
		{"\xFE\xFF", 2, 2, UTF_16BE},
		{"<\0\0\0", 4, 0, UTF_32LE},
		{"\0\0\0<", 4, 0, UTF_32BE},
		{"<\0", 2, 0, UTF_16LE},
		{"\0<", 2, 0, UTF_16BE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (head.n >= rows[i].n && memcmp(head.p, rows[i].bytes, rows[i].n) == 0) {
			*skip = rows[i].skip;
			return &charsets[rows[i].charset];
		}
	return NULL;
}

static bool charset_is_wide(const struct feed_charset *c)
{
	return c->codec >= FEED_CODEC_UTF16LE && c->codec <= FEED_CODEC_UTF32BE;
}

struct feed_charset_choice feed_charset_choose(struct str head, struct str content_type)
{
	struct feed_charset_choice c = {.charset = NULL};
	struct str http = charset_of_header(content_type), declared;
	const struct feed_charset *by_http, *by_xml;

	c.charset = charset_by_pattern(head, &c.skip);
	if (c.charset)
		return c;
	declared = charset_of_declaration(str_trim(head));
	by_http = feed_charset_find(http);
	by_xml = feed_charset_find(declared);
	if (str_present(http) && !by_http)
		c.distrusted = http;
	else if (str_present(declared) && !by_xml && !by_http)
		c.distrusted = declared;
	/* charset_by_pattern() would have found a wide encoding: the label is wrong. */
	if (by_http && charset_is_wide(by_http))
		by_http = NULL;
	if (by_xml && charset_is_wide(by_xml))
		by_xml = NULL;
	c.charset = by_http ? by_http : by_xml;
	if (!c.charset) {
		c.charset = &charsets[UTF_8];
		c.otherwise = &charsets[WINDOWS_1252];
	} else if (c.charset == &charsets[UTF_8] && by_xml && by_xml != c.charset) {
		c.otherwise = by_xml;
	} else if (c.charset->codec == FEED_CODEC_BYTE) {
		/* Text in another encoding is hardly ever valid UTF-8 by chance. */
		c.otherwise = c.declared = c.charset;
		c.charset = &charsets[UTF_8];
	}
	return c;
}
