/* SPDX-License-Identifier: MIT */
/*
 * Properties of a code point for the splitter: its class in word segmentation, and its normal form.
 * Pages of 256 code points are filled from libunistring on first use, never change afterwards, and
 * are shared by all threads.
 *
 * The normal form of a word is the concatenation of the forms of its letters, unless one is COMPLEX
 * or COMPOSES, or two MARKs are adjacent: only those can be reordered or composed with their
 * neighbours (UAX #15).
 */
#ifndef TEXT_LETTER_H
#define TEXT_LETTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "letter_kind.h"

enum {
	TEXT_LETTER_WORD = 1,	  /* a letter or number: a segment that has one is a word */
	TEXT_LETTER_LOWER = 2,	  /* category Ll */
	TEXT_LETTER_UPPER = 4,	  /* Lu, Lt */
	TEXT_LETTER_MARK = 8,	  /* its form has a character of a combining class other than 0 */
	TEXT_LETTER_COMPLEX = 16, /* has no form here: words with it are normalised as a whole */
	TEXT_LETTER_PLAIN = 32, /* LETTER, HEBREW or NUMERIC, a WORD, and no other flag but case */
	TEXT_LETTER_COMPOSES = 64, /* may be composed with the letter before it */
};

#define TEXT_LETTER_FORM 4

struct text_letter {
	/* n bytes; first and aligned, so that copying the whole struct copies the form */
	_Alignas(8) char form[TEXT_LETTER_FORM];
	uint8_t n, kind, flags;
};

extern struct text_letter_pages {
	_Atomic(struct text_letter *) page[0x110000 >> 8];
} text_letter_pages;

/* Fills and returns the page of cp. NULL: out of memory. */
const struct text_letter *text_letter_page(uint32_t cp);

/* cp <= U+10FFFF. Returns NULL if out of memory. */
static inline const struct text_letter *text_letter_of(uint32_t cp)
{
	const struct text_letter *page =
		atomic_load_explicit(&text_letter_pages.page[cp >> 8], memory_order_acquire);

	if (__builtin_expect(!page, 0)) {
		page = text_letter_page(cp);
		if (!page)
			return NULL;
	}
	return &page[cp & 0xFF];
}

/*
 * Returns the composition of `before`, the last character of a form, not a MARK, with a letter
 * cp that COMPOSES; 0 if they do not compose. *unsure is set if parts of `before` could be
 * reordered around cp.
 */
uint32_t text_letter_compose(uint32_t before, uint32_t cp, bool *unsure);

#endif
