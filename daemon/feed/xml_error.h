/* SPDX-License-Identifier: MIT */
/* What libxml2 found, in the words of somebody who publishes a feed. Private to the room. */
#ifndef FEED_XML_ERROR_H
#define FEED_XML_ERROR_H

#include <stdbool.h>

/*
 * code: an xmlParserErrors. closed: the feed's own element was already closed. NULL: the parser's
 * own text says it best.
 */
const char *feed_xml_error_text(int code, bool closed);

#endif
