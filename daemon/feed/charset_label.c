/* SPDX-License-Identifier: MIT */
#include "charset_label.h"

#include <string.h>

#include "base/ascii.h"

const struct feed_charset feed_charsets[] = {
	[CHARSET_UTF_8] = {"utf-8", NULL, FEED_CODEC_UTF8},
	[CHARSET_UTF_16LE] = {"utf-16le", NULL, FEED_CODEC_UTF16LE},
	[CHARSET_UTF_16BE] = {"utf-16be", NULL, FEED_CODEC_UTF16BE},
	[CHARSET_UTF_32LE] = {"utf-32le", NULL, FEED_CODEC_UTF32LE},
	[CHARSET_UTF_32BE] = {"utf-32be", NULL, FEED_CODEC_UTF32BE},
	[CHARSET_BIG5] = {"big5", "BIG5-HKSCS", FEED_CODEC_ICONV},
	[CHARSET_EUC_JP] = {"euc-jp", "EUC-JP-MS", FEED_CODEC_ICONV},
	[CHARSET_EUC_KR] = {"euc-kr", "CP949", FEED_CODEC_ICONV},
	[CHARSET_GB18030] = {"gb18030", "GB18030", FEED_CODEC_ICONV},
	[CHARSET_IBM866] = {"ibm866", "IBM866", FEED_CODEC_BYTE},
	[CHARSET_ISO_2022_JP] = {"iso-2022-jp", "ISO-2022-JP-3", FEED_CODEC_ICONV},
	[CHARSET_ISO_8859_2] = {"iso-8859-2", "ISO-8859-2", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_3] = {"iso-8859-3", "ISO-8859-3", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_4] = {"iso-8859-4", "ISO-8859-4", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_5] = {"iso-8859-5", "ISO-8859-5", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_6] = {"iso-8859-6", "ISO-8859-6", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_7] = {"iso-8859-7", "ISO-8859-7", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_8] = {"iso-8859-8", "ISO-8859-8", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_10] = {"iso-8859-10", "ISO-8859-10", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_13] = {"iso-8859-13", "ISO-8859-13", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_14] = {"iso-8859-14", "ISO-8859-14", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_15] = {"iso-8859-15", "ISO-8859-15", FEED_CODEC_BYTE},
	[CHARSET_ISO_8859_16] = {"iso-8859-16", "ISO-8859-16", FEED_CODEC_BYTE},
	[CHARSET_KOI8_R] = {"koi8-r", "KOI8-R", FEED_CODEC_BYTE},
	[CHARSET_KOI8_U] = {"koi8-u", "KOI8-U", FEED_CODEC_BYTE},
	[CHARSET_MACINTOSH] = {"macintosh", "MACINTOSH", FEED_CODEC_BYTE},
	[CHARSET_MAC_CYRILLIC] = {"x-mac-cyrillic", "MAC-UK", FEED_CODEC_BYTE},
	[CHARSET_SHIFT_JIS] = {"shift_jis", "CP932", FEED_CODEC_ICONV},
	[CHARSET_WINDOWS_874] = {"windows-874", "CP874", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1250] = {"windows-1250", "CP1250", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1251] = {"windows-1251", "CP1251", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1252] = {"windows-1252", "CP1252", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1253] = {"windows-1253", "CP1253", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1254] = {"windows-1254", "CP1254", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1255] = {"windows-1255", "CP1255", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1256] = {"windows-1256", "CP1256", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1257] = {"windows-1257", "CP1257", FEED_CODEC_BYTE},
	[CHARSET_WINDOWS_1258] = {"windows-1258", "CP1258", FEED_CODEC_BYTE},
	[CHARSET_IBM437] = {"ibm437", "IBM437", FEED_CODEC_BYTE},
	[CHARSET_IBM737] = {"ibm737", "CP737", FEED_CODEC_BYTE},
	[CHARSET_IBM775] = {"ibm775", "CP775", FEED_CODEC_BYTE},
	[CHARSET_IBM850] = {"ibm850", "IBM850", FEED_CODEC_BYTE},
	[CHARSET_IBM852] = {"ibm852", "IBM852", FEED_CODEC_BYTE},
	[CHARSET_IBM855] = {"ibm855", "IBM855", FEED_CODEC_BYTE},
	[CHARSET_IBM857] = {"ibm857", "IBM857", FEED_CODEC_BYTE},
	[CHARSET_IBM858] = {"ibm858", "CP858", FEED_CODEC_BYTE},
	[CHARSET_IBM860] = {"ibm860", "IBM860", FEED_CODEC_BYTE},
	[CHARSET_IBM861] = {"ibm861", "IBM861", FEED_CODEC_BYTE},
	[CHARSET_IBM862] = {"ibm862", "IBM862", FEED_CODEC_BYTE},
	[CHARSET_IBM863] = {"ibm863", "IBM863", FEED_CODEC_BYTE},
	[CHARSET_IBM864] = {"ibm864", "IBM864", FEED_CODEC_BYTE},
	[CHARSET_IBM865] = {"ibm865", "IBM865", FEED_CODEC_BYTE},
	[CHARSET_IBM869] = {"ibm869", "IBM869", FEED_CODEC_BYTE},
	[CHARSET_IBM1125] = {"ibm1125", "CP1125", FEED_CODEC_BYTE},
	[CHARSET_MAC_CENTRAL_EUROPE] = {"x-mac-ce", "MAC-CENTRALEUROPE", FEED_CODEC_BYTE},
	[CHARSET_MAC_ICELANDIC] = {"x-mac-icelandic", "MACIS", FEED_CODEC_BYTE},
	[CHARSET_KOI8_T] = {"koi8-t", "KOI8-T", FEED_CODEC_BYTE},
	[CHARSET_PT154] = {"ptcp154", "PT154", FEED_CODEC_BYTE},
	[CHARSET_RK1048] = {"rk1048", "RK1048", FEED_CODEC_BYTE},
	[CHARSET_ARMSCII_8] = {"armscii-8", "ARMSCII-8", FEED_CODEC_BYTE},
	[CHARSET_GEORGIAN_PS] = {"georgian-ps", "GEORGIAN-PS", FEED_CODEC_BYTE},
	[CHARSET_TCVN] = {"tcvn", "TCVN5712-1", FEED_CODEC_BYTE},
	[CHARSET_VISCII] = {"viscii", "VISCII", FEED_CODEC_BYTE},
	[CHARSET_HP_ROMAN8] = {"hp-roman8", "HP-ROMAN8", FEED_CODEC_BYTE},
	[CHARSET_JOHAB] = {"johab", "JOHAB", FEED_CODEC_ICONV},
	[CHARSET_EUC_TW] = {"euc-tw", "EUC-TW", FEED_CODEC_ICONV},
};

