/* SPDX-License-Identifier: MIT */
#include "double_encoding.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "byte_scan.h"
#include "entity.h"

#define ROUNDS_MAX 3

static int double_encoding_byte(uint32_t cp)
{
	if (cp >= 0x80 && cp <= 0xFF)
		return (int)cp;
	for (int i = 0; i < 32; i++)
		if (feed_windows_1252[i] == cp)
			return 0x80 + i;
	return -1;
}

/*
 * Quick check: a C1 control, or one of "Â" to "ô", the lead bytes, before a character that may
 * be a continuation byte: U+0080 to U+00BF, or one that windows-1252 has in 80 to 9F.
 */
static bool double_encoding_is_possible(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while ((p = memchr(p, 0xC3, (size_t)(end - p))) != NULL) {
		unsigned char second = end - p > 2 ? (unsigned char)p[1] : 0;

		if (second >= 0x82 && second <= 0xB4 && strchr("\xC2\xE2\xC5\xC6\xCB", p[2]) &&
			p[2])
			return true;
		p++;
	}
	for (p = s.p; (p = memchr(p, 0xC2, (size_t)(end - p))) != NULL; p++)
		if (end - p > 1 && (unsigned char)p[1] < 0xA0)
			return true;
	return false;
}

/* Writes the bytes that the characters have in that encoding. False if one has none. */
static bool double_encoding_map(
	struct str s, int (*byte_of)(uint32_t cp), struct buf *out, bool *control)
{
	size_t i = 0;

	buf_clear(out);
	while (i < s.n) {
		size_t from = i, n;
		uint32_t cp;
		int byte;

		while (i < s.n && !(s.p[i] & 0x80))
			i++;
		buf_add(out, s.p + from, i - from);
		if (i == s.n)
			break;
		n = utf8_decode(s.p + i, s.n - i, &cp);
		byte = n ? byte_of(cp) : -1;
		if (byte < 0)
			return false;
		*control |= cp < 0xA0;
		buf_addc(out, (char)byte);
		i += n;
	}
	return !buf_failed(out);
}

/* Whether a word may end with this byte of windows-1252: quotes, dashes, marks. */
static bool double_encoding_ends_word(unsigned char byte)
{
	static const char ends[] = "\x82\x84\x85\x86\x87\x8B\x91\x92\x93\x94\x95\x96\x97\x99\x9B"
				   "\xA0\xA9\xAA\xAB\xAD\xAE\xB0\xB2\xB3\xB7\xBA\xBB";

	return memchr(ends, byte, sizeof(ends) - 1) != NULL;
}

/* Whether a letter of the same script is next to it: Greek, Cyrillic, Hebrew, Arabic. */
static bool double_encoding_in_row(const struct buf *b, size_t at, size_t n)
{
	unsigned char lead = (unsigned char)b->data[at];
	unsigned char before = at >= 2 ? (unsigned char)b->data[at - 2] : 0;
	unsigned char after = at + n < b->len ? (unsigned char)b->data[at + n] : 0;

	return (before ^ lead) <= 3 || (after ^ lead) <= 3;
}

/* Whether the sequence of n bytes at `at`, read as windows-1252, is not text of any language. */
static bool double_encoding_is_certain(const struct buf *b, size_t at, size_t n)
{
	unsigned char lead = (unsigned char)b->data[at], second = (unsigned char)b->data[at + 1];
	char before = at ? b->data[at - 1] : ' ', after = at + n < b->len ? b->data[at + n] : ' ';

	if (n > 2)
		return lead == 0xE2 || (before & 0x80) || (after & 0x80) || !ascii_is_alpha(before);
	if (lead >= 0xC2 && lead <= 0xC5) {
		if (ascii_is_lower(before) || !double_encoding_ends_word(second))
			return true;
		/* "Ä" and "Å" may be a word, before a dash or quote. */
		if (ascii_is_alpha(after))
			return ascii_is_alpha(before) || lead <= 0xC3 || second >= 0xA0;
		return !ascii_is_alpha(before) && lead <= 0xC3 && second >= 0xA0;
	}
	if (lead == 0xCE || lead == 0xCF || lead == 0xD0 || lead == 0xD1 ||
		(lead >= 0xD7 && lead <= 0xDB))
		return double_encoding_in_row(b, at, n);
	return false;
}

