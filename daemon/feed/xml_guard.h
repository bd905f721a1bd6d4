/* SPDX-License-Identifier: MIT */
/*
 * Checks XML before libxml2 parses it, and refuses what would block libxml2 2.9.14.
 *
 * That version takes a minute for one start tag of 80,000 attributes, and does not return for a
 * small document type with default attributes; a call cannot be interrupted. This is one linear
 * scan, which only distinguishes tags, comments, CDATA sections, processing instructions and the
 * DOCTYPE, whose internal subset the caller leaves out. The builder enforces the limits of depth
 * and number of elements.
 */
#ifndef FEED_XML_GUARD_H
#define FEED_XML_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum xml_guard_verdict {
	XML_GUARD_OK,
	XML_GUARD_TAG_TOO_LONG,
	XML_GUARD_ATTRIBUTES,
	XML_GUARD_SUBSET, /* the internal subset of the DOCTYPE: xml_guard_skip() */
	XML_GUARD_TEXT,	  /* long text, or one with references: xml_guard_text() */
	XML_GUARD_CDATA,  /* the text of a CDATA section: xml_guard_cdata() */
};

/* The problem to report if the subset declares something. */
#define FEED_SUBSET_PROBLEM                                                                        \
	"the DOCTYPE declares entities, elements or attributes of its own, which are ignored"

struct xml_guard {
	size_t tag_bytes; /* limits */
	unsigned attributes;
	/* state of the scan */
	int state;
	size_t in_tag;	  /* bytes of the tag so far */
	unsigned values;  /* quoted values of the tag so far */
	unsigned matched; /* bytes of the delimiter found so far */
	char quote;
	char mark[9];  /* what follows "<!" */
	bool declares; /* the subset declares entities, elements or attributes */
};

void xml_guard_init(struct xml_guard *g, size_t tag_bytes, unsigned attributes);
/*
 * Checks the next bytes. After a refusal, *at is the offset in s, and no more may be checked; with
 * XML_GUARD_SUBSET, _TEXT or _CDATA, the subset or the text starts or goes on there.
 */
enum xml_guard_verdict xml_guard_check(struct xml_guard *g, struct str s, size_t *at);
/* Number of bytes at the start of s that belong to the subset, its brackets included. */
size_t xml_guard_skip(struct xml_guard *g, struct str s);
/* Number of bytes at the start of s before the next tag. */
size_t xml_guard_text(struct xml_guard *g, struct str s);
/*
 * Number of bytes at the start of s that are text of the CDATA section: up to its delimiter, or to
 * what may be the start of it at the end of s.
 */
size_t xml_guard_cdata(struct xml_guard *g, struct str s);
/* Length of the DOCTYPE at the start of s; 0: it has no end. Sets *declares, as in the struct. */
size_t xml_guard_doctype(struct str s, bool *declares);

#endif
