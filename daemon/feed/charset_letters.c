/* SPDX-License-Identifier: MIT */
#include "charset_letters.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "charset_label.h"
#include "decoder.h"

#define SAMPLE_MAX  16384 /* bytes beyond ASCII, and those next to them */
#define LETTERS_MIN 4
#define DOUBT_MIN   16 /* letters that contradict a declaration */

struct letters_script {
	uint32_t from, to;
	uint32_t small_from;  /* capitals are before it; 0: the script has none */
	const char *frequent; /* half of all letters at least, in each language */
};

static const struct letters_script cyrillic = {0x400, 0x491, 0x430, "оаеинтсрвлкіјя"};
static const struct letters_script greek = {0x386, 0x3CE, 0x3AC, "αοιετνσηρπκυλςίμάόέ"};
static const struct letters_script hebrew = {0x5D0, 0x5EA, 0, "יוהלארתבשמ"};
static const struct letters_script arabic = {0x621, 0x6CC, 0, "اليمونرتبةهعدیک"};
static const struct letters_script thai = {0xE01, 0xE4E, 0, "านรอกเง่มยลวดทสต้ั"};

/* Of two that fit alike the first is taken. */
static const struct letters_row {
	enum charset_id id;
	const struct letters_script *script;
} letters_rows[] = {
	{CHARSET_WINDOWS_1251, &cyrillic},
	{CHARSET_KOI8_R, &cyrillic},
	{CHARSET_KOI8_U, &cyrillic},
	{CHARSET_IBM866, &cyrillic},
	{CHARSET_ISO_8859_5, &cyrillic},
	{CHARSET_MAC_CYRILLIC, &cyrillic},
	{CHARSET_WINDOWS_1253, &greek},
	{CHARSET_ISO_8859_7, &greek},
	{CHARSET_WINDOWS_1255, &hebrew},
	{CHARSET_WINDOWS_1256, &arabic},
	{CHARSET_ISO_8859_6, &arabic},
	{CHARSET_WINDOWS_874, &thai},
};

/* What a byte is, read as one encoding. */
enum letters_kind {
	LETTERS_SIGN, /* punctuation */
	LETTERS_LATIN,
	LETTERS_BAD, /* what texts hardly use */
	LETTERS_CAPITAL,
	LETTERS_SMALL, /* and letters of scripts without case */
};

struct letters_table {
	enum letters_kind kind[256];
	bool frequent[256];
};

struct letters_tally {
	size_t letters, frequent, bad;
	size_t joined; /* letters after another one */
	size_t mixed;  /* letters next to a Latin one */
	size_t wrong;  /* capitals after a small letter */
};

static bool letters_is_sign(uint32_t cp)
{
	static const uint16_t signs[] = {0xA0, 0xA7, 0xA9, 0xAB, 0xAE, 0xB0, 0xB7, 0xBB, 0x60C,
		0x61B, 0x61F, 0x20AC, 0x2116, 0x2122};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i] == cp)
			return true;
	return cp >= 0x200C && cp <= 0x2026; /* direction marks, dashes, quotes */
}

static bool letters_is_frequent(const struct letters_script *s, uint32_t cp)
{
	char text[4];
	size_t n;

	/* Capitals are as far from their small letter as the first ones are. */
	if (s->small_from && cp < s->small_from)
		cp += 0x20;
	n = utf8_encode(cp, text);
	return str_find(str_of(s->frequent), str_slice(text, n)) >= 0;
}

static void letters_classify(
	struct letters_table *t, unsigned c, const struct letters_script *s, uint32_t cp)
{
	if (cp >= s->from && cp <= s->to) {
		t->kind[c] = cp < s->small_from ? LETTERS_CAPITAL : LETTERS_SMALL;
		t->frequent[c] = letters_is_frequent(s, cp);
	} else if (!letters_is_sign(cp)) {
		t->kind[c] = LETTERS_BAD;
	}
}

/* False: memory is out. */
static bool letters_fill_table(
	struct letters_table *t, struct feed_decoder *d, const struct letters_row *row)
{
	memset(t, 0, sizeof(*t));
	for (unsigned c = 0; c < 0x80; c++)
		t->kind[c] = ascii_is_alpha((char)c) ? LETTERS_LATIN : LETTERS_SIGN;
	for (unsigned c = 0x80; c < 0x100; c++) {
		char byte = (char)c;
		struct str text;
		uint32_t cp = 0;

		if (!feed_decoder_restart(d, &feed_charsets[row->id]))
			return false;
		text = feed_decoder_step(d, str_slice(&byte, 1), true);
		if (!text.p)
			return false;
		(void)utf8_decode(text.p, text.n, &cp);
		letters_classify(t, c, row->script, cp);
	}
	return true;
}

