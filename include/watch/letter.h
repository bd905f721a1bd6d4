/* SPDX-License-Identifier: MIT */
/*
 * What the splitter knows of a code point: how it takes part in word segmentation, and its own
 * normal form. Made from libunistring, a page of 256 code points when one of them is first met;
 * pages are never changed again and shared by all threads.
 *
 * The normal form of a word is that of its letters in a row, unless one of them is COMPLEX or two
 * MARKs meet: only those can be reordered or composed with their neighbours (UAX #15).
 */
#ifndef WATCH_LETTER_H
#define WATCH_LETTER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum watch_letter_kind {
	WATCH_KIND_OTHER, /* stands alone */
	WATCH_KIND_LETTER,
	WATCH_KIND_HEBREW,
	WATCH_KIND_NUMERIC,
	WATCH_KIND_KATAKANA,
	WATCH_KIND_CONNECTOR, /* _ and its like: ExtendNumLet */
	WATCH_KIND_MID_LETTER,
	WATCH_KIND_MID_NUMBER,
	WATCH_KIND_MID_BOTH, /* MidNumLet */
	WATCH_KIND_APOSTROPHE,
	WATCH_KIND_DOUBLE_QUOTE,
	WATCH_KIND_EXTEND, /* belongs to what is before it */
	WATCH_KIND_DROPPED,
	WATCH_KINDS,
};

enum {
	WATCH_LETTER_WORD = 1,	  /* a letter or number: a segment with one is a word */
	WATCH_LETTER_SMALL = 2,	  /* category Ll */
	WATCH_LETTER_CAPITAL = 4, /* Lu, Lt */
	WATCH_LETTER_MARK = 8,	  /* its form holds a character of a combining class other than 0 */
	WATCH_LETTER_COMPLEX = 16, /* no form given: words with it are normalised as a whole */
	WATCH_LETTER_PLAIN = 32, /* LETTER, HEBREW or NUMERIC, a WORD, and none of MARK, COMPLEX */
};

#define WATCH_LETTER_FORM 5

struct watch_letter {
	char form[WATCH_LETTER_FORM]; /* n bytes; first, so that 8 bytes can be copied at once */
	uint8_t n, kind, flags;
};

extern struct watch_letter_pages {
	_Atomic(struct watch_letter *) page[0x110000 >> 8];
} watch_letter_pages;

/* The page of cp, made now. NULL: out of memory. */
const struct watch_letter *watch_letter_page(uint32_t cp);

/* cp <= U+10FFFF. NULL: out of memory. */
static inline const struct watch_letter *watch_letter_of(uint32_t cp)
{
	const struct watch_letter *page =
		atomic_load_explicit(&watch_letter_pages.page[cp >> 8], memory_order_acquire);

	if (__builtin_expect(!page, 0)) {
		page = watch_letter_page(cp);
		if (!page)
			return NULL;
	}
	return &page[cp & 0xFF];
}

#endif
