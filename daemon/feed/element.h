/* SPDX-License-Identifier: MIT */
/*
 * The table of elements: maps (namespace, name, scope) to a verb (how to parse it), a slot (where
 * its value goes) and a rank. Of several values for one slot the highest rank wins; of equal ranks
 * the first, but for dates and RSS links the last, as in other feed readers.
 */
#ifndef FEED_ELEMENT_H
#define FEED_ELEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum feed_ns {
	FEED_NS_NONE,
	FEED_NS_CORE, /* RSS of any version; "no namespace" in documents other than Atom */
	FEED_NS_ATOM, /* 1.0, 0.3, and older drafts */
	FEED_NS_CONTENT,
	FEED_NS_DC,
	FEED_NS_DCTERMS,
	FEED_NS_FEEDBURNER,
	FEED_NS_ITUNES,
	FEED_NS_MEDIA,
	FEED_NS_NEWS, /* of a sitemap */
	FEED_NS_RDF,
	FEED_NS_SITEMAP,
	FEED_NS_TOMBSTONE, /* RFC 6721 */
	FEED_NS_TURBO,	   /* Yandex Turbo pages */
	FEED_NS_XHTML,
	FEED_NS_XML,
	FEED_NS_YANDEX,
	FEED_NS_OTHER,
};

/* Position of an element in the document: bits, because a row may allow several. */
enum feed_scope {
	FEED_IN_DOCUMENT = 1 << 0, /* the root element */
	FEED_IN_ROOT = 1 << 1,	   /* in <rss> or <rdf:RDF> */
	FEED_IN_FEED = 1 << 2,
	FEED_IN_ITEM = 1 << 3,
	FEED_IN_IMAGE = 1 << 4,	 /* of the feed */
	FEED_IN_PERSON = 1 << 5, /* atom:author */
	FEED_IN_SOURCE = 1 << 6, /* atom:source */
	FEED_IN_HOURS = 1 << 7,
	FEED_IN_DAYS = 1 << 8,
	FEED_IN_DELETED = 1 << 9, /* at:deleted-entry */
	FEED_IN_CHILD = 1 << 10,  /* a sitemap in an index */
};

enum feed_verb {
	FEED_SKIP, /* ignore the element and its content */
	FEED_PASS, /* ignore the tags only: media:group */
	FEED_ROOT_RSS,
	FEED_ROOT_RDF,
	FEED_ROOT_ATOM,
	FEED_ROOT_CDF,
	FEED_ROOT_SITEMAP, /* or that of an index */
	FEED_CHANNEL,
	FEED_ITEM,
	FEED_DELETED, /* an item that the publisher has deleted */
	FEED_CHILD,
	FEED_IMAGE,
	FEED_PERSON,
	FEED_SOURCE,
	FEED_SKIP_HOURS,
	FEED_SKIP_DAYS,
	/* leaves: their value goes to the slot */
	FEED_TEXT,	/* plain text, trimmed */
	FEED_HTML,	/* HTML, escaped or not */
	FEED_CONSTRUCT, /* Atom text construct with a type attribute (RFC 4287 §3.1, §4.1.3) */
	FEED_MARKUP,	/* XHTML elements */
	FEED_LINK,	/* atom:link */
	FEED_ENCLOSURE,
	FEED_HREF,	 /* the value is an attribute: href, url or resource */
	FEED_TERM,	 /* a category whose value is an attribute, else the text */
	FEED_WORDS,	 /* comma-separated categories */
	FEED_RSS_SOURCE, /* the text is the title, the attribute url the link */
};

enum feed_slot {
	FEED_SLOT_NONE,
	FEED_SLOT_TITLE,
	FEED_SLOT_LINK,
	FEED_SLOT_ID,
	FEED_SLOT_SUMMARY, /* of a feed: the subtitle */
	FEED_SLOT_CONTENT,
	FEED_SLOT_PUBLISHED,
	FEED_SLOT_UPDATED,
	FEED_SLOT_DATE, /* updated, and published by default */
	FEED_SLOT_AUTHOR,
	FEED_SLOT_LANGUAGE,
	FEED_SLOT_RIGHTS,
	FEED_SLOT_GENERATOR,
	FEED_SLOT_IMAGE,
	FEED_SLOT_CATEGORY,
	FEED_SLOT_SOURCE_TITLE,
	FEED_SLOT_SOURCE_LINK,
	FEED_SLOT_NAME, /* of an author */
	FEED_SLOT_EMAIL,
	FEED_SLOT_URI,
	FEED_SLOT_TTL,
	FEED_SLOT_HOUR,
	FEED_SLOT_DAY,
	FEED_SLOTS,
};

struct feed_element {
	uint8_t ns; /* enum feed_ns */
	uint8_t verb, slot, rank;
	uint16_t scopes; /* bits of enum feed_scope */
	char name[20];	 /* lower case */
};

/* Looks up a URI, ignoring case and a trailing slash; FEED_NS_OTHER if unknown. */
enum feed_ns feed_ns_find(struct str uri);
/* The conventional namespace of a prefix that is not declared. */
enum feed_ns feed_ns_of_prefix(struct str prefix);

/*
 * Returns the first row of that namespace and name, compared without case; its other rows follow.
 * NULL if the element is unknown.
 */
const struct feed_element *feed_element_find(enum feed_ns ns, struct str name);
/* Returns the row for that scope, searching from the first row on, which may be NULL; or NULL. */
const struct feed_element *feed_element_in(const struct feed_element *first, unsigned scope);

#endif
