/* SPDX-License-Identifier: MIT */
/* What a body is by its first bytes, whatever its label says; and what to tell when it is no feed.
 */
#ifndef FEED_SNIFF_H
#define FEED_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum feed_kind {
	FEED_KIND_XML, /* or what could be meant as XML */
	FEED_KIND_JSON,
	FEED_KIND_OTHER, /* surely neither: compressed, an image, empty */
};

/* head: the raw first bytes. */
enum feed_kind feed_sniff(struct str head);
/*
 * Where XML starts in decoded text: behind white space, or behind junk (HTTP headers, warnings of a
 * script) that is followed by a prolog or the root of a feed. 0 when nothing better is found.
 */
size_t feed_sniff_start(struct str text, bool *junk);
/* Always -ERR_INPUT: "not a feed: looks like …; what to do". root: name of the root element, or "".
 */
int feed_sniff_refuse(struct str head, const char *root, struct err *e);

#endif