struct charset_label {
	const char *name;
	uint8_t charset;
};

#define L(name, id)                                                                                \
	{                                                                                          \
		name, CHARSET_##id                                                                 \
	}

/*
 * Sorted by bytes for the binary search; without separators. The labels of the Encoding Standard,
 * those of UCS-2 and UCS-4 that Python programs write, and others that feeds have. Missing on
 * purpose, because they can hide markup: utf-7, hz-gb-2312, iso-2022-cn, iso-2022-kr, EBCDIC.
 */
static const struct charset_label labels[] = {
	L("ansi", WINDOWS_1252),
	L("ansix341968", WINDOWS_1252),
	L("applemac", MACINTOSH),
	L("applemacintosh", MACINTOSH),
	L("arabic", ISO_8859_6),
	L("armscii8", ARMSCII_8),
	L("ascii", WINDOWS_1252),
	L("asmo708", ISO_8859_6),
	L("big5", BIG5),
	L("big5eten", BIG5),
	L("big5hkscs", BIG5),
	L("big5tw", BIG5),
	L("bigfive", BIG5),
	L("chinese", GB18030),
	L("cnbig5", BIG5),
	L("csbig5", BIG5),
	L("cseuckr", EUC_KR),
	L("cseucpkdfmtjapanese", EUC_JP),
	L("csgb2312", GB18030),
	L("csiso2022jp", ISO_2022_JP),
	L("csiso58gb231280", GB18030),
	L("csiso88596e", ISO_8859_6),
	L("csiso88596i", ISO_8859_6),
	L("csiso88598e", ISO_8859_8),
	L("csiso88598i", ISO_8859_8),
	L("csisolatin1", WINDOWS_1252),
	L("csisolatin2", ISO_8859_2),
	L("csisolatin3", ISO_8859_3),
	L("csisolatin4", ISO_8859_4),
	L("csisolatin5", WINDOWS_1254),
	L("csisolatin6", ISO_8859_10),
	L("csisolatin9", ISO_8859_15),
	L("csisolatinarabic", ISO_8859_6),
	L("csisolatincyrillic", ISO_8859_5),
	L("csisolatingreek", ISO_8859_7),
	L("csisolatinhebrew", ISO_8859_8),
	L("cskoi8r", KOI8_R),
	L("csksc56011987", EUC_KR),
	L("csmacintosh", MACINTOSH),
	L("cspc850multilingual", IBM850),
	L("cspc8codepage437", IBM437),
	L("cspcp852", IBM852),
	L("csshiftjis", SHIFT_JIS),
	L("csucs4", UTF_32BE),
	L("csunicode", UTF_16BE),
	L("cyrillic", ISO_8859_5),
	L("ecma114", ISO_8859_6),
	L("ecma118", ISO_8859_7),
	L("elot928", ISO_8859_7),
	L("euccn", GB18030),
	L("eucjp", EUC_JP),
	L("eucjpms", EUC_JP),
	L("eucjpwin", EUC_JP),
	L("euckr", EUC_KR),
	L("euctw", EUC_TW),
	L("gb18030", GB18030),
	L("gb2312", GB18030),
	L("gb231280", GB18030),
	L("gbk", GB18030),
	L("georgianps", GEORGIAN_PS),
	L("greek", ISO_8859_7),
	L("greek8", ISO_8859_7),
	L("hebrew", ISO_8859_8),
	L("hproman8", HP_ROMAN8),
	L("iso10646ucs2", UTF_16BE),
	L("iso10646ucs4", UTF_32BE),
	L("iso2022jp", ISO_2022_JP),
	L("iso88591", WINDOWS_1252),
	L("iso885910", ISO_8859_10),
	L("iso885911", WINDOWS_874),
	L("iso885911987", WINDOWS_1252),
	L("iso885913", ISO_8859_13),
	L("iso885914", ISO_8859_14),
	L("iso885915", ISO_8859_15),
	L("iso885916", ISO_8859_16),
	L("iso88592", ISO_8859_2),
	L("iso885921987", ISO_8859_2),
	L("iso88593", ISO_8859_3),
	L("iso885931988", ISO_8859_3),
	L("iso88594", ISO_8859_4),
	L("iso885941988", ISO_8859_4),
	L("iso88595", ISO_8859_5),
	L("iso885951988", ISO_8859_5),
	L("iso88596", ISO_8859_6),
	L("iso885961987", ISO_8859_6),
	L("iso88596e", ISO_8859_6),
	L("iso88596i", ISO_8859_6),
	L("iso88597", ISO_8859_7),
	L("iso885971987", ISO_8859_7),
	L("iso88598", ISO_8859_8),
	L("iso885981988", ISO_8859_8),
	L("iso88598e", ISO_8859_8),
	L("iso88598i", ISO_8859_8),
	L("iso88599", WINDOWS_1254),
	L("iso885991989", WINDOWS_1254),
	L("isoir100", WINDOWS_1252),
	L("isoir101", ISO_8859_2),
	L("isoir109", ISO_8859_3),
	L("isoir110", ISO_8859_4),
	L("isoir126", ISO_8859_7),
	L("isoir127", ISO_8859_6),
	L("isoir138", ISO_8859_8),
	L("isoir144", ISO_8859_5),
	L("isoir148", WINDOWS_1254),
	L("isoir149", EUC_KR),
	L("isoir157", ISO_8859_10),
	L("isoir58", GB18030),
	L("isolatin1", WINDOWS_1252),
	L("isolatin2", ISO_8859_2),
	L("isolatin9", ISO_8859_15),
	L("johab", JOHAB),
	L("koi", KOI8_R),
	L("koi8", KOI8_R),
	L("koi8r", KOI8_R),
	L("koi8ru", KOI8_U),
	L("koi8t", KOI8_T),
	L("koi8u", KOI8_U),
	L("korean", EUC_KR),
	L("ksc5601", EUC_KR),
	L("ksc56011987", EUC_KR),
	L("ksc56011989", EUC_KR),
	L("kz1048", RK1048),
	L("l1", WINDOWS_1252),
	L("l10", ISO_8859_16),
	L("l2", ISO_8859_2),
	L("l3", ISO_8859_3),
	L("l4", ISO_8859_4),
	L("l5", WINDOWS_1254),
	L("l6", ISO_8859_10),
	L("l7", ISO_8859_13),
	L("l8", ISO_8859_14),
	L("l9", ISO_8859_15),
	L("latin0", ISO_8859_15),
	L("latin1", WINDOWS_1252),
	L("latin10", ISO_8859_16),
	L("latin2", ISO_8859_2),
	L("latin3", ISO_8859_3),
	L("latin4", ISO_8859_4),
	L("latin5", WINDOWS_1254),
	L("latin6", ISO_8859_10),
	L("latin7", ISO_8859_13),
	L("latin8", ISO_8859_14),
	L("latin9", ISO_8859_15),
	L("logical", ISO_8859_8),
	L("mac", MACINTOSH),
	L("macce", MAC_CENTRAL_EUROPE),
	L("maccentraleurope", MAC_CENTRAL_EUROPE),
	L("maccyrillic", MAC_CYRILLIC),
	L("maciceland", MAC_ICELANDIC),
	L("macicelandic", MAC_ICELANDIC),
	L("macintosh", MACINTOSH),
	L("macis", MAC_ICELANDIC),
	L("macosroman", MACINTOSH),
	L("macroman", MACINTOSH),
	L("macukraine", MAC_CYRILLIC),
	L("macukrainian", MAC_CYRILLIC),
	L("mskanji", SHIFT_JIS),
	L("pt154", PT154),
	L("ptcp154", PT154),
	L("rk1048", RK1048),
	L("roman8", HP_ROMAN8),
	L("shiftjis", SHIFT_JIS),
	L("sjis", SHIFT_JIS),
	L("sjiswin", SHIFT_JIS),
	L("strk10482002", RK1048),
	L("suneugreek", ISO_8859_7),
	L("tcvn", TCVN),
	L("tcvn5712", TCVN),
	L("tcvn57121", TCVN),
	L("tis620", WINDOWS_874),
	L("tis62025331", WINDOWS_874),
	L("u16", UTF_16BE),
	L("u32", UTF_32BE),
	L("ucs2", UTF_16LE),
	L("uhc", EUC_KR),
	L("ujis", EUC_JP),
	L("unicode", UTF_16LE),
	L("unicode11utf8", UTF_8),
	L("unicode20utf8", UTF_8),
	L("unicodefeff", UTF_16LE),
	L("unicodefffe", UTF_16BE),
	L("usascii", WINDOWS_1252),
	L("utf16", UTF_16LE),
	L("utf16be", UTF_16BE),
	L("utf16le", UTF_16LE),
	L("utf32", UTF_32BE),
	L("utf32be", UTF_32BE),
	L("utf32le", UTF_32LE),
	L("utf8", UTF_8),
	L("utf8bom", UTF_8),
	L("utf8mb3", UTF_8),
	L("utf8mb4", UTF_8),
	L("utf8n", UTF_8),
	L("utf8nobom", UTF_8),
	L("utf8sig", UTF_8),
	L("utf8withbom", UTF_8),
	L("viscii", VISCII),
	L("visual", ISO_8859_8),
	L("windows31j", SHIFT_JIS),
	L("xeucjp", EUC_JP),
	L("xeuctw", EUC_TW),
	L("xgbk", GB18030),
	L("xmacce", MAC_CENTRAL_EUROPE),
	L("xmaccentraleurroman", MAC_CENTRAL_EUROPE),
	L("xmaccyrillic", MAC_CYRILLIC),
	L("xmacicelandic", MAC_ICELANDIC),
	L("xmacroman", MACINTOSH),
	L("xmacukrainian", MAC_CYRILLIC),
	L("xsjis", SHIFT_JIS),
	L("xunicode20utf8", UTF_8),
	L("xxbig5", BIG5),
};

