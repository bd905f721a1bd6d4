/* SPDX-License-Identifier: MIT */
/*
 * What the splitter knows of a code point: how it takes part in word segmentation, and its own
 * normal form. Made from libunistring, a page of 256 code points when one of them is first met;
 * pages are never changed again and shared by all threads.
 *
 * The normal form of a word is that of its letters in a row, unless one of them is COMPLEX or
 * COMPOSES, or two MARKs meet: only those can be reordered or composed with their neighbours (UAX
 * #15).
 */
#ifndef TEXT_LETTER_H
#define TEXT_LETTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_letter_kind {
	TEXT_KIND_OTHER, /* stands alone */
	TEXT_KIND_LETTER,
	TEXT_KIND_HEBREW,
	TEXT_KIND_NUMERIC,
	TEXT_KIND_KATAKANA,
	TEXT_KIND_CONNECTOR, /* _ and its like: ExtendNumLet */
	TEXT_KIND_MID_LETTER,
	TEXT_KIND_MID_NUMBER,
	TEXT_KIND_MID_BOTH, /* MidNumLet */
	TEXT_KIND_APOSTROPHE,
	TEXT_KIND_DOUBLE_QUOTE,
	TEXT_KIND_EXTEND, /* belongs to what is before it */
	TEXT_KIND_DROPPED,
	TEXT_KINDS,
};

enum {
	TEXT_LETTER_WORD = 1,	  /* a letter or number: a segment with one is a word */
	TEXT_LETTER_SMALL = 2,	  /* category Ll */
	TEXT_LETTER_CAPITAL = 4,  /* Lu, Lt */
	TEXT_LETTER_MARK = 8,	  /* its form holds a character of a combining class other than 0 */
	TEXT_LETTER_COMPLEX = 16, /* no form given: words with it are normalised as a whole */
	TEXT_LETTER_PLAIN = 32,	  /* LETTER, HEBREW or NUMERIC, a WORD, and none of the others */
	TEXT_LETTER_COMPOSES = 64, /* may become one with the letter before it */
};

#define TEXT_LETTER_FORM 4

struct text_letter {
	/* n bytes; first and aligned, so that a form is copied with the whole struct at once */
	_Alignas(8) char form[TEXT_LETTER_FORM];
	uint8_t n, kind, flags;
};

extern struct text_letter_pages {
	_Atomic(struct text_letter *) page[0x110000 >> 8];
} text_letter_pages;

/* The page of cp, made now. NULL: out of memory. */
const struct text_letter *text_letter_page(uint32_t cp);

/* cp <= U+10FFFF. NULL: out of memory. */
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
 * What `before`, the last character of a form that is no MARK, and a letter cp that COMPOSES become
 * together, or 0. *unsure is set where what makes up `before` could be reordered around cp.
 */
uint32_t text_letter_compose(uint32_t before, uint32_t cp, bool *unsure);

#endif
