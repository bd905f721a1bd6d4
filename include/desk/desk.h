/* SPDX-License-Identifier: MIT */
/*
 * The desk turns a poll into stored items, alerts and deliveries. One synchronous function does it
 * all in one transaction: find new items, match, group by story, alert, plan deliveries. Daemon,
 * commands, tests and benchmarks call the same function.
 *
 * A desk and its store belong to one thread.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "base/err.h"
#include "base/metrics.h"
#include "conf/conf.h"
#include "desk/pace.h"
#include "feed/item.h"
#include "store/documents.h"
#include "store/store.h"
#include "watch/view.h"

struct desk;

/* The store must outlive the desk. */
int desk_new(struct desk **out, struct store *store, struct err *e);
void desk_free(struct desk *d); /* NULL is allowed */

/* How one poll of a feed ended. */
enum desk_outcome {
	DESK_NEW_BODY,	/* parsed to a batch */
	DESK_UNCHANGED, /* 304, or the same body as last time */
	DESK_FAILED,	/* see error; only the failure counter changes */
};

struct desk_poll {
	struct str feed; /* name in conf */
	enum desk_outcome outcome;
	const struct feed_batch *batch; /* with DESK_NEW_BODY */
	/* What the items came with: those of part i with documents[i], if that is there. */
	const struct store_document *documents;
	size_t n_documents;
	/* The transfer ended early: of a whole batch the items count, but not the state below. */
	bool cut;
	/*
	 * With cut: a hub sent it, so it may be a part of the feed. Its items count; the stored
	 * state of polling stays as it is.
	 */
	bool pushed;
	/* Of the response; used if batch->complete, unless cut; with DESK_UNCHANGED if present. */
	struct str etag, last_modified;
	uint64_t body_hash;
	bool conditional;	  /* the request carried the stored validators */
	bool not_modified;	  /* 304 */
	size_t body_bytes;	  /* decoded; 0: there was no body */
	int64_t started, fetched; /* wall-clock ms: request sent, body complete */
	int64_t next_due;
	/* As in struct store_feed. */
	int64_t host_rest, interval;
	unsigned interval_why, slowness;
	int64_t retry_after, max_age;
	struct str error;
	/* The permanent address of the redirects of this poll; absent: it met none. */
	struct str moved_to;
	bool gone;   /* 410 */
	bool absent; /* nothing is at its address: 404, 410, no such host */
	bool index;  /* of sitemaps: the batch is what those hold that were read in this poll */
	/* What is known of its sitemaps, for the next poll; absent: as stored. */
	struct str sitemaps;
};

/* What becomes of the address that a feed was redirected to for good, see daemon/desk/moved.h. */
enum desk_moved {
	DESK_MOVED_KEPT,    /* nothing */
	DESK_MOVED_ADOPTED, /* polls begin at poll.moved_to from now on */
	DESK_MOVED_DROPPED, /* polls begin at the configured address */
};

#define DESK_OVERRUNS_MAX 65 /* one more than are logged per day */

struct desk_result {
	size_t items, new_items, revised, matched, alerts;
	size_t unmatched; /* items that were too large to be matched */
	bool first_run;	  /* first body of the feed: the baseline */
	bool paced;	  /* rhythm = "learn", and enough is known: */
	struct pace pace; /* of the feed now */
	bool posted;	  /* it has new items that are not old ones: it is not silent */
	enum desk_moved moved;
	bool lie;		  /* this poll proved that a 304 of the feed was wrong */
	int64_t feed_id;	  /* as in struct store_feed */
	struct store_trust trust; /* as stored now */
	bool flood;	  /* more new items or alerts at once than usual, see daemon/desk/flood.h */
	double usual;	  /* number of new items */
	size_t digests;	  /* of a flood */
	size_t in_digest; /* alerts that are sent as part of one */
	size_t corrected, withdrawn; /* notices about earlier alerts */
	size_t folded;		     /* matches that joined the alert of another item */
	/* Watches that exceeded their budget on an item: indexes in conf, each once. */
	size_t overruns[DESK_OVERRUNS_MAX];
	size_t n_overruns; /* at most DESK_OVERRUNS_MAX */
	/* Histograms of this poll, see base/metrics.def. */
	uint64_t item_match_us[METRICS_BUCKETS + 1], publish_to_seen_ms[METRICS_BUCKETS + 1];
};

