/* SPDX-License-Identifier: MIT */
/*
 * Character references of HTML (13.5 named, 13.2.5.80 numeric), in XML, where a DTD would declare
 * them, and in the HTML of items.
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

/* Looks up a name without & and ;, case-sensitive. False if it is unknown. */
bool feed_entity_find(struct str name, struct feed_entity *out);

extern const uint16_t feed_windows_1252[32]; /* code points of 0x80 to 0x9F; 0: unassigned */

/*
 * Returns the code point of a numeric reference as in browsers: 128 to 159 are windows-1252; 0,
 * surrogates, noncharacters and values above U+10FFFF become U+FFFD. Returns 0 for a control
 * character other than \t \n \r: the caller drops it.
 */
uint32_t feed_entity_codepoint(uint32_t number);

/*
 * Parses the reference at the start of s, a '&'. Returns its length and its *text, which may be
 * empty and is valid until scratch is reused; or 0 if it is not a reference. In an attribute value,
 * a bare name followed by '=' or a letter is not one.
 */
size_t feed_entity_read(struct str s, bool attribute, char scratch[8], struct str *text);

#endif