/* Returns its length. */
static size_t letters_take_sample(struct str body, unsigned char sample[SAMPLE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < body.n && n < SAMPLE_MAX; i++) {
		bool near =
			(i > 0 && body.p[i - 1] & 0x80) || (i + 1 < body.n && body.p[i + 1] & 0x80);

		if (near || body.p[i] & 0x80)
			sample[n++] = (unsigned char)body.p[i];
	}
	return n;
}

static bool letters_is_letter(enum letters_kind kind)
{
	return kind == LETTERS_CAPITAL || kind == LETTERS_SMALL;
}

static struct letters_tally letters_count(
	const struct letters_table *t, const unsigned char *sample, size_t n)
{
	struct letters_tally out = {0};
	enum letters_kind before = LETTERS_SIGN;

	for (size_t i = 0; i < n; i++) {
		enum letters_kind kind = t->kind[sample[i]];
		bool letter = letters_is_letter(kind), after = letters_is_letter(before);

		out.bad += kind == LETTERS_BAD;
		out.letters += letter;
		out.frequent += t->frequent[sample[i]];
		out.joined += letter && after;
		out.mixed +=
			(letter && before == LETTERS_LATIN) || (after && kind == LETTERS_LATIN);
		out.wrong += kind == LETTERS_CAPITAL && before == LETTERS_SMALL;
		before = kind;
	}
	return out;
}

/* How many more letters are frequent than wrong; -1: it is not this encoding. */
static int letters_score(const struct letters_tally *t)
{
	size_t n = t->letters, wrong = t->wrong + t->bad;

	if (n < LETTERS_MIN || t->joined * 10 < n * 6 || t->mixed * 5 > n || t->frequent * 2 < n ||
		wrong * 20 > n)
		return -1;
	return (int)(t->frequent - wrong);
}

/* What the sample of a body is, read as each encoding. */
struct letters_scores {
	int of[sizeof(letters_rows) / sizeof(letters_rows[0])];
	size_t letters; /* of the best */
	size_t best;
};

/* False: it is none of them, or memory is out. */
static bool letters_try_all(struct str body, struct letters_scores *out)
{
	unsigned char sample[SAMPLE_MAX];
	size_t n = letters_take_sample(body, sample);
	struct feed_decoder *d = feed_decoder_new(feed_charset_utf8());
	struct letters_table table;
	bool ok = d != NULL;

	*out = (struct letters_scores){.best = 0};
	for (size_t i = 0; ok && i < sizeof(letters_rows) / sizeof(letters_rows[0]); i++) {
		struct letters_tally tally;

		ok = letters_fill_table(&table, d, &letters_rows[i]);
		if (!ok)
			break;
		tally = letters_count(&table, sample, n);
		out->of[i] = letters_score(&tally);
		if (i == 0 || out->of[i] > out->of[out->best]) {
			out->best = i;
			out->letters = tally.letters;
		}
	}
	feed_decoder_free(d);
	return ok && out->of[out->best] >= 0;
}

const struct feed_charset *feed_charset_guess_letters(struct str body)
{
	struct letters_scores scores;

	return letters_try_all(body, &scores) ? &feed_charsets[letters_rows[scores.best].id] : NULL;
}

static bool letters_is_latin(const struct feed_charset *c)
{
	static const enum charset_id ids[] = {CHARSET_WINDOWS_1252, CHARSET_WINDOWS_1250,
		CHARSET_WINDOWS_1254, CHARSET_WINDOWS_1257, CHARSET_ISO_8859_2, CHARSET_ISO_8859_15,
		CHARSET_MACINTOSH};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (c == &feed_charsets[ids[i]])
			return true;
	return false;
}

const struct feed_charset *feed_charset_doubt_letters(
	struct str body, const struct feed_charset *declared)
{
	struct letters_scores scores;
	bool doubted = letters_is_latin(declared);

	if (!letters_try_all(body, &scores) || scores.letters < DOUBT_MIN)
		return NULL;
	for (size_t i = 0; i < sizeof(letters_rows) / sizeof(letters_rows[0]); i++)
		if (declared == &feed_charsets[letters_rows[i].id])
			doubted = scores.of[i] < 0;
	return doubted ? &feed_charsets[letters_rows[scores.best].id] : NULL;
}
