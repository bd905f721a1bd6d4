/* SPDX-License-Identifier: MIT */
/*
 * Tokenizer for the tags of HTML, well-formed or not. Linear time over a document.
 */
#ifndef FEED_HTML_TAG_H
#define FEED_HTML_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum html_tag_kind {
	TAG_INLINE, /* also every unknown element */
	TAG_BLOCK,
	TAG_PARAGRAPH, /* a block that ends at the next block */
	TAG_PRE,
	TAG_BREAK,
	TAG_CELL,
	TAG_IMAGE,
	TAG_RAW,      /* content is not markup and not visible */
	TAG_NOSCRIPT, /* inline; its images repeat those that a script would load */
	TAG_UNSEEN,   /* content is markup and not visible */
	TAG_ASIDE,    /* ruby text: not visible, ends at the next tag */
	TAG_DROPPED,  /* not visible and without content */
};

/* What is known of the rest of the document, which is not searched again: absent delimiters. */
struct html_tag_scan {
	const char *end; /* of the document */
	bool no_close, no_double, no_single, no_comment, no_equals, no_mark;
	/* Of the last tag; a name that starts between them has the same end. */
	const char *name, *name_end;
};

struct html_tag {
	enum html_tag_kind kind;
	struct str name;      /* as written; absent for comments and declarations */
	bool known;	      /* an element of HTML */
	bool closing;	      /* </name> */
	bool empty;	      /* <name/> */
	bool cdata;	      /* "<![CDATA[" */
	bool hidden;	      /* attribute hidden, or a style that hides it */
	bool pixel;	      /* at most one pixel wide and high */
	struct str alt, href; /* values of these attributes, as written */
};

/*
 * Parses the tag, comment or declaration at p, a '<'. Returns its end and fills *t, which has no
 * name for the latter two; NULL if this '<' is text.
 */
const char *html_tag_read(struct html_tag_scan *s, const char *p, struct html_tag *t);

/* Returns the next "</name" at p or after it, or the end of the document. */
const char *html_tag_find_close(const struct html_tag_scan *s, const char *p, struct str name);

#endif
