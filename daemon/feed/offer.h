/* SPDX-License-Identifier: MIT */
/*
 * The links of a page that may lead to feeds: which of them do, as far as the page says, and which
 * are the best.
 */
#ifndef FEED_OFFER_H
#define FEED_OFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "feed/discover.h"

#define OFFERS_MAX ((size_t)4 * FEED_DISCOVER_MAX) /* links of one page that are compared */

/* A <link>, an <a> with such attributes, or a link of the HTTP header; absent values are empty. */
struct offer_link {
	struct str href, rel, type, title;
	bool variant;	  /* hreflang or media: without a type it is the page in another form */
	bool from_header; /* relative to the page's URL, not to <base> */
};

struct offer {
	struct str href; /* as written */
	struct str title, type;
	enum feed_offer kind;
	bool from_header;
	bool comments; /* of comments, not of articles */
	size_t number; /* of the order in the page */
};

struct offers {
	struct arena *arena;
	struct offer v[OFFERS_MAX];
	size_t n;
};

/* Adds the link if its rel and type say that it leads to a feed, or may. Copies what it keeps. */
void offers_add_link(struct offers *o, const struct offer_link *link);
/* Adds a link without a type if its address or text looks like that of a feed. */
void offers_add_anchor(struct offers *o, struct str href, struct str text);
/* Resolves the links against the page and its <base>, both may be absent, and sorts them into d. */
void offers_resolve(struct offers *o, struct str page, struct str base, struct feed_discovery *d);

#endif
