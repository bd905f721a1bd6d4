/* SPDX-License-Identifier: MIT */
/*
 * Normal form and spelling of one word, computed exactly as defined: slow, for words that the fast
 * paths cannot handle.
 */
#include "text/words.h"

#include <string.h>

#include <unistring/version.h>

#include "base/utf8.h"
#include "word_hash.h"
#include "code_points.h"

static void normal_drop_marks(struct text_code_points *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->p[i] < 0x300 || w->p[i] > 0x36F)
			w->p[n++] = w->p[i];
	w->n = n;
}

/* Letters whose decomposition has no Latin base letter. */
static const char *normal_plain_letter(uint32_t cp)
{
	switch (cp) {
	case 0xF8: return "o";
	case 0x142: return "l";
	case 0x111: return "d";
	case 0x131: return "i";
	case 0xE6: return "ae";
	case 0x153: return "oe";
	default: return NULL;
	}
}

static void normal_drop_possessive(struct text_code_points *w)
{
	if (w->n >= 2 && w->p[w->n - 2] == '\'' && (w->p[w->n - 1] == 's' || w->p[w->n - 1] == 'S'))
		w->n -= 2;
}

void text_word_normal(struct str word, struct buf *out)
{
	struct text_code_points w;

	text_code_points_init(&w, word);
	text_code_points_normalise(&w, TEXT_NFKD);
	normal_drop_marks(&w);
	text_code_points_casefold(&w);
	text_code_points_normalise(&w, TEXT_NFC);
	normal_drop_possessive(&w);
	if (w.failed)
		out->failed = true;
	for (size_t i = 0; i < w.n && !w.failed; i++) {
		const char *plain = normal_plain_letter(w.p[i]);

		if (plain)
			buf_addz(out, plain);
		else
			utf8_append(out, w.p[i]);
	}
	text_code_points_release(&w);
}

void text_word_spelling(struct str word, struct buf *out)
{
	struct text_code_points w;

	text_code_points_init(&w, word);
	text_code_points_normalise(&w, TEXT_NFC);
	normal_drop_possessive(&w);
	text_code_points_append(&w, out);
	text_code_points_release(&w);
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
#define RULES 1u

uint32_t text_words_version(void)
{
	return RULES << 16 | ((uint32_t)_libunistring_version & 0xffff);
}
