/* SPDX-License-Identifier: MIT */
/*
 * Autodiscovery: the feeds of a web page. First <link rel=alternate> with the type of a feed, then
 * links whose URL or text looks like that of a feed; if there are none, common URLs of feeds.
 */
#ifndef FEED_DISCOVER_H
#define FEED_DISCOVER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define FEED_DISCOVER_BYTES ((size_t)4 * 1024 * 1024) /* of a page that are parsed */
#define FEED_DISCOVER_MAX   64			      /* feeds of one page */

enum feed_offer {
	FEED_OFFER_NAMED,  /* <link rel=alternate> */
	FEED_OFFER_LINKED, /* a link that looks like a feed */
	FEED_OFFER_GUESS,  /* a common URL */
};

struct feed_found {
	struct str url;	  /* absolute http(s) */
	struct str title; /* one line; may be absent */
	struct str type;  /* media type; may be absent */
	enum feed_offer offer;
};

struct feed_discovery {
	struct arena *arena;	  /* owns this struct and all that it points to */
	struct str title;	  /* of the page */
	struct feed_found *found; /* best first, each URL once */
	size_t n_found;
};

/*
 * base: URL of the page; if absent, only absolute links are found. content_type: as for a feed. The
 * page is truncated at FEED_DISCOVER_BYTES. Returns 0 and *out, which may have no feeds, or
 * -ERR_NOMEM.
 */
int feed_discover(struct str html, struct str base, struct str content_type,
	struct feed_discovery **out, struct err *e);
void feed_discovery_free(struct feed_discovery *d); /* NULL is fine */

#endif
