/* SPDX-License-Identifier: MIT */
/*
 * Kind of a code point: its class in word segmentation (UAX #29), with our additional rules. Slow:
 * the pages of letter.h hold it.
 */
#ifndef TEXT_LETTER_KIND_H
#define TEXT_LETTER_KIND_H

#include <stdbool.h>
#include <stdint.h>

enum text_letter_kind {
	TEXT_KIND_OTHER, /* a segment of its own */
	TEXT_KIND_LETTER,
	TEXT_KIND_HEBREW,
	TEXT_KIND_NUMERIC,
	TEXT_KIND_KATAKANA,
	TEXT_KIND_MID_LETTER,
	TEXT_KIND_MID_NUMBER,
	TEXT_KIND_MID_BOTH,	/* MidNumLet */
	TEXT_KIND_APOSTROPHE,	/* ' and what reads as ' between letters; separates elsewhere */
	TEXT_KIND_HALF_RING,	/* an APOSTROPHE between letters; dropped elsewhere */
	TEXT_KIND_DOUBLE_QUOTE, /* " and its variants in Hebrew abbreviations */
	TEXT_KIND_EXTEND,	/* extends the segment before it */
	TEXT_KIND_DROPPED,
	TEXT_KINDS,
};

enum text_letter_kind text_letter_kind_of(uint32_t cp);
/* Is it a letter, of any script? */
bool text_letter_is_alphabetic(uint32_t cp, enum text_letter_kind kind);
bool text_letter_is_latin(uint32_t cp);

#endif
