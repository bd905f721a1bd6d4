/* SPDX-License-Identifier: MIT */
/*
 * Well-formed XML to the builder, by libxml2's SAX2 push parser; all of libxml2 is behind this.
 *
 * It gets clean UTF-8 only and never looks for an encoding. It has its own SAX handler whose user
 * data is not the parser context (with that, 2.9.14 expands entities behind the handler's back);
 * any declaration stops it; entity references are answered from the HTML table; nothing is
 * opened. The first error ends it: the lenient parser (lenient_xml.h) reads such documents.
 */
#ifndef FEED_XML_H
#define FEED_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "builder.h"

enum feed_xml_verdict {
	FEED_XML_FINE,
	FEED_XML_BROKEN,    /* not well-formed; feed_xml_reason() */
	FEED_XML_FORBIDDEN, /* entity, element or attribute declarations */
	FEED_XML_REFUSED,   /* by the builder: feed_builder_error() */
	FEED_XML_NOMEM,
};

struct feed_xml;

struct feed_xml *feed_xml_new(struct feed_builder *b); /* NULL: out of memory */
void feed_xml_free(struct feed_xml *x);		       /* NULL is fine */
/* A new document whose first byte stands in this line. False: out of memory. */
bool feed_xml_begin(struct feed_xml *x, uint32_t line);
/* After anything but FINE no more is to be pushed. */
enum feed_xml_verdict feed_xml_push(struct feed_xml *x, struct str s, bool last);
/* What was wrong, in libxml2's words, and where. Foreign bytes: to be escaped. */
const char *feed_xml_reason(const struct feed_xml *x);
uint32_t feed_xml_line(const struct feed_xml *x);
/* Whether a prefix was used that nobody declared: read by its usual meaning, but not clean. */
bool feed_xml_loose(const struct feed_xml *x);

void feed_xml_global_init(void);
void feed_xml_global_cleanup(void);

#endif
