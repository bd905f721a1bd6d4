/* SPDX-License-Identifier: MIT */
/*
 * Normal form and spelling of one word, computed exactly as defined: slow, for words that the fast
 * paths cannot handle.
 */
#include "text/words.h"

#include <string.h>

#include <unictype.h>
#include <unistring/version.h>

#include "base/utf8.h"
#include "word_hash.h"
#include "code_points.h"
#include "normal.h"

/* Accents, Hebrew points and cantillation, Arabic vowel and hamza marks. */
static bool normal_is_dropped_mark(uint32_t cp)
{
	return (cp >= 0x300 && cp <= 0x36F) || (cp >= 0x591 && cp <= 0x5C7) ||
	       (cp >= 0x64B && cp <= 0x655) || cp == 0x670;
}

static void normal_drop_marks(struct text_code_points *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (!normal_is_dropped_mark(w->p[i]))
			w->p[n++] = w->p[i];
	w->n = n;
}

const char *text_normal_replacement(uint32_t cp)
{
	switch (cp) {
	case 0xF8: return "o";
	case 0x142: return "l";
	case 0x111:
	case 0xF0: return "d"; /* eth */
	case 0x127: return "h";
	case 0x131: return "i";
	case 0x14B: return "n";
	case 0x167: return "t";
	case 0xFE: return "th";
	case 0xE6: return "ae";
	case 0x153: return "oe";
	case 0x671: return "\u0627"; /* alef wasla: alef */
	case 0x649:		     /* alef maksura, Farsi yeh: yeh */
	case 0x6CC: return "\u064a";
	case 0x6A9: return "\u0643"; /* keheh: kaf */
	case 0x629: return "\u0647"; /* teh marbuta: heh */
	default: return NULL;
	}
}

static void normal_append(uint32_t cp, struct buf *out)
{
	const char *replacement = text_normal_replacement(cp);
	int digit = cp < 0x80 ? -1 : uc_decimal_value(cp);

	if (replacement)
		buf_addz(out, replacement);
	else
		utf8_append(out, digit < 0 ? cp : '0' + (uint32_t)digit);
}

void text_word_normal(struct str word, struct buf *out)
{
	struct text_code_points w;

	text_code_points_init(&w, word);
	text_code_points_normalise(&w, TEXT_NFKD);
	normal_drop_marks(&w);
	text_code_points_casefold(&w);
	text_code_points_normalise(&w, TEXT_NFC);
	text_code_points_drop_ending(&w);
	if (w.failed)
		out->failed = true;
	for (size_t i = 0; i < w.n && !w.failed; i++)
		normal_append(w.p[i], out);
	text_code_points_release(&w);
}

void text_word_spelling(struct str word, struct buf *out)
{
	struct text_code_points w;

	text_code_points_init(&w, word);
	text_code_points_normalise(&w, TEXT_NFC);
	text_code_points_append(&w, out);
	text_code_points_release(&w);
}

bool text_spelling_matches(struct str wanted, struct str spelling)
{
	size_t n = wanted.n;

	if (spelling.n < n || (n && memcmp(spelling.p, wanted.p, n) != 0))
		return false;
	spelling = str_slice(spelling.p + n, spelling.n - n);
	return spelling.n == 0 || str_is(spelling, "'s") || str_is(spelling, "'S") ||
	       str_is(spelling, "'");
}

uint64_t text_word_hash(struct str form)
{
	char tail[8] = {0};
	uint64_t h = TEXT_HASH_SEED;

	if (form.n == 0)
		return text_hash_mix(h);
	while (form.n > 8) {
		h = text_hash_step(h, form.p);
		form = str_slice(form.p + 8, form.n - 8);
	}
	memcpy(tail, form.p, form.n);
	return text_hash_step(h, tail);
}

/* Incremented by hand with every change to splitting or to the normal form. */
#define RULES 2u

uint32_t text_words_version(void)
{
	return RULES << 16 | ((uint32_t)_libunistring_version & 0xffff);
}
