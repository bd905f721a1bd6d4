/* SPDX-License-Identifier: MIT */
/*
 * The memory of the house: feeds, items, alerts, outbox. In the domain's words; no database type
 * shows, so that a second engine can stand behind the same functions.
 *
 * One writer (the desk thread), any number of read-only openers (commands). Everything between
 * begin and commit happens or does not happen. Times are wall milliseconds. Functions return 0 or a
 * negative class: ERR_TEMP (busy, disk full or out of memory: nothing changed, try again), ERR_IO
 * (the disk failed: stop, a restart reads what is there; from then on every call says so),
 * ERR_INPUT (not our database, damaged, or of another version), ERR_PERM (may not be opened or
 * created), ERR_NOMEM and ERR_LIMIT (the caller's arena refused).
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
#include "feed/item.h"

struct store;

enum store_mode { STORE_WRITE, STORE_READ };

/*
 * STORE_WRITE creates the file (0640) and migrates it; refuses (ERR_TEMP) when another process
 * holds it. STORE_READ needs no permission to write, with the daemon up or down, and never waits
 * for it.
 */
int store_open(struct store **out, const char *path, enum store_mode mode, struct err *e);
void store_close(struct store *s); /* NULL is fine; the WAL files stay */

/*
 * After a commit the disk has it. After an error inside a transaction nothing more is taken until
 * store_rollback, which is always allowed. A reader between begin and commit sees one moment.
 */
int store_begin(struct store *s, struct err *e);
/*
 * As store_begin, but a power cut may lose the transaction (whole, and never one before it): for
 * what the next poll tells again. Twenty times cheaper.
 */
int store_begin_relaxed(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
bool store_in_transaction(const struct store *s);

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
	int64_t last_body;     /* the last body that held items */
	bool baseline;	       /* has been read once: from now on new items alert */
	unsigned partial;      /* incomplete bodies before the baseline */
	bool url_changed;      /* since the last complete body */
	struct str title;      /* what the feed calls itself */
	struct str moved_to;   /* permanent redirect seen */
	unsigned moved_seen;   /* so many times in a row */
	bool gone;	       /* 410 */
	int64_t items_seen;    /* ever stored */
	/* What its last whole body asked of those who poll it: as struct feed_info has them. */
	int64_t ttl;
	uint32_t skip_hours;
	uint8_t skip_days;
	int64_t host_rest; /* its host asked to be left alone until then; 0: it did not */
};

/* Strings in *out live in `arena`. 0; out->id == 0 when there is none of that name. */
int store_feed_get(struct store *s, struct str name, struct arena *arena, struct store_feed *out,
	struct err *e);
/*
 * Inserts or updates by name; sets f->id. A url that is not the stored one forgets what belonged to
 * the old: etag, last_modified, body_hash, moved_to, gone, what it asked for; in *f too; and sets
 * url_changed.
 */
int store_feed_put(struct store *s, struct store_feed *f, struct err *e);

/* --- items --- */

enum store_seen {
	STORE_NEW,     /* never seen in this feed */
	STORE_KNOWN,   /* seen, same text */
	STORE_REVISED, /* seen, its title or text changed */
};

/* How an item came. The values are on disk. */
enum store_arrival {
	STORE_ARRIVAL_UNKNOWN, /* before this was noted */
	STORE_ARRIVED,	       /* as news */
	STORE_FIRST_MATCHED,   /* with the first body of its feed; watches looked at it */
	STORE_FIRST_QUIET,     /* with the first body of its feed; kept from the watches */
};

struct store_item {
	int64_t id; /* row; 0 for new, and for a repeat of an earlier item of the same batch (known)
		     */
	enum store_seen seen;
	uint8_t key[16];     /* what it is kept under: the item's key, unless several share it */
	uint8_t was_key[16]; /* known: what it was kept under so far */
	int64_t last_seen;   /* known: when it was last noted as being in the feed */
	enum store_arrival arrival; /* the caller's, of a new item */
	bool link_shared; /* other items of the feed have the same link: it names none of them */
};

/*
 * Which of the batch's items are known, all keys of the feed read together. An unknown key whose
 * link and text are those of a known item of the feed counts as known (ids that change on every
 * poll, or all at once). Items of the batch with one key but another link or text are told apart.
 * out: n_items entries, the caller's.
 */
int store_items_known(struct store *s, int64_t feed, const struct feed_batch *b,
	struct store_item *out, struct err *e);
/*
 * Stores a new item, or a revision of a known one, as it is: the caller has dropped a summary that
 * only repeats the content. Sets state->id to its row.
 */
int store_item_put(struct store *s, int64_t feed, const struct feed_item *i, int64_t now,
	struct store_item *state, struct err *e);
/*
 * Notes that known items are still in the feed now, so that retention leaves them, and the id they
 * go by now. Writes only where the last note is older than STORE_TOUCH_MS or the id changed.
 */
