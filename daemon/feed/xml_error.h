/* SPDX-License-Identifier: MIT */
/* Error messages of the XML parser for the publisher of a feed. */
#ifndef FEED_XML_ERROR_H
#define FEED_XML_ERROR_H

#include <stdbool.h>

/* code: of enum xmlParserErrors. closed: after the root's end tag. NULL: use libxml2's message. */
const char *feed_xml_error_text(int code, bool closed);

/* For this thread: libxml2 prints errors without a document, as a lack of memory, to standard
 * error. */
void feed_xml_error_mute(void);

#endif
