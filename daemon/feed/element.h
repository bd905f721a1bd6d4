/* SPDX-License-Identifier: MIT */
/*
 * What each element of a feed means: (namespace, name, where it stands) to a verb, a slot and a
 * rank. Of two elements that fill one slot the higher rank wins; of equal ranks the first, but for
 * dates and RSS links the last, as other readers have it.
 */
#ifndef FEED_ELEMENT_H
#define FEED_ELEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum feed_ns {
	FEED_NS_NONE,
	FEED_NS_CORE, /* RSS in all its versions; also "none" in a document that is not Atom */
	FEED_NS_ATOM, /* 1.0, 0.3, and older drafts */
	FEED_NS_CONTENT,
	FEED_NS_DC,
	FEED_NS_DCTERMS,
	FEED_NS_FEEDBURNER,
	FEED_NS_ITUNES,
	FEED_NS_MEDIA,
	FEED_NS_RDF,
	FEED_NS_SY,
	FEED_NS_XHTML,
	FEED_NS_XML,
	FEED_NS_OTHER,
};

/* Where an element stands: bits, for the rows say all places at once. */
enum feed_scope {
	FEED_IN_DOCUMENT = 1 << 0, /* is the root */
	FEED_IN_ROOT = 1 << 1,	   /* in <rss> or <rdf:RDF> */
	FEED_IN_FEED = 1 << 2,
	FEED_IN_ITEM = 1 << 3,
	FEED_IN_IMAGE = 1 << 4,	 /* of the feed */
	FEED_IN_PERSON = 1 << 5, /* atom:author */
	FEED_IN_SOURCE = 1 << 6, /* atom:source */
	FEED_IN_HOURS = 1 << 7,
	FEED_IN_DAYS = 1 << 8,
};

enum feed_verb {
	FEED_SKIP, /* with all that is inside */
	FEED_PASS, /* as if the tag were not there: media:group */
	FEED_ROOT_RSS,
	FEED_ROOT_RDF,
	FEED_ROOT_ATOM,
	FEED_ROOT_CDF,
	FEED_CHANNEL,
	FEED_ITEM,
	FEED_IMAGE,
	FEED_PERSON,
	FEED_SOURCE,
	FEED_SKIP_HOURS,
	FEED_SKIP_DAYS,
	/* leaves: what stands in them goes to the slot */
	FEED_TEXT,	/* as it is, trimmed */
	FEED_HTML,	/* HTML, escaped or naked */
	FEED_CONSTRUCT, /* Atom text construct: the type attribute tells (RFC 4287 §3.1, §4.1.3) */
	FEED_MARKUP,	/* XHTML elements as they stand */
	FEED_LINK,	/* atom:link */
	FEED_ENCLOSURE,
	FEED_HREF,	 /* the value is an attribute: href, url or resource */
	FEED_TERM,	 /* a category whose value is an attribute, else the text */
	FEED_WORDS,	 /* categories, comma between */
	FEED_RSS_SOURCE, /* text is the title, url="" the link */
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
	FEED_SLOT_DATE, /* updated, and published where nothing better is there */
	FEED_SLOT_AUTHOR,
	FEED_SLOT_LANGUAGE,
	FEED_SLOT_RIGHTS,
	FEED_SLOT_GENERATOR,
	FEED_SLOT_IMAGE,
	FEED_SLOT_CATEGORY,
	FEED_SLOT_SOURCE_TITLE,
	FEED_SLOT_SOURCE_LINK,
	FEED_SLOT_NAME, /* of a person */
	FEED_SLOT_EMAIL,
	FEED_SLOT_URI,
	FEED_SLOT_TTL,
	FEED_SLOT_PERIOD,
	FEED_SLOT_FREQUENCY,
	FEED_SLOT_HOUR,
	FEED_SLOT_DAY,
	FEED_SLOTS,
};

struct feed_element {
	uint8_t ns; /* enum feed_ns */
	uint8_t verb, slot, rank;
	uint16_t scopes; /* enum feed_scope, or-ed */
	char name[20];	 /* lower case */
};

/* By URI, "" for none; case and a trailing slash do not matter. Never FEED_NS_CORE for "". */
enum feed_ns feed_ns_find(struct str uri);
/* The meaning of a prefix that nobody declared. */
enum feed_ns feed_ns_of_prefix(struct str prefix);

/*
 * The first row for a name, compared without case; the others follow it, same ns and name. NULL:
 * unknown.
 */
const struct feed_element *feed_element_find(enum feed_ns ns, struct str name);
/* The row that applies in a scope, from the first one (which may be NULL) on; NULL: none. */
const struct feed_element *feed_element_in(const struct feed_element *first, unsigned scope);

#endif
