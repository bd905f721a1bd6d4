/* SPDX-License-Identifier: MIT */
/*
 * Lists of feeds as readers exchange them: OPML 1.0, 1.1 and 2.0 (opml.org/spec2.opml).
 *
 * Read by its tags alone, since a third of what is exchanged is not well-formed; nothing is opened
 * or expanded. Outlines that hold others are groups.
 */
#ifndef FEED_OPML_H
#define FEED_OPML_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define FEED_OPML_BYTES	  ((size_t)16 * 1024 * 1024)
#define FEED_OPML_ENTRIES 100000
#define FEED_OPML_DEPTH	  32 /* outlines deeper than that name no group */

struct feed_opml_entry {
	struct str title;    /* one line; absent is possible */
	struct str url;	     /* of the feed; absolute http(s) */
	struct str link;     /* of the site; absent is possible */
	struct str language; /* as written; absent is possible */
	struct str *groups;  /* outer first, none twice */
	size_t n_groups;
	uint32_t line; /* where it stands in the file; 0: it comes from none */
};

struct feed_opml_skipped {
	uint32_t line;
	struct str what; /* title, else the address as written */
	const char *why; /* static */
};

struct feed_opml {
	struct arena *arena; /* owns all that is below, and this struct */
	struct str title;
	struct feed_opml_entry
		*entries; /* in order, each address once: groups of repeats are added */
	size_t n_entries;
	struct feed_opml_skipped *skipped;
	size_t n_skipped;
};

/* 0 and *out; or -ERR_INPUT for what is no OPML, -ERR_LIMIT, -ERR_NOMEM with *out NULL. */
int feed_opml_parse(struct str body, struct feed_opml **out, struct err *e);
void feed_opml_free(struct feed_opml *o); /* NULL is fine */

/*
 * Writes OPML 2.0: feeds without a group first, then each group, by name, with its feeds. scratch
 * is for sorting. 0 or -ERR_NOMEM; buf_failed(out) is for the caller to look at.
 */
int feed_opml_write(const struct feed_opml *o, struct arena *scratch, struct buf *out);

#endif
