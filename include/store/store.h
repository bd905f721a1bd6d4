/* SPDX-License-Identifier: MIT */
/*
 * The memory of the house: feeds, items, alerts, outbox. In the domain's words; no database type
 * shows, so that a second engine can stand behind the same functions.
 *
 * One writer (the desk thread), any number of read-only openers (commands). Everything between
 * begin and commit happens or does not happen. Times are wall milliseconds. Functions return 0 or a
 * negative class: ERR_TEMP (busy or disk full: nothing changed, try again), ERR_IO (the disk
 * failed: stop, restart reads what is there), ERR_INPUT (not our database, damaged, or of a newer
 * version).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "feed/item.h"
#include "store/alert.h"

struct store;

enum store_mode { STORE_WRITE, STORE_READ };

/* STORE_WRITE creates the file (0640) and migrates it; refuses (ERR_TEMP) when another holds it. */
int store_open(struct store **out, const char *path, enum store_mode mode, struct err *e);
void store_close(struct store *s); /* NULL is fine; the WAL files stay */

int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);

/* --- feeds: what polling must not forget --- */

struct store_feed {
	int64_t id; /* 0: not stored yet */
	struct str name, url;
	struct str etag, last_modified; /* to be sent next time; absent: none */
	uint64_t body_hash;		/* of the last complete body; 0: none */
	int64_t last_poll;		/* ended, whatever the result; STAMP_NONE: never */
	int64_t last_ok;		/* last answer that was a feed or 304 */
	int64_t next_due;
	unsigned failures;     /* in a row */
	struct str last_error; /* absent when the last poll was fine */
	bool baseline;	       /* has been read once: from now on new items alert */
	struct str title;      /* what the feed calls itself */
	struct str moved_to;   /* permanent redirect seen */
	unsigned moved_seen;   /* so many times in a row */
	bool gone;	       /* 410 */
	int64_t items_seen;
};

/* Strings in *out live in `arena`. 0; out->id == 0 when there is none of that name. */
int store_feed_get(struct store *s, struct str name, struct arena *arena, struct store_feed *out,
	struct err *e);
/* Inserts or updates by name; sets f->id. Changing the url forgets etag, hash, redirect. */
int store_feed_put(struct store *s, struct store_feed *f, struct err *e);
typedef int store_feed_fn(void *ctx, const struct store_feed *f);
int store_feed_each(struct store *s, store_feed_fn *fn, void *ctx, struct err *e);

/* --- items --- */

enum store_seen {
	STORE_NEW,     /* never seen in this feed */
	STORE_KNOWN,   /* seen, same text */
	STORE_REVISED, /* seen, its title or text changed */
};

struct store_item {
	int64_t id; /* row, 0 for new */
	enum store_seen seen;
};

/*
 * Which of the batch's items are known, all keys of the feed read together. An unknown key whose
 * link and text are those of a known item of the feed counts as known (ids that change on every
 * poll). out: n_items entries, the caller's.
 */
int store_items_known(struct store *s, int64_t feed, const struct feed_batch *b,
	struct store_item *out, struct err *e);
/* Stores a new item, or a revision of a known one; *id is its row. */
int store_item_put(struct store *s, int64_t feed, const struct feed_item *i, int64_t now,
	struct store_item *state, struct err *e);
/* Marks known items as still in the feed now, so that retention leaves them. */
int store_items_touch(
	struct store *s, const struct store_item *items, size_t n, int64_t now, struct err *e);

/* --- alerts and outbox --- */

/*
 * Raises an alert for row `item` with one pending delivery for each notify name. story_key != 0: if
 * the watch already has an alert with it, nothing is raised. *raised tells. UNIQUE by id: raising
 * the same alert again changes nothing.
 */
int store_alert_raise(struct store *s, const struct alert *a, int64_t item, uint64_t story_key,
	const struct str *notifies, size_t n_notifies, bool *raised, struct err *e);
/* Did this watch ever alert for this item row? */
int store_alert_exists(struct store *s, struct str watch, int64_t item, bool *yes, struct err *e);

enum store_delivery_state {
	STORE_PENDING, /* to be sent at next_at */
	STORE_DELIVERED,
	STORE_FAILED, /* permanent answer: needs a person */
	STORE_DEAD,   /* tried until its time was over */
};

struct store_delivery {
	int64_t id;
	struct str alert_id, notify;
	enum store_delivery_state state;
	unsigned attempts;
	int64_t created, next_at, done_at;
	struct str answer; /* last answer in words; absent before the first */
};

/*
 * The oldest due deliveries of one notify block (or of all, notify absent) at `now`, at most limit,
 * each with its alert, into arena. Order: next_at, id.
 */
struct store_due {
	struct store_delivery d;
	struct alert alert;
};
int store_outbox_due(struct store *s, struct str notify, int64_t now, size_t limit,
	struct arena *arena, struct store_due **out, size_t *n, struct err *e);
/* When the next pending delivery of any known block is due; STAMP_NONE: nothing waits. */
int store_outbox_next(struct store *s, int64_t *at, struct err *e);
/* After an attempt: new state, when to try again, what was answered. */
int store_delivery_update(struct store *s, int64_t id, enum store_delivery_state state,
	int64_t next_at, int64_t now, struct str answer, struct err *e);

/* --- counts, for status --- */

struct store_counts {
	int64_t feeds, feeds_failing, items, alerts;
	int64_t pending, delivered, failed, dead;
	int64_t oldest_pending; /* created, or STAMP_NONE */
	int64_t database_bytes, wal_bytes;
};
int store_counts(struct store *s, struct store_counts *out, struct err *e);

/* --- upkeep --- */

/* Deletes at most `batch` items not seen in their feed since `before`; *more: call again. */
int store_expire(struct store *s, int64_t before, size_t batch, bool *more, struct err *e);
int store_checkpoint(struct store *s, struct err *e); /* when idle */

#endif
