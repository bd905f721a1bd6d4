/* SPDX-License-Identifier: MIT */
/* Private to the room: the tags of an OPML list, also where they are not well-formed. */
#ifndef FEED_OPML_TAG_H
#define FEED_OPML_TAG_H

#include <stdbool.h>

#include "base/str.h"

/* What an outline's attributes say; slices of the document. */
struct opml_outline {
	struct str text, title, xml_url, url, html_url, type, language, category, comment;
	bool empty; /* <outline/> */
};

/* The local name of the tag whose name starts at p. */
struct str opml_tag_name(const char *p, const char *end);
/* p stands behind the tag's name. Returns the place behind the tag. */
const char *opml_read_attributes(const char *p, const char *end, struct opml_outline *ol);

#endif
