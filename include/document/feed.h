/* SPDX-License-Identifier: MIT */
/* Documents of feeds: their health, an import, the feeds that a page offers. */
#ifndef DOCUMENT_FEED_H
#define DOCUMENT_FEED_H

#include <jansson.h>

#include "conf/conf.h"
#include "conf/import.h"
#include "document/feed_health.h"
#include "engine/engine.h"
#include "engine/feed_request.h"
#include "engine/schedule.h"
#include "feed/discover.h"
#include "store/store.h"

/*
 * What a permanent redirect led to: "adopted" (polls begin there), "seen" (not yet often enough),
 * "foreign" (another feed is there: not adopted). NULL: there is none.
 */
const char *document_feed_moved(const struct store_feed *f);

/* The interval of polls without jitter, and what determines it. */
struct document_interval {
	int64_t ms;
	const char *why;  /* "default" and the like, for programs */
	const char *text; /* for people */
};
/* The reason of the schedule; ms is 0. */
struct document_interval document_reason(enum schedule_reason why);
/* f: what is stored of the feed. After an edit of the configuration, the interval it leads to. */
struct document_interval document_feed_interval(
	const struct conf_feed *cf, const struct store_feed *f);
/* When it is polled next, as far as is stored: earlier if an edit shortened its interval. */
int64_t document_feed_next_poll(const struct conf_feed *cf, const struct store_feed *f);
/* The same as a document, with the name of the feed. */
json_t *document_interval(const struct conf_feed *cf, const struct document_interval *i);

json_t *document_feed(const struct document_feed *d);

/* What a command to poll the feed now leads to; until: with ENGINE_FORBIDDEN. */
json_t *document_asked(const char *name, enum engine_asked asked, int64_t until);

/* An outline of an OPML list: the feed that was written, or why it was left out. */
json_t *document_imported(const struct conf_import_row *row);

/* "named", "possible", "linked", "tried" or "guess". tried: the guesses were requested. */
json_t *document_found_feed(const struct feed_found *found, bool tried);
/* The page is a feed itself. */
json_t *document_is_feed(enum feed_format format);

#endif
