/* SPDX-License-Identifier: MIT */
/*
 * The text of elements and the values of attributes, as written in XML, with references resolved.
 */
#ifndef FEED_XML_TEXT_H
#define FEED_XML_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

#define XML_TEXT_TAIL_MAX 40 /* bytes of a reference; longer ones are not resolved */

/*
 * Appends text of an element as XML defines it (XML 1.0 §2.4, §2.11, §4.1): references resolved,
 * those of HTML too, line ends as \n. s is valid UTF-8 of characters that XML allows, without '<'.
 * Returns false, with nothing appended, if it may not be well-formed, or has a reference to any
 * other entity.
 */
bool xml_text_resolve(struct str s, struct buf *out);

/*
 * Number of bytes at the end of s, where it is cut, that what follows may give another meaning: a
 * reference, "]]>", a line end (the last one of a document is on the line before).
 */
size_t xml_text_tail(struct str s);

/*
 * Appends an attribute value as libxml2 passes it without entity replacement: it leaves "&#38;" for
 * an ampersand, and "&name;" for a general entity. The result is not longer than raw.
 */
struct str xml_text_value(struct str raw, struct buf *out);

#endif