/* Code pages of Microsoft and IBM: "cp437", "ibm850", "win-1251". Sorted by number. */
static const struct {
	uint16_t number;
	uint8_t charset;
} pages[] = {
	L(437, IBM437),
	L(737, IBM737),
	L(775, IBM775),
	L(813, ISO_8859_7),
	L(819, WINDOWS_1252),
	L(850, IBM850),
	L(852, IBM852),
	L(855, IBM855),
	L(857, IBM857),
	L(858, IBM858),
	L(860, IBM860),
	L(861, IBM861),
	L(862, IBM862),
	L(863, IBM863),
	L(864, IBM864),
	L(865, IBM865),
	L(866, IBM866),
	L(869, IBM869),
	L(874, WINDOWS_874),
	L(912, ISO_8859_2),
	L(914, ISO_8859_4),
	L(915, ISO_8859_5),
	L(916, ISO_8859_8),
	L(920, WINDOWS_1254),
	L(923, ISO_8859_15),
	L(932, SHIFT_JIS),
	L(936, GB18030),
	L(943, SHIFT_JIS),
	L(949, EUC_KR),
	L(950, BIG5),
	L(951, BIG5),
	L(1089, ISO_8859_6),
	L(1125, IBM1125),
	L(1200, UTF_16LE),
	L(1201, UTF_16BE),
	L(1250, WINDOWS_1250),
	L(1251, WINDOWS_1251),
	L(1252, WINDOWS_1252),
	L(1253, WINDOWS_1253),
	L(1254, WINDOWS_1254),
	L(1255, WINDOWS_1255),
	L(1256, WINDOWS_1256),
	L(1257, WINDOWS_1257),
	L(1258, WINDOWS_1258),
	L(1361, JOHAB),
	L(10000, MACINTOSH),
	L(10007, MAC_CYRILLIC),
	L(10029, MAC_CENTRAL_EUROPE),
	L(12000, UTF_32LE),
	L(12001, UTF_32BE),
	L(20127, WINDOWS_1252),
	L(20866, KOI8_R),
	L(20932, EUC_JP),
	L(20936, GB18030),
	L(21866, KOI8_U),
	L(28591, WINDOWS_1252),
	L(28592, ISO_8859_2),
	L(28593, ISO_8859_3),
	L(28594, ISO_8859_4),
	L(28595, ISO_8859_5),
	L(28596, ISO_8859_6),
	L(28597, ISO_8859_7),
	L(28598, ISO_8859_8),
	L(28599, WINDOWS_1254),
	L(28600, ISO_8859_10),
	L(28601, WINDOWS_874),
	L(28603, ISO_8859_13),
	L(28604, ISO_8859_14),
	L(28605, ISO_8859_15),
	L(28606, ISO_8859_16),
	L(50220, ISO_2022_JP),
	L(50221, ISO_2022_JP),
	L(50222, ISO_2022_JP),
	L(51932, EUC_JP),
	L(51936, GB18030),
	L(51949, EUC_KR),
	L(54936, GB18030),
	L(65001, UTF_8),
};

