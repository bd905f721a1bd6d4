/* SPDX-License-Identifier: MIT */
/* Error messages of the XML parser for the publisher of a feed. */
#ifndef FEED_XML_ERROR_H
#define FEED_XML_ERROR_H

#include <stdbool.h>

/* code: of enum xmlParserErrors. closed: after the root's end tag. NULL: use libxml2's message. */
const char *feed_xml_error_text(int code, bool closed);

#endif
