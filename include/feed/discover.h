/* SPDX-License-Identifier: MIT */
/*
 * The feeds that a web page offers: <link rel=alternate> of a feed's type, then links whose address
 * or text looks like a feed's, then, where the page names none, the places where feeds often are.
 */
#ifndef FEED_DISCOVER_H
#define FEED_DISCOVER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define FEED_DISCOVER_BYTES ((size_t)4 * 1024 * 1024) /* of a page that are looked at */
#define FEED_DISCOVER_MAX   64			      /* feeds of one page */

enum feed_offer {
	FEED_OFFER_NAMED,  /* the page says that it is a feed */
	FEED_OFFER_LINKED, /* a link that looks like one */
	FEED_OFFER_GUESS,  /* nobody said so */
};

struct feed_found {
	struct str url;	  /* absolute http(s) */
	struct str title; /* one line; absent is possible */
	struct str type;  /* media type, where the page tells one */
	enum feed_offer offer;
};

struct feed_discovery {
	struct arena *arena;	  /* owns all that is below, and this struct */
	struct str title;	  /* of the page */
	struct feed_found *found; /* best first, each address once */
	size_t n_found;
};

/*
 * base: where the page came from; absent: then only absolute links are found, and nothing is
 * guessed. content_type as for feeds. 0 and *out, also when nothing is found; -ERR_NOMEM. What is
 * behind FEED_DISCOVER_BYTES is not looked at.
 */
int feed_discover(struct str html, struct str base, struct str content_type,
	struct feed_discovery **out, struct err *e);
void feed_discovery_free(struct feed_discovery *d); /* NULL is fine */

#endif
