/* SPDX-License-Identifier: MIT */
/* Detects the kind of a document from its first bytes, and words the error if it is not a feed. */
#ifndef FEED_SNIFF_H
#define FEED_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum feed_kind {
	FEED_KIND_XML, /* or anything that may be broken XML */
	FEED_KIND_JSON,
	FEED_KIND_OTHER, /* neither: compressed data, an image, empty */
};

/* head: the first bytes of the body, not decoded. */
enum feed_kind feed_sniff(struct str head);
/*
 * Returns the offset of the XML in decoded text: after white space, or after junk (HTTP headers,
 * warnings of a script) if an XML declaration or the root element of a feed follows.
 */
size_t feed_sniff_start(struct str text, bool *junk);
/* Returns -ERR_INPUT: "not a feed: looks like …; what to do". root: name of the root, or "". */
int feed_sniff_refuse(struct str head, const char *root, struct err *e);

#endif
