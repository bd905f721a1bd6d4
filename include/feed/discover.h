/* SPDX-License-Identifier: MIT */
/*
 * Autodiscovery: the feeds of a web page. They are named by <link>, <a> or the HTTP header Link
 * with the type of a feed, or linked by an address or a text that looks like that of a feed.
 */
#ifndef FEED_DISCOVER_H
#define FEED_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define FEED_DISCOVER_BYTES ((size_t)4 * 1024 * 1024) /* of a page that are parsed */
#define FEED_DISCOVER_MAX   64			      /* feeds of one page */

enum feed_offer {
	FEED_OFFER_NAMED,    /* the page says that it is a feed */
	FEED_OFFER_POSSIBLE, /* an alternate of type JSON or XML: only its content says what it is
			      */
	FEED_OFFER_LINKED,   /* a link that looks like a feed */
	FEED_OFFER_GUESS,    /* a common URL */
	FEED_OFFER_SITEMAP,  /* a sitemap that robots.txt names */
};

struct feed_found {
	struct str url;	  /* absolute http(s), unless relative */
	struct str title; /* one line; may be absent */
	struct str type;  /* media type; may be absent */
	enum feed_offer offer;
	bool relative; /* url is as written, relative to the unknown URL of the page */
};

struct feed_discovery {
	struct arena *arena;	  /* owns this struct and all that it points to */
	struct str url, title;	  /* of the page; may be absent */
	struct feed_found *found; /* best first, each URL once; those of comments last */
	size_t n_found;
};

struct feed_page {
	struct str html; /* truncated at FEED_DISCOVER_BYTES */
	struct str url;	 /* may be absent: then links can be relative in what is found */
	struct str content_type, link; /* HTTP headers, several of them joined with commas */
};

/* Returns 0 and *out, which may have no feeds, or -ERR_NOMEM. */
int feed_discover(const struct feed_page *page, struct feed_discovery **out, struct err *e);
/* Replaces what was found by common URLs of feeds at the host of the page. */
void feed_discovery_guess(struct feed_discovery *d);
/* Replaces what was found by the sitemaps of a robots.txt, those of news first. */
void feed_discovery_take_robots(struct feed_discovery *d, struct str robots);
void feed_discovery_free(struct feed_discovery *d); /* NULL is fine */

#endif
