/* SPDX-License-Identifier: MIT */
/*
 * Character references of HTML 5 (13.5 named, 13.2.5.80 numeric), for the XML parser, which knows
 * no DTD, and for the HTML inside items.
 */
#ifndef FEED_ENTITY_H
#define FEED_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct feed_entity {
	char text[8]; /* UTF-8, NUL-terminated; one or two code points */
	bool bare;    /* browsers accept it without the semicolon too */
};

/* name without & and ;, case-sensitive. False: there is no entity of that name. */
bool feed_entity_find(struct str name, struct feed_entity *out);

/*
 * The code point that a numeric reference stands for as browsers have it: 128 to 159 are
 * windows-1252, 0, surrogates, noncharacters and what is above U+10FFFF become U+FFFD. 0 for a
 * control character, which is to be dropped; \t \n \r stay.
 */
uint32_t feed_entity_codepoint(uint32_t number);

/*
 * Reads one reference at p[0], which is '&', in p[0..n). Returns its length and sets *text
 * (empty for one that is to be dropped; valid until the next call with the same scratch), or 0 when
 * there is no reference there. In an attribute value a bare name before '=' or a letter is none.
 */
size_t feed_entity_read(struct str s, bool attribute, char scratch[8], struct str *text);

#endif
