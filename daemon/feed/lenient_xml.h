/* SPDX-License-Identifier: MIT */
/*
 * Lenient XML parser: reads a document that libxml2 refused, from its start, and reports what it
 * finds to the batch builder.
 *
 *	- a bare ampersand and an unknown entity are literal text;
 *	- an element ends where its parent ends; a field ends where the next known field starts,
 *	  unless its own end tag comes before the item's end tag;
 *	- an item that lacks only its end tag is kept when the next one starts; one that is cut off
 *	  inside a field is dropped and a problem is recorded;
 *	- text before the root's start tag and after its end tag is ignored.
 *
 * Linear time: the cost of each look-ahead is taken from a budget proportional to the text.
 */
#ifndef FEED_LENIENT_XML_H
#define FEED_LENIENT_XML_H

#include "base/err.h"
#include "builder.h"

/*
 * text: the whole document, valid UTF-8. Call feed_builder_begin() before. Returns 0 or -ERR_LIMIT,
 * -ERR_INPUT, -ERR_NOMEM; feed_builder_is_feed() says afterwards whether the root was a feed's.
 */
int feed_lenient_parse(
	struct feed_builder *b, struct str text, const struct feed_limits *limits, struct err *e);

#endif
