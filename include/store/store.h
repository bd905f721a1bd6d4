/* SPDX-License-Identifier: MIT */
/*
 * The database: feeds, items, alerts and deliveries. No SQLite type appears here, so another engine
 * can implement the same functions.
 *
 * There is one writer (the desk thread, or `deliveries retry|drop` while the daemon is down) and
 * any number of readers (commands). A transaction is atomic. Times are wall-clock milliseconds.
 *
 * Functions return 0 or a negative error class:
 * ERR_TEMP: busy, disk full or out of memory; nothing changed, the caller tries again.
 * ERR_IO: the disk failed; every later call returns it too, only a restart helps.
 * ERR_INPUT: not our database, damaged, or of another version.
 * ERR_PERM: cannot be opened or created.
 * ERR_NOMEM, ERR_LIMIT: the caller's arena returned NULL.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alert.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"
#include "base/str.h"
#include "feed/identity.h"
#include "feed/item.h"
#include "store/feeds.h"

struct store;

enum store_mode { STORE_WRITE, STORE_READ };

/*
 * STORE_WRITE creates the file (mode 0640) and migrates it; returns ERR_TEMP while another process
 * has it open for writing. STORE_READ needs no write permission and never waits for the writer.
 */
int store_open(struct store **out, const char *path, enum store_mode mode, struct err *e);
const char *store_path(const struct store *s);
void store_close(struct store *s); /* NULL is allowed; the WAL files are kept */
/*
 * For a reader: statements that run at that time, monotonic ms, or later end with -ERR_TEMP. 0: no
 * limit.
 */
void store_limit_time(struct store *s, int64_t until);
/* For a reader: *version differs from before if another connection has committed since. */
int store_data_version(struct store *s, int64_t *version, struct err *e);

/*
 * Returns from store_commit only when the data is on disk. After an error inside a transaction all
 * calls fail until store_rollback, which is always allowed. A reader's transaction is a snapshot.
 */
int store_begin(struct store *s, struct err *e);
/*
 * As store_begin, but a power failure may lose the whole transaction (never an earlier one). For
 * data that the next poll fetches again. Twenty times cheaper: the commit does not wait for fsync.
 */