int store_items_touch(struct store *s, int64_t feed, const struct store_item *items, size_t n,
	int64_t now, struct err *e);
#define STORE_TOUCH_MS (24 * CLOCK_HOUR)

/* The stored form of an item, into arena: what a query needs to see it again. */
struct store_item_row {
	int64_t id, first_seen;
	struct str feed; /* name */
	enum store_arrival arrival;
	struct feed_item item;
};
int store_item_get(struct store *s, int64_t id, struct arena *arena, struct store_item_row *out,
	bool *found, struct err *e);

/* What an item said before; newest first. At most STORE_REVISIONS_MAX are kept of one item. */
struct store_revision {
	int64_t until; /* when the next text was seen */
	struct str title, summary, content;
};
#define STORE_REVISIONS_MAX 32
int store_item_revisions(struct store *s, int64_t id, struct arena *arena,
	struct store_revision **out, size_t *n, struct err *e);

/* --- alerts and outbox --- */

/* A delivery to be made. */
struct store_plan {
	struct str notify;
	int64_t due_at;
	struct str group; /* deliveries with the same group are sent as one; absent: alone */
};

/*
 * Raises an alert with a pending delivery for each plan; without any it is recorded all the same.
 * Nothing is raised when the watch already has an alert for that item (and
 * edition), or one with that story key; *raised tells.
 */
struct store_raise {
	const struct alert *alert;
	int64_t item;	    /* row */
	uint64_t edition;   /* 0: the item; else the text key of the update that is told again */
	uint64_t story_key; /* 0: stands for itself */
	const struct store_plan *plans;
	size_t n_plans;
};
int store_alert_raise(struct store *s, const struct store_raise *r, bool *raised, struct err *e);
/* Did this watch ever alert for this item row? */
int store_alert_exists(struct store *s, struct str watch, int64_t item, bool *yes, struct err *e);

enum store_delivery_state {
	STORE_PENDING, /* to be sent at next_at */
	STORE_DELIVERED,
	STORE_FAILED, /* permanent answer: needs a person */
	STORE_DEAD,   /* tried until its time was over, or dropped by a person */
};

struct store_delivery {
	int64_t id;
	struct str alert_id, notify;
	enum store_delivery_state state;
	unsigned attempts;
	int64_t created, due_at; /* due_at: as planned; no attempt was to be made before */
	int64_t next_at, done_at;
	struct str group;  /* of its plan */
	struct str answer; /* last answer in words; absent before the first */
	struct str served; /* a mail's recipients who have it, spaces between; absent: nobody */
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
/* When the next pending delivery of that block (absent: of any) is due; STAMP_NONE: none waits. */
int store_outbox_next(struct store *s, struct str notify, int64_t *at, struct err *e);
/*
 * After an attempt: new state, when to try again, what was answered. Counts the attempt. One that a
 * person dropped meanwhile stays so, unless it was delivered.
 */
int store_delivery_update(struct store *s, int64_t id, enum store_delivery_state state,
	int64_t next_at, int64_t now, struct str answer, struct err *e);
/* The receiver asked us to come back at next_at: counts no attempt. */
int store_delivery_defer(
	struct store *s, int64_t id, int64_t next_at, struct str answer, struct err *e);
/* Some of its recipients have it, and are not sent it again: see struct store_delivery. */
int store_delivery_served(struct store *s, int64_t id, struct str served, struct err *e);
/*
 * What a person decides about a delivery, in a transaction of its own. Retry: pending and due at
 * now, its attempts counted anew. Drop: dead. One that was delivered is left as it is.
 */
enum store_decision { STORE_RETRY, STORE_DROP };
struct store_decided {
	bool found;
	enum store_delivery_state was;
	struct str notify; /* in arena */
};
int store_delivery_decide(struct store *s, int64_t id, enum store_decision what, int64_t now,
	struct arena *arena, struct store_decided *out, struct err *e);
/*
 * The wall clock was set by `ms`, forward or back: what waits for its next attempt goes along; what
 * was never tried is due at `now`, the new time.
 */
int store_outbox_shift(struct store *s, int64_t ms, int64_t now, struct err *e);

/* --- counts, for status --- */

/* Sets the metrics that the database answers; the others in *out stay as they are. */
int store_metrics(struct store *s, struct metrics *out, struct err *e);

/* --- upkeep --- */

/*
 * Deletes at most `batch` items that left their feed before `before`, with their revisions, alerts
 * and deliveries. An item that stood in the last body of its feed that held any stays however old
 * it is (else it would be new again), and so does one with a pending delivery. In a transaction of
 * its own unless one is open. A call looks through a few feeds only; *more: call again.
 */
int store_expire(struct store *s, int64_t before, size_t batch, bool *more, struct err *e);
/* Moves the write-ahead log into the file; when idle. Commits do it themselves past 16 MiB. */
int store_checkpoint(struct store *s, struct err *e);

#endif
