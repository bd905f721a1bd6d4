/* SPDX-License-Identifier: MIT */
/*
 * A batch: the feed and the items of one parsed document, in one arena.
 *
 * Every pointer in it points into its arena, so that it can be moved to another thread. All text is
 * valid UTF-8 without C0 controls other than \t and \n. An absent value has p == NULL; no value is
 * present but empty.
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
	struct str url;		 /* absolute if it could be resolved */
	struct str type, length; /* as written */
};

struct feed_author {
	struct str text; /* for display: "Name (mail)", "Name" or "mail" */
	struct str name, email, uri;
};

struct feed_item {
	struct str id;	  /* guid / atom:id as written, trimmed */
	struct str title; /* visible text, one line */
	struct str link;  /* absolute http(s) URL if it could be resolved */
	struct feed_author author;
	int64_t published, updated;	       /* ms since 1970, or STAMP_NONE */
	bool date_implausible;		       /* kept, but not to be used for decisions */
	struct str language;		       /* of the item, else of the feed: "en-gb" */
	struct str summary, content;	       /* visible text; blank lines separate blocks */
	struct str summary_html, content_html; /* as written */
	struct str *categories;
	size_t n_categories;
	struct feed_enclosure *enclosures;
	size_t n_enclosures;
	struct str source_title, source_link; /* atom:source, rss source */
	/* hashes for recognition in the next poll, see feed/identity.h */
	uint8_t key[16];
	uint64_t link_key, text_key, label_key;
	uint32_t line; /* first line of the item, from 1; 0: unknown */
	uint32_t part; /* of joined batches, see feed/join.h: which of them it is from */
};

struct feed_problem {
	uint32_t line; /* 0: of the document as a whole */
	struct str text;
};

/* An item that the publisher has deleted (RFC 6721), whether the feed had it or not. */
struct feed_deletion {
	struct str ref; /* id of the item */
	int64_t when;	/* STAMP_NONE: unknown */
	struct str by, comment;
	uint32_t line;
};

enum feed_format { FEED_UNKNOWN, FEED_RSS, FEED_ATOM, FEED_CDF, FEED_JSON, FEED_SITEMAP };

/* A sitemap that an index names. */
struct feed_child {
	struct str url;	 /* absolute if it could be resolved */
	int64_t updated; /* STAMP_NONE: unknown */
};

struct feed_info {
	enum feed_format format;
	struct str format_version; /* "2.0", "1.0" */
	struct str encoding;	   /* WHATWG name in lower case */
	struct str title, link, id, subtitle, rights, generator, image, language;
	struct feed_author author;
	int64_t published, updated;
	struct str *categories;
	size_t n_categories;
	/* for polling; absent: -1, 0 or NULL */
	int64_t ttl_ms;	     /* rss:ttl; sy:updatePeriod only says how often a feed changes */
	uint32_t skip_hours; /* bit h: do not poll at hour h, UTC */
	uint8_t skip_days;   /* bit d: 0 = Sunday */
	struct str hub, self, next;
};

struct feed_batch {
	struct arena *arena; /* owns this struct and all that it points to */
	struct feed_info feed;
	struct feed_item *items; /* document order */
	size_t n_items;
	size_t left_out; /* items past feed_limits.items; the newest by date are in the batch */
	struct feed_deletion *deleted; /* at most FEED_DELETED_MAX */
	size_t n_deleted;
	struct feed_child *children; /* document order; at most FEED_CHILDREN_MAX */
	size_t n_children;
	struct feed_problem
		*problems; /* at most FEED_PROBLEMS_MAX and one that says that there are more */
	size_t n_problems;
	bool well_formed; /* valid XML or JSON, without any repair */
	bool complete;	  /* not truncated: only then may ETag and Last-Modified be stored */
	bool partial;	  /* what is not in it may still be in the feed; set by who asked for it */
	uint64_t body_bytes;
	bool has_sha256;
	uint8_t sha256[32]; /* of the body, if it was asked for */
};

#define FEED_PROBLEMS_MAX 64
#define FEED_DELETED_MAX  2000
#define FEED_CHILDREN_MAX 64 /* the newest of an index */

/* The date to show: that of publication, else of the last change. STAMP_NONE: neither is known. */
static inline int64_t feed_item_date(const struct feed_item *i)
{
	return i->published != STAMP_NONE ? i->published : i->updated;
}

/* The same for decisions: STAMP_NONE if the date is implausible. */
static inline int64_t feed_item_plausible_date(const struct feed_item *i)
{
	return i->date_implausible ? STAMP_NONE : feed_item_date(i);
}

/* The summary; absent if the content contains it. */
struct str feed_item_distinct_summary(const struct feed_item *i);
/*
 * The body for queries: the content followed by the distinct summary. *out is absent if there is
 * neither, and allocated if there are both. 0, -ERR_NOMEM or -ERR_LIMIT.
 */
int feed_item_body(const struct feed_item *i, struct arena *arena, struct str *out);

/* What is not in it has left the feed. */
static inline bool feed_batch_is_whole(const struct feed_batch *b)
{
	return b->complete && !b->partial;
}

/* Its ttl and skip times replace those of the body before: a part need not repeat them. */
static inline bool feed_batch_has_terms(const struct feed_batch *b)
{
	return feed_batch_is_whole(b) || b->feed.ttl_ms > 0 || b->feed.skip_hours ||
	       b->feed.skip_days;
}

void feed_batch_free(struct feed_batch *b); /* NULL is fine */

#endif
