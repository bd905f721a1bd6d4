/* SPDX-License-Identifier: MIT */
#include "charset_guess.h"

#include <string.h>

#include "base/utf8.h"
#include "charset_label.h"
#include "charset_letters.h"

#define SAMPLE_MAX 65536 /* double-byte characters to look at */
#define INVALID	   (-2)

/* What a document is, read as one encoding. */
struct guess_tally {
	size_t chars; /* beyond ASCII */
	size_t good;  /* in the rows of frequent characters */
	size_t bad;   /* in rows that texts hardly use */
	size_t kana, invalid;
	size_t joined; /* that follow another one: text of Europe has few of these */
};

/* --- weight of one character: 1 frequent, 0 rare, -1 hardly used, INVALID --- */

static bool guess_is_in(unsigned char c, unsigned from, unsigned to)
{
	return c >= from && c <= to;
}

/* GB 2312: punctuation in rows 1 to 3, level 1 in 16 to 55, level 2 up to 87. */
static int guess_weigh_gbk(unsigned char a, unsigned char b)
{
	if (!guess_is_in(a, 0x81, 0xFE) || b < 0x40 || b == 0x7F || b == 0xFF)
		return INVALID;
	if (b < 0xA1 || !guess_is_in(a, 0xA1, 0xF7) || guess_is_in(a, 0xA4, 0xAF))
		return -1;
	return a <= 0xD7;
}

/* Punctuation in A1 to A3, level 1 in A4 to C6, level 2 in C9 to F9. */
static int guess_weigh_big5(unsigned char a, unsigned char b)
{
	if (!guess_is_in(a, 0x81, 0xFE) ||
		!(guess_is_in(b, 0x40, 0x7E) || guess_is_in(b, 0xA1, 0xFE)))
		return INVALID;
	if (guess_is_in(a, 0xA1, 0xC6))
		return 1;
	return guess_is_in(a, 0xC9, 0xF9) ? 0 : -1;
}

/* KS X 1001: punctuation in rows 1 to 3, syllables in 16 to 40, Chinese characters after them. */
static int guess_weigh_euc_kr(unsigned char a, unsigned char b)
{
	if (!guess_is_in(a, 0x81, 0xFE) || b < 0x41 || b == 0xFF)
		return INVALID;
	return b >= 0xA1 && (guess_is_in(a, 0xA1, 0xA3) || guess_is_in(a, 0xB0, 0xC8)) ? 1 : -1;
}

/* JIS X 0208: hiragana in row 4, katakana in 5, level 1 in 16 to 47, level 2 up to 84. */
static int guess_weigh_euc_jp(unsigned char a, unsigned char b)
{
	if (!guess_is_in(a, 0xA1, 0xFE) || !guess_is_in(b, 0xA1, 0xFE))
		return INVALID;
	if (guess_is_in(a, 0xA1, 0xA5) || guess_is_in(a, 0xB0, 0xCF))
		return 1;
	return guess_is_in(a, 0xD0, 0xF4) ? 0 : -1;
}

/* The same rows, two in one lead byte. */
static int guess_weigh_shift_jis(unsigned char a, unsigned char b)
{
	if (!(guess_is_in(a, 0x81, 0x9F) || guess_is_in(a, 0xE0, 0xFC)) || b < 0x40 || b == 0x7F ||
		b > 0xFC)
		return INVALID;
	if (guess_is_in(a, 0x81, 0x83) || guess_is_in(a, 0x88, 0x97))
		return 1;
	return guess_is_in(a, 0x98, 0x9F) || guess_is_in(a, 0xE0, 0xEA) ? 0 : -1;
}

/* --- the whole document --- */

struct guess_row {
	enum charset_id id;
	int (*weigh)(unsigned char a, unsigned char b);
	/* The rows of kana, which Chinese does not have; 0: not needed. */
	unsigned char kana_from, kana_to;
	unsigned char single_from, single_to; /* one-byte katakana, hardly used */
};

/* Korean is first: its syllables are frequent characters in Chinese and Japanese too. */
static const struct guess_row rows[] = {
	{CHARSET_EUC_KR, guess_weigh_euc_kr, 0, 0, 0, 0},
	{CHARSET_EUC_JP, guess_weigh_euc_jp, 0xA4, 0xA5, 0, 0},
	{CHARSET_GB18030, guess_weigh_gbk, 0, 0, 0, 0},
	{CHARSET_BIG5, guess_weigh_big5, 0, 0, 0, 0},
	{CHARSET_SHIFT_JIS, guess_weigh_shift_jis, 0, 0, 0xA1, 0xDF},
};

