/* SPDX-License-Identifier: MIT */
/*
 * Parses well-formed XML with the SAX2 push parser of libxml2 and passes events to the builder.
 *
 * The input is valid UTF-8; libxml2 does not detect the encoding. The user data of the SAX handler
 * is not the parser context, because 2.9.14 would then expand entities without calling the handler.
 * Any declaration is refused (xml_guard.h leaves them out); entity references are looked up in the
 * table of HTML, others stay as text; no file or URL is opened. The parser stops at the first
 * error: lenient_xml.h parses such documents.
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
/* Starts a document whose first byte is in that line. False: out of memory. */
bool feed_xml_begin(struct feed_xml *x, uint32_t line);
/* Parses the next bytes. After a verdict other than FINE, push no more. */
enum feed_xml_verdict feed_xml_push(struct feed_xml *x, struct str s, bool last);
/*
 * The same for text between tags, or inside a CDATA section, whose start was pushed; more: it goes
 * on after that. It reaches the builder without libxml2, which takes far longer for each byte and
 * reference, unless libxml2 has not read all before it or may find an error in it.
 */
enum feed_xml_verdict feed_xml_text(struct feed_xml *x, struct str text, bool more);
enum feed_xml_verdict feed_xml_cdata(struct feed_xml *x, struct str text);
/* Reason of the verdict and its line. The text contains bytes of the document: escape it. */
const char *feed_xml_reason(const struct feed_xml *x);
uint32_t feed_xml_line(const struct feed_xml *x);
/* Whether an undeclared prefix was resolved to its conventional namespace. */
bool feed_xml_undeclared_prefix(const struct feed_xml *x);

/* Line of the first reference to an unknown entity; 0: there is none. */
uint32_t feed_xml_undeclared_entity(const struct feed_xml *x);

void feed_xml_global_init(void);
void feed_xml_global_cleanup(void);

#endif
