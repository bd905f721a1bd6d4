/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: one tag of tag soup, told apart from text, in time linear over a document.
 */
#ifndef FEED_HTML_TAG_H
#define FEED_HTML_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum html_tag_kind {
	TAG_INLINE, /* and every unknown element */
	TAG_BLOCK,
	TAG_PARAGRAPH, /* a block that the next block closes */
	TAG_PRE,
	TAG_BREAK,
	TAG_CELL,
	TAG_IMAGE,
	TAG_RAW,     /* its content is not markup, and not shown */
	TAG_UNSEEN,  /* its content is markup, and not shown */
	TAG_ASIDE,   /* ruby text: not shown, ends at the next tag */
	TAG_DROPPED, /* shows nothing and has no content */
};

/* What is known to be absent behind a place; so that no byte is searched twice for it. */
struct html_tag_scan {
	const char *end; /* of the document */
	bool no_close, no_double, no_single, no_comment, no_equals, no_mark;
};

struct html_tag {
	enum html_tag_kind kind;
	struct str name; /* as written; absent for comments and declarations */
	bool known;	 /* an element of HTML */
	bool closing;	 /* </name> */
	bool empty;	 /* <name/> */
	bool cdata;	 /* it was "<![CDATA[" */
	bool hidden;	 /* hidden, display: none */
	bool pixel;	 /* one pixel wide and high, or less */
	struct str alt;	 /* raw attribute value */
};

/*
 * p points at '<'. Returns the place behind the tag, comment or declaration and fills *t (without
 * a name for the latter two); NULL when this '<' is text.
 */
const char *html_tag_read(struct html_tag_scan *s, const char *p, struct html_tag *t);

/* The place of "</name" at or behind p, or the end of the document. */
const char *html_tag_find_close(const struct html_tag_scan *s, const char *p, struct str name);

#endif
