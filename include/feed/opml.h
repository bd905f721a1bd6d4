/* SPDX-License-Identifier: MIT */
/*
 * OPML 1.0, 1.1 and 2.0 (opml.org/spec2.opml), the format in which feed readers exchange lists of
 * feeds.
 *
 * The parser is lenient, because a third of the lists is not well-formed. It opens no file or URL
 * and expands no entity. Outlines that contain others are groups.
 */
#ifndef FEED_OPML_H
#define FEED_OPML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define FEED_OPML_BYTES	  ((size_t)16 * 1024 * 1024)
#define FEED_OPML_ENTRIES 100000
#define FEED_OPML_DEPTH	  32 /* deeper outlines are not groups */

struct feed_opml_entry {
	struct str title;    /* one line; may be absent */
	struct str url;	     /* of the feed; absolute http(s) */
	struct str link;     /* of the site; may be absent */
	struct str language; /* as written; may be absent */
	bool sitemap;	     /* its type is "sitemap", which other programs do not know */
	struct str *groups;  /* outermost first, without duplicates */
	size_t n_groups;
	uint32_t line; /* in the file; 0: not from a file */
};

struct feed_opml_skipped {
	uint32_t line;
	struct str what; /* title, else the URL as written */
	const char *why; /* reason; static */
};

struct feed_opml {
	struct arena *arena; /* owns this struct and all that it points to */
	struct str title;
	struct feed_opml_entry *entries; /* in the order of the file; a feed may be repeated */
	size_t n_entries;
	struct feed_opml_skipped *skipped; /* in the order of the file */
	size_t n_skipped;
};

/* Returns 0 and *out; else *out is NULL: -ERR_INPUT (not OPML), -ERR_LIMIT or -ERR_NOMEM. */
int feed_opml_parse(struct str body, struct feed_opml **out, struct err *e);
void feed_opml_free(struct feed_opml *o); /* NULL is fine */

/*
 * Writes OPML 2.0: the feeds without a group, then the groups, sorted by name, with their feeds.
 * scratch: for temporary memory. 0 or -ERR_NOMEM; the caller checks buf_failed(out).
 */
int feed_opml_write(const struct feed_opml *o, struct arena *scratch, struct buf *out);

#endif