int store_begin_relaxed(struct store *s, struct err *e);
/* Only to read: many look-ups take a lock once. Writes nothing, and waits for no writer. */
int store_begin_read(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
/* Commits if rc, the result of the transaction, is 0, else rolls back. 0, or the first error. */
int store_end(struct store *s, int rc, struct err *e);
bool store_in_transaction(const struct store *s);
/*
 * Calls fn, which must not use the store, at the end of each transaction: for what is kept in
 * memory beside the database. One at a time; fn NULL: none.
 */
typedef void store_ended_fn(void *ctx, bool committed);
void store_on_end(struct store *s, store_ended_fn *fn, void *ctx);

/* --- items --- */

enum store_seen {
	STORE_NEW,     /* not stored for this feed */
	STORE_KNOWN,   /* stored with the same text */
	STORE_REVISED, /* stored with another title, text, author or categories */
};

/* How an item arrived. The values are stored. */
enum store_arrival {
	STORE_ARRIVAL_UNKNOWN, /* stored before schema 3 */
	STORE_ARRIVED,	       /* new in a feed that was read before */
	STORE_FIRST_MATCHED,   /* with the first body of its feed, matched with the watches */
	STORE_FIRST_QUIET,     /* with the first body of its feed, not matched */
	STORE_RESURFACED,      /* new, but older than all its feed held before; not matched */
};

struct store_item {
	int64_t id; /* row; 0: new, or (STORE_KNOWN) a repeat of an item of the same batch */
	enum store_seen seen;
	uint8_t key[16];     /* key in the database: the item's, unless several items share it */
	uint8_t was_key[16]; /* known: its key in the database so far */
	int64_t last_seen;   /* known: when it was last recorded as present in the feed */
	bool moved;	     /* known under another id: it has another link or date now */
	bool was_gone;	     /* known: it was not in the last body */
	enum store_arrival arrival; /* of a new item; set by the caller */
	int64_t document;   /* that it came with, see store/documents.h; set by the caller */
	bool unlabelled;    /* known: stored without its label key, before schema 7 */
	bool link_shared;   /* other items of the feed have the same link, so it identifies none */
	int64_t link_owner; /* the only stored item with its link, if that is another one; else 0 */
};

/* A body, and what the store knows of its items. */
struct store_lookup {
	int64_t feed;
	const struct feed_batch *batch;
	int64_t now;
	enum feed_identity identity;
	const uint8_t (*keys)[16]; /* by identity, one for each item; NULL: those of the items */
	bool rekeyed;		   /* the stored keys may be of another identity */
	struct arena *arena;	   /* of left */
	/* results */
	struct store_item *items; /* the caller's array, one for each item of the batch */
	struct store_left {
		uint8_t key[16];
		int64_t item;  /* row */
		int64_t since; /* when it was first seen to be absent; 0: in the last body it was
				  not */
		uint64_t link_key;
	} * left; /* items that left the feed now, or within FEED_RECENT_MS */
	size_t n_left;
};

/*
 * Decides which items of the batch are new, with one scan over the keys of the feed. An unknown key
 * counts as known if a stored item of the feed has the same link and text (ids that change with
 * every poll), or if the item succeeds one that is absent from the batch, see feed/succession.h.
 * Items of the batch that share a key but differ in link or text get keys of their own. With
 * another identity than FEED_IDENTITY_AUTO they are repeats, and only the key counts.
 */
int store_items_known(struct store *s, struct store_lookup *l, struct err *e);
/*
 * Inserts a new item or a revision of a known one, unchanged: the caller drops a summary that only
 * repeats the content. Sets state->id to its row.
 */
int store_item_put(struct store *s, int64_t feed, const struct feed_item *i, int64_t now,
	struct store_item *state, struct err *e);
/*
 * Records that known items are still in the feed, which protects them from retention, their current
 * keys and link, and which items left it. Writes only entries that are older than STORE_TOUCH_MS,
 * unlabelled, or changed.
 */
int store_items_touch(struct store *s, const struct store_lookup *l, struct err *e);
#define STORE_TOUCH_MS (24 * CLOCK_HOUR)

/* A stored item. Strings are in the arena of the call that returned it. */
struct store_item_row {
	int64_t id, first_seen;
	struct str feed; /* name */
	enum store_arrival arrival;
	int64_t document; /* that this version came with, see store/documents.h; 0: not known */
	struct feed_item item;
};
int store_item_get(struct store *s, int64_t id, struct arena *arena, struct store_item_row *out,
	bool *found, struct err *e);

/*
 * Earlier versions of an item, newest first; the first one and the newest are kept,
 * STORE_REVISIONS_MAX in all. *item is the current item with the title, texts, author and
 * categories of that version.
 */
struct store_revision {
	int64_t until;	  /* when the next version replaced it */
	int64_t document; /* as in struct store_item_row */
	struct feed_item item;
};
#define STORE_REVISIONS_MAX 32
int store_item_revisions(struct store *s, const struct store_item_row *row, struct arena *arena,
	struct store_revision **out, size_t *n, struct err *e);
/*
 * Sets title, summary and content of *out to those of the version that was current when the last
 * alert of the item was raised, if it was edited since; *found: else false. In arena.
 */
int store_item_alerted_text(struct store *s, int64_t item, struct arena *arena,
	struct feed_item *out, bool *found, struct err *e);

/* A name that a user looks for: of an item, a link or an alert. */
struct store_name {
	struct str text;
	uint8_t key[16];   /* key of an item with that id, see feed/identity.h */
	uint64_t link_key; /* key of text as a link; 0: not a link */
};

/*
 * Finds the rows of items with that id or alert id, or whose link leads to the same page; newest
 * first, at most max. If there are none, scans all items for exactly that id or link (ids that
 * several items of a feed share), which takes seconds on a large archive.
 */
int store_items_find(struct store *s, const struct store_name *name, int64_t *rows, size_t max,
	size_t *n, struct err *e);
/*
 * Sets *yes if the item arrived with the first body of its feed; false if unknown, because
 * retention has deleted items of the feed.
 */
int store_item_is_first(struct store *s, int64_t row, bool *yes, struct err *e);

/* --- alerts and outbox --- */

/* Where a delivery is. The values up to STORE_EXPIRED, and STORE_JOINED, are stored. */
enum store_delivery_state {
	STORE_PENDING,	 /* waits; to be sent at next_at */
	STORE_DELIVERED, /* ended: alone, or in a digest */
	STORE_HELD,	 /* waits until next_at: quiet hours, a digest, a limit */
	STORE_DEAD,	 /* ended: refused, see answer, or dropped by the operator */
	STORE_FOLDED,	 /* ended: into another alert or message */
	STORE_SILENCED,	 /* ended: by a silence */
	STORE_EXPIRED,	 /* ended: waited longer than its receiver allows */
	STORE_STATES_STORED,
	/* Stored as pending or held, shown so while the receiver is in that trouble. */
	STORE_ORPHANED = STORE_STATES_STORED, /* its notify block is not configured any more */
	STORE_STOPPED, /* the receiver answered that it does not exist any more */
	/* Never shown: part of a digest, whose delivery to the same receiver has the state. */
	STORE_JOINED = 16,
};

/* It waits to be sent, and has a next_at. */
static inline bool store_delivery_waits(enum store_delivery_state state)
{
	return state == STORE_PENDING || state == STORE_HELD;
}

/* One delivery of an alert that is about to be stored. */
struct store_plan {
	struct str notify;
	enum store_delivery_state state; /* pending, held or silenced */
	int64_t due_at;
	struct str group;  /* held deliveries of one group are released together; absent: alone */
	struct str answer; /* what ended it; absent: it waits */
};

/*
 * Inserts an alert with a delivery for each plan; there may be none. Sets *row to its row,
 * or to 0 and inserts nothing if the watch already has an alert for that item and edition, or with
 * that story key.
 */
struct store_raise {
	const struct alert *alert;
	int64_t item;	    /* row; 0: none, of a trouble */
	uint64_t edition;   /* 0, or the text key of the update that is alerted again */
	uint64_t story_key; /* 0: never a duplicate */
	const struct store_plan *plans;
	size_t n_plans;
	/*
	 * Row of the first alert that this one belongs to: its correction, another report of its
	 * story. No receiver gets it before the deliveries of the earlier ones end. 0: none.
	 */
	int64_t tie;
	/* The item that first had its text (struct store_story), for store_story_alerts(); 0: none.
	 */
	int64_t text;
};
int store_alert_raise(struct store *s, const struct store_raise *r, int64_t *row, struct err *e);
/*
 * Makes all pending deliveries of an alert part of a digest, and those that are held in that group
 * (absent: none): they are not sent, and have the state of the digest's delivery to the same
 * receiver, which the caller adds.
 */
int store_alert_join_digest(
	struct store *s, int64_t alert, int64_t digest, struct str group, struct err *e);
/*
 * Makes a delivery of an alert part of that of another one to the same receiver, if both are
 * pending or held.
 */
int store_delivery_join(
	struct store *s, int64_t alert, struct str notify, int64_t into, struct err *e);
/* The opposite: what is part of the delivery of an alert is sent by itself, as that is. */
int store_delivery_split(struct store *s, int64_t alert, struct str notify, struct err *e);
/*
 * Adds deliveries of the digest, due at `now`, to the receivers of the alerts that joined it. If
 * there are none, *row becomes 0 and the digest is deleted.
 */
int store_digest_send(struct store *s, int64_t *row, int64_t now, struct err *e);
/* Why a match raised no alert. The values are stored. */
enum store_quiet_reason {
	STORE_QUIET_STORY,   /* another item with the same link and source had alerted */
	STORE_QUIET_EDIT,    /* an edit of an item that matched before, with on-update = "quiet" */
	STORE_QUIET_VERSION, /* the same version of the item had alerted */
	STORE_QUIET_NOTICE,  /* it is reported as a correction or withdrawal of an earlier alert */
	STORE_QUIET_COPY,    /* it joined the alert of another item with the same text */
	STORE_QUIET_WAITS = 5, /* its story has fewer sources than the watch asks for */
	STORE_QUIET_ONCE = 6,  /* with sources>=: another report of its story had alerted */
};

/* A match that raised no alert, as it was at that time. */
struct store_quiet {
	struct str watch;
	enum store_quiet_reason reason;
	int64_t at;
	struct str alert; /* id of the one that had been raised; absent with STORE_QUIET_EDIT */
	struct str link;  /* of the item; absent unless STORE_QUIET_STORY */
};

/*
 * Sets out->reason and out->alert to why store_alert_raise() did not insert *r. Strings in arena.
 */
int store_alert_find_repeat(struct store *s, const struct store_raise *r, struct arena *arena,
	struct store_quiet *out, struct err *e);
/* Records it for an item row; the newest of each watch and reason is kept. */
int store_quiet_put(struct store *s, int64_t item, const struct store_quiet *q, struct err *e);
/* The same; nothing, if retention has deleted the item. */
int store_quiet_put_if_item(
	struct store *s, int64_t item, const struct store_quiet *q, struct err *e);
/* Returns those of an item in order of time, at most STORE_QUIET_MAX. */
int store_quiet_list(struct store *s, int64_t item, struct arena *arena, struct store_quiet **out,
	size_t *n, struct err *e);
#define STORE_QUIET_MAX 256

struct store_delivery {
	int64_t id;
	struct str alert_id, notify;
	enum store_delivery_state state;
	unsigned attempts;
	enum alert_priority rank; /* of its alert */
	int64_t created, due_at;  /* due_at: planned time of the first attempt */
	int64_t next_at, done_at;
	struct str group;  /* of its plan */
	struct str answer; /* text of the last answer; absent before the first */
	struct str digest; /* id of the digest that it is part of; absent: sent by itself */
	struct str served; /* mail recipients that accepted it, space-separated; absent: none */
	int64_t escalated; /* it was not acknowledged for that time, ms; 0: not the reason */
};

/* A delivery with its alert. */
struct store_due {
	struct store_delivery d;
	struct alert alert;
};
/* Sets *at to the first due time of that receiver after `now`; STAMP_NONE: there is none. */
int store_outbox_next(struct store *s, struct str notify, int64_t now, int64_t *at, struct err *e);
/* How many deliveries of each receiver wait, whether it is configured or not; in arena. */
struct store_waiting {
	struct str notify;
	int64_t deliveries;
};
int store_outbox_waiting(
	struct store *s, struct arena *arena, struct store_waiting **out, size_t *n, struct err *e);
/*
 * Records an attempt: new state, time of the next attempt, answer. A delivery that was dropped
 * during the attempt stays dropped unless the receiver accepted it.
 */
int store_delivery_update(struct store *s, int64_t id, enum store_delivery_state state,
	int64_t next_at, int64_t now, struct str answer, struct err *e);
/*
 * `deliveries retry` and `deliveries drop`, in a transaction of its own. Retry: pending, due at
 * `now`, attempts reset to 0. Drop: one that waits is dead. A delivery that was delivered is not
 * changed. Of one that is part of a digest, the delivery of the digest.
 */
enum store_decision { STORE_RETRY, STORE_DROP };
struct store_decided {
	bool found;
	enum store_delivery_state was;
	struct str notify; /* in arena */
	int64_t of;	   /* the delivery that it is part of, which was decided; 0: none */
};
int store_delivery_decide(struct store *s, int64_t id, enum store_decision what, int64_t now,
	struct arena *arena, struct store_decided *out, struct err *e);
/*
 * The same for all deliveries of the choice that this changes. Without a state, those that wait
 * or are dead. *notifies: the receivers of the changed ones, each once, in arena;
 * *changed: how many.
 */
struct store_delivery_choice {
	struct str notify; /* absent: any */
	int state;	   /* enum store_delivery_state, as shown; -1: any */
	int64_t since;	   /* of their creation, wall ms; STAMP_NONE: any */
};
struct store_decided_many {
	size_t changed, n;
	struct str *notifies; /* n of them */
};
int store_deliveries_decide(struct store *s, const struct store_delivery_choice *choice,
	enum store_decision what, int64_t now, struct arena *arena, struct store_decided_many *out,
	struct err *e);
/*
 * `deliveries move`, in a transaction of its own: all that waits for one receiver waits for another
 * from now on, due at `now`, what was held too. An alert that waits for the other already, or was
 * delivered to it, is folded into that; one that it refused stays where it was. Sets *moved to the
 * number of deliveries that were moved or folded.
 */
int store_deliveries_move(
	struct store *s, struct str from, struct str to, int64_t now, size_t *moved, struct err *e);
/*
 * The wall clock was stepped by `ms`: shifts retries of pending deliveries by the same amount;
 * those without an attempt become due at `now`, the new time.
 */
int store_outbox_shift(struct store *s, int64_t ms, int64_t now, struct err *e);

/*
 * Iterate over stored alerts and deliveries, newest first. The row and its strings are valid during
 * the callback; a result other than 0 ends the iteration and is returned by it.
 */
struct store_alert_row {
	struct alert alert;
	int64_t deliveries[STORE_STATES_STORED]; /* how many, by state */
	int64_t row, item;			 /* item: 0: none, of a digest or a trouble */
	struct str acked_by;			 /* absent: not acknowledged */
	int64_t acked_at;			 /* STAMP_NONE: not acknowledged */
	int64_t escalates_at; /* next step, unless it is acknowledged; STAMP_NONE: none */
};

struct store_alert_filter {
	struct str id;	     /* absent: any */
	struct str watch;    /* absent: any */
	int64_t since;	     /* created then or later; STAMP_NONE: no bound */
	size_t limit;	     /* 0: none */
	int64_t item;	     /* row; 0: any */
	int priority;	     /* 1 + enum alert_priority: that or a more urgent one; 0: any */
	int state;	     /* 1 + enum store_delivery_state of a delivery, as shown; 0: any */
	bool unacknowledged; /* only these */
	bool acks;	     /* with notices that one was acknowledged */
	bool ascending;	     /* the oldest first */
	int64_t after;	     /* only those with a higher row */
	int64_t before;	     /* only those with a lower row; 0: any */
};

typedef int store_alert_fn(void *ctx, const struct store_alert_row *row);
int store_alert_each(struct store *s, const struct store_alert_filter *f, store_alert_fn *fn,
	void *ctx, struct err *e);
/* Sets *row to that of the newest alert; 0: there is none. */
int store_alert_last(struct store *s, int64_t *row, struct err *e);

struct store_delivery_filter {
	int64_t id;	     /* 0: any */
	struct str alert_id; /* absent: any */
	struct str notify;   /* absent: any */
	int state;	     /* enum store_delivery_state, as shown; -1: any */
	int64_t since;	     /* of its creation, wall ms; STAMP_NONE: any */
	size_t limit;	     /* 0: none */
	int64_t before;	     /* only those with a lower id; 0: any */
};

typedef int store_delivery_fn(void *ctx, const struct store_due *row);
int store_delivery_each(struct store *s, const struct store_delivery_filter *f,
	store_delivery_fn *fn, void *ctx, struct err *e);

/* --- counts, for status --- */

/* Sets the metrics that are counted from the database; leaves the others in *out unchanged. */
int store_metrics(struct store *s, struct metrics *out, struct err *e);

/* --- maintenance --- */

/*
 * Retention: deletes at most `batch` items that left their feed before `before`, with their
 * revisions, alerts and deliveries. Keeps items of the last non-empty body of their feed (they
 * would be new again with the next poll) and items with a pending delivery. A transaction of its
 * own. One call scans a few feeds; sets *more if it must be called again.
 */
int store_expire(struct store *s, int64_t before, size_t batch, bool *more, struct err *e);
/* Checkpoints the write-ahead log; for idle times. Commits do it themselves past 16 MiB. */
int store_checkpoint(struct store *s, struct err *e);

#endif
