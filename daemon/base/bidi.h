/* SPDX-License-Identifier: MIT */
/*
 * Direction controls of UAX #9 in one line of untrusted text: which of them affect only text
 * between them, and so may be shown as they are.
 */
#ifndef BASE_BIDI_H
#define BASE_BIDI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* U+202D, U+202E: reorders any text, also where it ends. */
bool bidi_is_override(uint32_t cp);

/* State of a walk over a text, zero at its beginning. */
struct bidi_line {
	bool read;
	uint64_t balanced; /* bit n: control n of the line is balanced */
	unsigned next;	   /* number of the next control */
};

/*
 * Returns false for a control other than an override whose counterpart is not in the line. cp is
 * the next character of the walk, text begins with it. Marks (U+200E, U+200F, U+061C) affect too
 * little to need a counterpart.
 */
bool bidi_line_keeps(struct bidi_line *l, uint32_t cp, struct str text);

#endif
