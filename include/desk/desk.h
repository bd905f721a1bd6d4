/* SPDX-License-Identifier: MIT */
/*
 * The desk: where an item is looked at and decided on. One synchronous function takes a batch
 * through known-or-new, match, story, alert and outbox inside one transaction; the same function
 * serves the daemon, the commands, the tests and the benchmarks.
 *
 * A desk lives on one thread with its store.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "base/err.h"
#include "conf/conf.h"
#include "feed/item.h"
#include "store/store.h"
#include "watch/view.h"

struct desk;

int desk_new(struct desk **out, struct store *store, struct err *e); /* borrows store */
void desk_free(struct desk *d);					     /* NULL is fine */

/* How one poll of a feed ended. */
enum desk_outcome {
	DESK_NEW_BODY,	/* a batch came */
	DESK_UNCHANGED, /* 304, or the body of last time */
	DESK_FAILED,	/* error holds why; nothing advances but the failure count */
};

struct desk_poll {
	struct str feed; /* name in conf */
	enum desk_outcome outcome;
	const struct feed_batch *batch; /* with DESK_NEW_BODY */
	/* Of the answer; used when batch->complete, and with DESK_UNCHANGED where present. */
	struct str etag, last_modified;
	uint64_t body_hash;
	int64_t started, fetched; /* wall ms: request sent, body complete */
	int64_t next_due;
	int64_t host_rest; /* as in struct store_feed */
	struct str error;
	struct str moved_to; /* permanent redirect seen on this poll */
	bool gone;
};

#define DESK_OVERRUNS_MAX 65 /* one more than are named in a day */

struct desk_result {
	size_t items, new_items, revised, matched, alerts;
	size_t unmatched; /* items that were too large to be looked at to the end */
	bool first_run;	  /* this was the feed's baseline */
	/* Watches that ran over their budget on an item: their numbers in conf, each once. */
	size_t overruns[DESK_OVERRUNS_MAX];
	size_t n_overruns; /* no more than there is room for */
};

/*
 * Takes one poll in. All or nothing: on error the database is as before, the poll will be repeated,
 * and nothing is lost. ERR_TEMP: wait and hand the same poll in again.
 *
 * In a transaction of its own, or in that of the caller, who can so take several polls in with one
 * commit; after an error he must roll back, and hand each in by itself.
 */
int desk_ingest(struct desk *d, const struct conf *c, const struct desk_poll *p,
	struct desk_result *out, struct err *e);

/*
 * Prepares matching with c: once for new watches, the newest items of the archive show how common
 * words are; whenever enough items were matched since, the index of the watches is rebuilt. Takes
 * up to 0.3 s with 100,000 watches, so it is called between polls, outside any transaction.
 * Optional: alerts are the same without.
 */
void desk_learn(struct desk *d, const struct conf *c);

/* Fills a view from an item; site and groups are put into arena. feed may be NULL (files). */
int desk_view(const struct conf_feed *feed, const struct feed_item *i, struct str feed_language,
	int64_t first_seen, int64_t now, struct arena *arena, struct watch_view *out);

#endif
