/* SPDX-License-Identifier: MIT */
/*
 * The subscriptions of feeds to their hubs (W3C WebSub). All is on top of polling, which goes on as
 * if there were none, so whatever a hub does, no item is missed.
 *
 *	         asked                   verified                 the lease ends
 *	(none) ────────► ASKED ─────────────────────────► ACTIVE ────────────────► ASKED
 *	                  │  denied                       │
 *	                  └────────► DENIED ──► ASKED     │ its feed or hub is gone
 *	                                                  └────────► LEAVING ──► (none)
 *
 * A hub is asked again before its lease ends, and after a failure at growing intervals, without
 * end. The callback URL ends with 128 random bits that only the hub knows; a body counts as the
 * feed's own if it is signed with the secret that the hub was given.
 */
#ifndef ENGINE_WEBSUB_STATE_H
#define ENGINE_WEBSUB_STATE_H

#include "base/arena.h"
#include "engine/due.h"
#include "engine/feed_request.h"
#include "engine/websub.h"
#include "parts.h"
#include "poll_feed.h"
#include "poller.h"
#include "store/websub.h"

#define WEBSUB_BUCKETS	 1024
#define WEBSUB_RECENT	 8   /* bodies that are remembered, against repetition */
#define WEBSUB_TOKEN_MAX 32  /* with the NUL */
#define WEBSUB_SECRET	 65  /* with the NUL */
#define WEBSUB_ASKS_MAX	 4   /* requests to hubs at once */
#define WEBSUB_SAVE_MAX	 128 /* subscriptions in one job */

struct websub_ask;

struct websub_subscription {
	LIST_ENTRY(websub_subscription) by_feed, by_token;
	TAILQ_ENTRY(websub_subscription) dirty_link, hint_link;
	char *feed, *hub, *topic;
	char *home;  /* the configured URL of a feed that was removed; NULL: unknown */
	char *error; /* NULL: none */
	char *callback;
	const char *token;	    /* in callback */
	char secret[WEBSUB_SECRET]; /* "": none */
	enum store_websub_state state;
	int64_t since, expires, pushed_at; /* wall; STAMP_NONE: not yet */
	int64_t pushes;
	unsigned failures;
	struct due due;		/* when the hub is asked; monotonic */
	int64_t verify_until;	/* monotonic: until then a verification may come; 0: none may */
	bool awaited;		/* the hub said yes, and has not verified it */
	struct websub_ask *ask; /* NULL: the hub is not being asked */
	bool dirty, hinted;	/* in the list */
	bool doomed;		/* to be freed once it was dropped from the store */
	int64_t taken_at;	/* monotonic: when content was last taken */
	uint64_t recent[WEBSUB_RECENT];
	unsigned n_recent;
};

LIST_HEAD(websub_bucket, websub_subscription);

/* A hub that was asked not long ago. */
struct websub_hub {
	uint64_t host; /* hash; 0: unused */
	int64_t at;    /* monotonic */
};

struct websub {
	/* set by the owner before start */
	struct engine_parts o;
	struct conf *conf; /* own reference */
	struct poller *poller;

	bool running, loading, loaded; /* loading: it began */
	struct websub_bucket feeds[WEBSUB_BUCKETS], tokens[WEBSUB_BUCKETS];
	size_t n;
	struct due_heap due;
	struct timer_op *timer;		/* of due */
	void (*poke)(struct websub *w); /* after a change of due: sets the timer */
	unsigned asks;
	struct websub_hub hubs[2 * WEBSUB_ASKS_MAX];

	/* websub_save.c */
	TAILQ_HEAD(, websub_subscription) dirty;
	struct job job;
	bool job_out;
	struct timer_op *save_timer, *load_timer;
	struct arena *arena; /* of the rows that the job reads or writes */
	struct store_websub *rows;
	size_t n_rows, row;
	struct websub_subscription *saved[WEBSUB_SAVE_MAX]; /* by row */
	bool drops[WEBSUB_SAVE_MAX];
	int rc;
	void (*on_loaded)(struct websub *w);

	TAILQ_HEAD(websub_hinted, websub_subscription)
	hinted; /* their feeds must be polled again */
	struct timer_op *hint_timer;
};

void websub_start(struct websub *w);
void websub_reload(struct websub *w, struct conf *conf);
void websub_stop(struct websub *w);    /* the job that is out still comes back */
void websub_release(struct websub *w); /* the job must have come back */
/* See struct engine_parts. */
void websub_note_hub(struct websub *w, const struct conf_feed *cf, const struct feed_hub *hub);
void websub_set_gauges(const struct websub *w, struct metrics *out);

/* --- websub_set.c: the set --- */

bool websub_is_on(const struct websub *w);
struct websub_subscription *websub_find_feed(const struct websub *w, struct str feed);
struct websub_subscription *websub_find_token(const struct websub *w, struct str token);
/* NULL: out of memory. s->callback may be NULL: websub_renew() makes it. */
struct websub_subscription *websub_add(struct websub *w, const struct store_websub *s);
void websub_remove(struct websub *w, struct websub_subscription *s);
/* A new callback and a new secret. False: out of memory, or of random bytes. */
bool websub_renew(struct websub *w, struct websub_subscription *s);
void websub_set_state(struct websub_subscription *s, enum store_websub_state state);
void websub_set_error(struct websub_subscription *s, struct str error); /* absent: none */
/* The hub is asked after that time. */
void websub_plan(struct websub *w, struct websub_subscription *s, int64_t wait);

/* --- websub_save.c --- */

void websub_load(struct websub *w, void (*loaded)(struct websub *w));
void websub_save(struct websub *w, struct websub_subscription *s); /* soon */
void websub_save_stop(struct websub *w);

/* --- websub_ask.c --- */

/* Sends the request. False: its hub was asked just now, or too many are being asked. */
bool websub_ask(struct websub *w, struct websub_subscription *s);
void websub_ask_cancel(struct websub *w, struct websub_subscription *s);

/* --- websub_hear.c --- */

int websub_verify(struct websub *w, const struct websub_question *q);
int websub_push(struct websub *w, const struct websub_content *c);
void websub_hear_stop(struct websub *w);

#endif
