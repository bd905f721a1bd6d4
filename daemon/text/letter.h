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

/*
 * What can be told of a character without looking at others, when its form takes as many bytes as
 * the character (two: in any script; three: only if it is its own form).
 */
enum text_letter_place {
	TEXT_PLACE_NONE,   /* none of the following */
	TEXT_PLACE_LETTER, /* PLAIN */
	TEXT_PLACE_GAP,	   /* ends a word and is in none, as a space */
	TEXT_PLACE_EXTEND, /* goes on with the word before it; if of two bytes, maybe a MARK */
	TEXT_PLACE_SOFT,   /* a GAP, unless it is between two characters of words */
	TEXT_PLACE_ALONE,  /* of three bytes: a word, with what extends it */
	TEXT_PLACE_MARK = TEXT_PLACE_EXTEND | 4, /* of three bytes, and a MARK */
};

#define TEXT_LETTER_FORM 4

struct text_letter {
	char form[TEXT_LETTER_FORM]; /* n bytes; first, so that 8 bytes can be copied at once */
	uint8_t n, kind, flags, place;
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
 * The same by the bytes of a sequence, for one load a letter: found in no time, once its row of 64
 * has been asked for. Unknown rows are 0; rows are never changed again and shared by all threads.
 */
extern struct text_letter_places {
	_Atomic(uint32_t) two[32 << 6];	   /* the form's two bytes as they lie, place << 16 */
	_Atomic(uint8_t) three[1024 << 6]; /* place, TEXT_PLACE_KNOWN set */
} text_letter_places;

#define TEXT_PLACE_KNOWN 0x80

/* Of two: what there is no room for in the two bits of the place. RARE is set with both. */
#define TEXT_PLACE_TWO_RARE   (UINT32_C(1) << 31)
#define TEXT_PLACE_TWO_SOFT   (UINT32_C(1) << 30 | TEXT_PLACE_TWO_RARE)
#define TEXT_PLACE_TWO_HEBREW (UINT32_C(1) << 29 | TEXT_PLACE_TWO_RARE)
#define TEXT_PLACE_TWO_BITS   UINT32_C(0x3FFFF)

/* Makes the row known that index stands in, and gives what stands there. */
uint32_t text_letter_two(uint32_t index);
uint8_t text_letter_three(uint32_t index);

/*
 * What `before`, the last character of a form that is no MARK, and a letter cp that COMPOSES become
 * together, or 0. *unsure is set where what makes up `before` could be reordered around cp.
 */
uint32_t text_letter_compose(uint32_t before, uint32_t cp, bool *unsure);

#endif