/*
 * Stores the result of one poll, atomically: after an error the database is unchanged. ERR_TEMP:
 * the caller tries the same poll again later.
 *
 * Uses a transaction of its own unless the caller has one open, to commit several polls together.
 * In that case the caller must roll back after an error and repeat each poll by itself.
 */
int desk_ingest(struct desk *d, const struct conf *c, const struct desk_poll *p,
	struct desk_result *out, struct err *e);

/*
 * The courier says which deliveries it is sending: an alert that is withdrawn while it waits is
 * replaced, unless it is being sent. Set replaces those of the receiver.
 */
void desk_set_in_flight(struct desk *d, struct str notify, const int64_t *ids, size_t n);
void desk_end_flight(struct desk *d, int64_t id); /* its result is stored */

/* What desk_release() did. */
struct desk_released {
	size_t messages, alerts; /* messages that are pending now, and the alerts in them */
	size_t folded, expired;	 /* by desk_fold_away() */
	/* Alerts by desk_escalate(), and those that do not escalate any more. */
	size_t escalated, escalations_ended;
	size_t acknowledged; /* deliveries by desk_announce_acks() */
	int64_t next_at;     /* wall ms when it must be called again; STAMP_NONE: nothing is held */
};
/*
 * Makes pending what is held and due at `now`: of each receiver one message, a digest if it is of
 * several alerts. Atomic, in a transaction of its own.
 */
int desk_release(struct desk *d, const struct conf *c, int64_t now, struct desk_released *out,
	struct err *e);

/*
 * Sends unacknowledged alerts to the next receivers; what people read is held, due at `now`, for
 * desk_release(). Atomic, in a transaction of its own. Adds to *out, and lowers next_at.
 */
int desk_escalate(struct desk *d, const struct conf *c, int64_t now, struct desk_released *out,
	struct err *e);

/* Makes the notices of what was acknowledged. As desk_escalate(). */
int desk_announce_acks(struct desk *d, const struct conf *c, int64_t now, struct desk_released *out,
	struct err *e);

/*
 * Of what has waited for a receiver in trouble longer than its `expire`: makes one message, or ends
 * it, see daemon/desk/away.c. Atomic for each receiver. Adds to *out.
 */
int desk_fold_away(struct desk *d, const struct conf *c, int64_t now, struct desk_released *out,
	struct err *e);

/*
 * Makes the daily reports that are due, each in a transaction of its own. Adds to *out, and lowers
 * next_at.
 */
int desk_report(struct desk *d, const struct conf *c, int64_t now, struct desk_released *out,
	struct err *e);

/*
 * Optimises matching with c. For a new configuration, counts words in the newest stored items;
 * later, rebuilds the index of the watches once enough items were matched. Takes up to 0.3 s with
 * 100,000 watches, so it is called between polls, outside of transactions. Optional: alerts are the
 * same without.
 */
void desk_learn(struct desk *d, const struct conf *c);

/*
 * After a start, adds stored items to what new ones are compared with (daemon/desk/story.h), for
 * about that many milliseconds, outside of transactions. Returns whether it must be called again;
 * false after an error too: a later call tries again.
 */
bool desk_story_fill(struct desk *d, const struct conf *c, int64_t ms, struct err *e);

/*
 * Fills *out, which watches are matched with, from an item; it points to the item, the feed and
 * arena. feed may be NULL (an item from a file). Returns 0, -ERR_NOMEM or -ERR_LIMIT.
 */
int desk_view(const struct conf_feed *feed, const struct feed_item *i, struct str feed_language,
	int64_t first_seen, int64_t now, struct arena *arena, struct watch_view *out);

#endif