static void guess_count(const struct guess_row *row, struct str s, struct guess_tally *t)
{
	bool joined = false;
	size_t i = 0;

	*t = (struct guess_tally){.chars = 0};
	while (i < s.n && t->chars < SAMPLE_MAX) {
		unsigned char a = (unsigned char)s.p[i], b;
		bool single = guess_is_in(a, row->single_from, row->single_to);
		int weight;

		if (a < 0x80) {
			joined = false;
			i++;
			continue;
		}
		b = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
		weight = single ? -1 : row->weigh(a, b);
		i += weight == INVALID || single ? 1 : 2;
		t->chars++;
		t->invalid += weight == INVALID;
		t->good += weight == 1;
		t->bad += weight == -1;
		t->kana += weight == 1 && guess_is_in(a, row->kana_from, row->kana_to);
		t->joined += joined && weight != INVALID;
		joined = weight != INVALID;
	}
}

/* Excess of frequent over hardly used characters, in thousandths; -1: it is not this one. */
static int guess_score(const struct guess_row *row, struct str s)
{
	struct guess_tally t;
	size_t n;

	guess_count(row, s, &t);
	n = t.chars;
	if (n < 2 || t.invalid * 20 > n || t.joined * 3 < n - 1 || t.good < t.bad ||
		(t.good - t.bad) * 10 < n * 6 || (row->kana_to && t.kana * 10 < n))
		return -1;
	return (int)((t.good - t.bad) * 1000 / n);
}

static const struct feed_charset *guess_multibyte(struct str s)
{
	const struct feed_charset *best = NULL;
	int most = -1;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int score = guess_score(&rows[i], s);

		if (score > most) {
			most = score;
			best = &feed_charsets[rows[i].id];
		}
	}
	return best;
}

/* Letters first: double bytes are common in KOI8-R by chance. */
static const struct feed_charset *guess_encoding(struct str s)
{
	const struct feed_charset *found = feed_charset_guess_letters(s);

	return found ? found : guess_multibyte(s);
}

/* Counts characters of several bytes, and bytes that are not part of any. */
static void guess_count_utf8(struct str s, size_t *whole, size_t *stray)
{
	size_t i = 0;

	*whole = *stray = 0;
	while (i < s.n) {
		uint32_t cp;
		size_t n = 1;

		if (s.p[i] & 0x80) {
			n = utf8_decode(s.p + i, s.n - i, &cp);
			*whole += n != 0;
			*stray += n == 0;
			n += n == 0;
		}
		i += n;
	}
}

static const struct feed_charset *guess_charset(
	const struct feed_charset_choice *c, struct str body)
{
	const struct feed_charset *utf8 = &feed_charsets[CHARSET_UTF_8], *found;
	const struct feed_charset *latin = &feed_charsets[CHARSET_WINDOWS_1252];
	size_t whole, stray;

	guess_count_utf8(body, &whole, &stray);
	if (c->otherwise == utf8) {
		found = whole < stray ? guess_encoding(body) : NULL;
		return found ? found : utf8;
	}
	if (c->declared || c->otherwise != latin) {
		found = whole >= 20 * stray ? utf8 : feed_charset_doubt_letters(body, c->otherwise);
		return found ? found : c->otherwise;
	}
	if (whole >= 4 * stray)
		return utf8;
	found = guess_encoding(body);
	if (found)
		return found;
	/* Letters of Western Europe are hardly ever valid UTF-8 by chance. */
	return whole * 3 >= stray ? utf8 : latin;
}

void feed_charset_settle(struct feed_charset_choice *c, struct str body)
{
	const struct feed_charset *utf8 = feed_charset_utf8(), *found = guess_charset(c, body);

	if (found == utf8)
		c->declared = NULL;
	else if (c->otherwise == utf8)
		c->guessed = "the text is not UTF-8 as declared";
	else if (!c->declared)
		c->guessed = "no encoding is declared and the text is not UTF-8";
	else if (found != c->declared)
		c->guessed = "the text is not in the encoding that is declared";
	c->charset = found;
	c->otherwise = NULL;
}