static bool double_encoding_undo_once(struct str s, struct buf *out)
{
	bool certain = false;

	if (!s.n || !double_encoding_is_possible(s) ||
		!double_encoding_map(s, double_encoding_byte, out, &certain) ||
		!utf8_valid(buf_str(out)))
		return false;
	for (size_t i = 0; i < out->len && !certain;) {
		uint32_t cp;
		size_t n = utf8_decode(out->data + i, out->len - i, &cp);

		certain = n > 1 && double_encoding_is_certain(out, i, n);
		i += n ? n : 1;
	}
	return certain;
}

/* --- by way of windows-1251 ------------------------------------------------------------------- */

#define LETTERS_MIN 3

/* 80 to BF; the letters from C0 on are U+0410 to U+044F. */
static const uint16_t double_encoding_1251[64] = {0x402, 0x403, 0x201A, 0x453, 0x201E, 0x2026,
	0x2020, 0x2021, 0x20AC, 0x2030, 0x409, 0x2039, 0x40A, 0x40C, 0x40B, 0x40F, 0x452, 0x2018,
	0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x98, 0x2122, 0x459, 0x203A, 0x45A, 0x45C,
	0x45B, 0x45F, 0xA0, 0x40E, 0x45E, 0x408, 0xA4, 0x490, 0xA6, 0xA7, 0x401, 0xA9, 0x404, 0xAB,
	0xAC, 0xAD, 0xAE, 0x407, 0xB0, 0xB1, 0x406, 0x456, 0x491, 0xB5, 0xB6, 0xB7, 0x451, 0x2116,
	0x454, 0xBB, 0x458, 0x405, 0x455, 0x457};

static int double_encoding_byte_1251(uint32_t cp)
{
	if (cp >= 0x410 && cp <= 0x44F)
		return (int)(cp - 0x410 + 0xC0);
	for (int i = 0; i < 64; i++)
		if (double_encoding_1251[i] == cp)
			return 0x80 + i;
	return -1;
}

/* Quick check: "Р" or "С", the lead bytes of Cyrillic, before a continuation byte. */
static bool double_encoding_is_possible_1251(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while ((p = memchr(p, 0xD0, (size_t)(end - p))) != NULL) {
		uint32_t cp;

		if (end - p > 2 && ((unsigned char)p[1] == 0xA0 || (unsigned char)p[1] == 0xA1) &&
			utf8_decode(p + 2, (size_t)(end - p) - 2, &cp)) {
			int byte = double_encoding_byte_1251(cp);

			return byte >= 0x80 && byte < 0xC0;
		}
		p++;
	}
	return false;
}

/*
 * Russian in UTF-8, read as windows-1251: "РџРѕС". Words are hardly ever valid UTF-8 in that
 * encoding, whose letters are lead bytes without a continuation.
 */
static bool double_encoding_undo_1251(struct str s, struct buf *out)
{
	size_t letters = 0;
	bool control = false;

	if (!s.n || !double_encoding_is_possible_1251(s) ||
		!double_encoding_map(s, double_encoding_byte_1251, out, &control) ||
		!utf8_valid(buf_str(out)))
		return false;
	for (size_t i = 0; i < out->len; i++)
		letters += ((unsigned char)out->data[i] & 0xFE) == 0xD0;
	return letters >= LETTERS_MIN;
}

bool feed_undo_double_encoding(struct str s, struct buf *out)
{
	struct buf again;

	if (!s.n || byte_scan_ascii(s.p, s.p + s.n))
		return false;
	if (double_encoding_undo_1251(s, out))
		return true;
	if (!double_encoding_undo_once(s, out))
		return false;
	buf_init(&again, out->max);
	for (int i = 1; i < ROUNDS_MAX && double_encoding_undo_once(buf_str(out), &again); i++) {
		buf_clear(out);
		buf_adds(out, buf_str(&again));
	}
	buf_release(&again);
	return !buf_failed(out);
}