#define N_LABELS  (sizeof(labels) / sizeof(labels[0]))
#define N_PAGES	  (sizeof(pages) / sizeof(pages[0]))
#define LABEL_MAX 40

const struct feed_charset *feed_charset_utf8(void)
{
	return &feed_charsets[CHARSET_UTF_8];
}

static const struct feed_charset *charset_find_name(struct str name)
{
	size_t from = 0, to = N_LABELS;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = str_cmp(name, str_of(labels[mid].name));

		if (order == 0)
			return &feed_charsets[labels[mid].charset];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

/* The code page of a name such as "windows1251" or "437". */
static const struct feed_charset *charset_find_page(struct str name)
{
	static const char *const prefixes[] = {"", "ansi", "ccsid", "codepage", "cp", "csibm",
		"cswindows", "dos", "ibm", "ibmcp", "microsoftcp", "ms", "mscp", "msdos", "mswin",
		"oem", "pc", "win", "wincp", "windows", "windowscodepage", "windowscp", "xcp",
		"xibm", "xms", "xwin", "xwindows"};
	size_t n = 0;
	unsigned number = 0;
	bool known = false;

	while (n < name.n && !ascii_is_digit(name.p[n]))
		n++;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		known |= str_is(str_slice(name.p, n), prefixes[i]);
	if (!known || name.n - n > 5)
		return NULL;
	for (; n < name.n; n++) {
		if (!ascii_is_digit(name.p[n]))
			return NULL;
		number = number * 10 + (unsigned)(name.p[n] - '0');
	}
	for (size_t i = 0; i < N_PAGES; i++)
		if (pages[i].number == number)
			return &feed_charsets[pages[i].charset];
	return NULL;
}

const struct feed_charset *feed_charset_find(struct str label)
{
	const struct feed_charset *found;
	char name[LABEL_MAX + 3] = "iso";
	size_t n = 3;
	struct str s;

	label = str_trim(label);
	if (label.n == 0 || label.n > LABEL_MAX)
		return NULL;
	for (size_t i = 0; i < label.n; i++) {
		if (ascii_is_alnum(label.p[i]))
			name[n++] = ascii_lower(label.p[i]);
		else if (!label.p[i] || !strchr("-_ .:()", label.p[i]))
			return NULL;
	}
	s = str_slice(name + 3, n - 3);
	found = charset_find_name(s);
	if (!found && str_starts(s, STR("8859")))
		found = charset_find_name(str_slice(name, n));
	return found ? found : charset_find_page(s);
}
