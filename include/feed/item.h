/* SPDX-License-Identifier: MIT */
/*
 * What a feed brought: one batch, in one arena.
 *
 * A batch stands by itself: every pointer in it leads into its own arena, so that it can be moved
 * to another thread, or later come out of a sandboxed process. All text is valid UTF-8 without C0
 * controls except \t and \n. An absent thing has p == NULL; nothing is present and empty.
 */
#ifndef FEED_ITEM_H
#define FEED_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

struct feed_enclosure {
	struct str url;		 /* absolute where the feed allows it */
	struct str type, length; /* as the feed wrote them */
};

struct feed_author {
	struct str text; /* as one would print it: "Name (mail)", "Name", "mail" */
	struct str name, email, uri;
};

struct feed_item {
	struct str id;	  /* guid / atom:id as written, trimmed */
	struct str title; /* visible text, one line */
	struct str link;  /* absolute http(s) URL where one could be made */
	struct feed_author author;
	int64_t published, updated;	       /* ms since 1970, or STAMP_NONE */
	bool date_implausible;		       /* kept, but never to be believed */
	struct str language;		       /* own or the feed's: "en-gb" */
	struct str summary, content;	       /* visible text; a blank line between blocks */
	struct str summary_html, content_html; /* the raw fragments */
	struct str *categories;
	size_t n_categories;
	struct feed_enclosure *enclosures;
	size_t n_enclosures;
	struct str source_title, source_link; /* atom:source, rss source */
	/*
	 * Identity, see feed/identity.h. key: guid, else link, else fingerprint, framed by its
	 * kind; link_key: the canonical link, 0 where none; text_key: title and text.
	 */
	uint8_t key[16];
	uint64_t link_key, text_key;
	uint32_t line; /* where the item starts in the document, from 1; 0 unknown */
};

struct feed_problem {
	uint32_t line; /* 0: the document as a whole */
	struct str text;
};

enum feed_format { FEED_UNKNOWN, FEED_RSS, FEED_ATOM, FEED_CDF, FEED_JSON };

struct feed_info {
	enum feed_format format;
	struct str format_version; /* "2.0", "1.0" */
	struct str encoding;	   /* what the bytes were read as, WHATWG name in lower case */
	struct str title, link, id, subtitle, rights, generator, image, language;
	struct feed_author author;
	int64_t published, updated;
	struct str *categories;
	size_t n_categories;
	/* what polling wants to know; absent: -1, 0 or NULL */
	int64_t ttl_ms;	     /* rss:ttl or sy:updatePeriod, the longer */
	uint32_t skip_hours; /* bit h: do not poll at hour h, UTC */
	uint8_t skip_days;   /* bit d: 0 = Sunday */
	struct str hub, self, next;
};

struct feed_batch {
	struct arena *arena; /* owns all that is below, and this struct */
	struct feed_info feed;
	struct feed_item *items; /* document order */
	size_t n_items;
	struct feed_problem *problems; /* at most FEED_PROBLEMS_MAX, then one that says so */
	size_t n_problems;
	bool well_formed; /* the document was whole and clean XML or JSON */
	bool complete;	  /* its root closed: only then may ETag and Last-Modified advance */
	uint64_t body_bytes;
};

#define FEED_PROBLEMS_MAX 64

/* The summary where it says something that the content does not; absent where it repeats it. */
struct str feed_item_standfirst(const struct feed_item *i);
/*
 * What a query sees as the item's body: the content, behind it the standfirst; absent where there
 * is neither. Allocates where there are both. 0, -ERR_NOMEM or -ERR_LIMIT.
 */
int feed_item_body(const struct feed_item *i, struct arena *arena, struct str *out);

void feed_batch_free(struct feed_batch *b); /* NULL is fine */

#endif
