/* SPDX-License-Identifier: MIT */
/*
 * Threads: the first alert of a watch for an item, and what belongs to it, updates, a correction, a
 * withdrawal. See store.h for the errors.
 */
#ifndef STORE_THREADS_H
#define STORE_THREADS_H

#include "store/store.h"

/*
 * The alerts of one watch for an item. Receivers that got it as the correction of another one have
 * a thread of their own.
 */
struct store_thread {
	int64_t row; /* of the first one */
	struct str watch;
	int64_t last; /* when the last one of the watch was raised */
};
/* Returns those of an item row, by watch, in arena. */
int store_threads(struct store *s, int64_t item, struct arena *arena, struct store_thread **out,
	size_t *n, struct err *e);
/* Sets *row to the first alert of the watch for the item row; 0: there is none. */
int store_thread_find(struct store *s, struct str watch, int64_t item, int64_t *row, struct err *e);
/* Sets *id, in arena, to the alert of the watch for that edition of the item; absent: none. */
int store_thread_edition(struct store *s, struct str watch, int64_t item, uint64_t edition,
	struct arena *arena, struct str *id, struct err *e);

/* A delivery of an alert of the thread. */
struct store_thread_delivery {
	int64_t id;
	struct str notify;
	enum store_delivery_state state; /* as stored */
	/* It is part of another message, or was folded into it; then these are of that. */
	bool in_message;
	bool of_digest; /* else of an alert about the same item */
	bool carries;	/* others are part of it */
	int64_t message_id;
	enum store_delivery_state message;
	int64_t next_at;
	struct str group;
};
/* Returns those of the thread whose first alert is row, by receiver, the oldest first, in arena. */
int store_thread_deliveries(struct store *s, int64_t row, struct arena *arena,
	struct store_thread_delivery **out, size_t *n, struct err *e);
/* One that waits, or is part of one that does, ends as folded, with that answer. */
int store_delivery_replace(
	struct store *s, int64_t id, int64_t now, struct str answer, struct err *e);

/* An item of a feed that has alerted. */
struct store_alerted {
	int64_t item; /* row */
	struct str title, link;
};
/*
 * Returns the items of the feed that alerted at `since` or later, the newest first, at most max, in
 * arena. Looks at the newest STORE_ALERTED_SEEN alerts only.
 */
int store_alerted_items(struct store *s, int64_t feed, int64_t since, size_t max,
	struct arena *arena, struct store_alerted **out, size_t *n, struct err *e);
#define STORE_ALERTED_SEEN 20000
/*
 * Sets *row to the item of the feed with that id; 0: there is none. Without `keyed` the keys of the
 * feed are not made of ids, and all its items are read.
 */
int store_item_of_id(
	struct store *s, int64_t feed, struct str id, bool keyed, int64_t *row, struct err *e);

#endif
