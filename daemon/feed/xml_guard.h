/* SPDX-License-Identifier: MIT */
/*
 * Checks XML before libxml2 parses it, and refuses what would block libxml2 2.9.14.
 *
 * That version takes a minute for one start tag of 80,000 attributes, and does not return for a
 * small document type with default attributes; a call cannot be interrupted. This is one linear
 * scan, which only distinguishes tags, comments, CDATA sections, processing instructions and the
 * DOCTYPE. The builder enforces the limits of depth and number of elements.
 */
#ifndef FEED_XML_GUARD_H
#define FEED_XML_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum xml_guard_verdict {
	XML_GUARD_OK,
	XML_GUARD_TAG_TOO_LONG,
	XML_GUARD_ATTRIBUTES,
	XML_GUARD_DECLARATION, /* the DOCTYPE declares entities, elements or attributes */
};

struct xml_guard {
	size_t tag_bytes; /* limits */
	unsigned attributes;
	/* state of the scan */
	int state;
	size_t in_tag;	  /* bytes of the tag so far */
	unsigned values;  /* quoted values of the tag so far */
	unsigned matched; /* bytes of the delimiter found so far */
	char quote;
	char mark[9]; /* what follows "<!" */
};

void xml_guard_init(struct xml_guard *g, size_t tag_bytes, unsigned attributes);
/* Checks the next bytes. After a refusal, *at is the offset in s, and no more may be checked. */
enum xml_guard_verdict xml_guard_check(struct xml_guard *g, struct str s, size_t *at);

#endif
