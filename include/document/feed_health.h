/* SPDX-License-Identifier: MIT */
/* The health of a feed: its state, why, and what is known besides, for people and as a document. */
#ifndef DOCUMENT_FEED_HEALTH_H
#define DOCUMENT_FEED_HEALTH_H

#include <jansson.h>

#include "base/buf.h"
#include "conf/conf.h"
#include "store/health.h"
#include "store/rhythm.h"

/* The worst first. */
enum document_feed_state {
	DOCUMENT_FEED_GONE,	  /* 410 */
	DOCUMENT_FEED_FAILING,	  /* its last poll failed */
	DOCUMENT_FEED_SILENT,	  /* nothing new for longer than its rhythm explains */
	DOCUMENT_FEED_LATE,	  /* due for too long; only while the daemon runs */
	DOCUMENT_FEED_STALE,	  /* nothing new for months */
	DOCUMENT_FEED_INCOMPLETE, /* its last body broke off */
	DOCUMENT_FEED_FLOOD,	  /* brought far too much in the last hour */
	DOCUMENT_FEED_UNREAD,	  /* not polled yet */
	DOCUMENT_FEED_FINE,
	DOCUMENT_FEED_STATES,
};
/* Words of options, NULL-terminated. */
extern const char *const document_feed_words[DOCUMENT_FEED_STATES + 1];

/* A feed as stored. */
struct document_feed {
	const struct conf_feed *cf;
	struct store_feed f; /* id 0: nothing is stored */
	struct store_health health;
	struct store_rhythm rhythm;
	bool running; /* the daemon is */
	int64_t now;  /* wall */
};
/* Reads f, health and rhythm; cf must be set. store NULL: there is no database yet. */
int document_feed_read(
	struct document_feed *d, struct store *store, struct arena *arena, struct err *e);

enum document_feed_state document_feed_state_of(const struct document_feed *d);
/* The same from what store_feed_states() reads; running: the daemon is. */
enum document_feed_state document_feed_state_at(
	const struct store_feed_state *f, bool running, int64_t now);
/* "failing", "not read yet" and the like, as documents have it. */
const char *document_feed_state_name(enum document_feed_state s);
/* The letter of a feed wall. */
char document_feed_state_sign(enum document_feed_state s);
/* Items in a usual day; 0: not known. */
double document_feed_a_day(const struct document_feed *d);
/* Of all answers, the share of 304s; below 0: not known. */
double document_feed_unmodified(const struct document_feed *d);

/* Adds members about the health to the document of a feed. */
void document_set_feed_health(json_t *o, const struct document_feed *d);

#endif
