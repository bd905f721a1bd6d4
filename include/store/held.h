/* SPDX-License-Identifier: MIT */
/*
 * Deliveries that are held (STORE_HELD) until they are released, and what at-most counts. See
 * store.h for the errors.
 */
#ifndef STORE_HELD_H
#define STORE_HELD_H

#include "store/store.h"

/* What one receiver has in one group. */
struct store_held {
	struct str notify, group;
	int64_t due_at; /* the earliest of its deliveries */
};
/* All of them, ordered by receiver, in arena. */
int store_held_groups(
	struct store *s, struct arena *arena, struct store_held **out, size_t *n, struct err *e);
/* Sets *at to when that group of a receiver is due; STAMP_NONE: it is empty. */
int store_held_due(
	struct store *s, struct str notify, struct str group, int64_t *at, struct err *e);

/* Moves the due time of all that is held in a group. */
int store_held_move(struct store *s, const struct store_held *group, int64_t at, struct err *e);

/* Some groups of one receiver. */
#define STORE_HELD_GROUPS_MAX 4
struct store_held_choice {
	struct str notify;
	struct str groups[STORE_HELD_GROUPS_MAX]; /* absent: none */
};
/*
 * Calls fn with the alerts held in these groups in their short form, see struct alert_digest, the
 * watch with the most urgent one first. A title may be absent; the body is its beginning then. The
 * alert is valid during the callback; a result other than 0 ends the iteration and is returned.
 */
typedef int store_held_fn(void *ctx, const struct alert *a, int64_t row);
int store_held_each(struct store *s, const struct store_held_choice *c, store_held_fn *fn,
	void *ctx, struct err *e);
/* Makes them pending, due at `now`, each by itself. */
int store_held_send(struct store *s, const struct store_held_choice *c, int64_t now, struct err *e);
/* Makes them part of the digest with that row, which must have a delivery to the receiver. */
int store_held_join(
	struct store *s, const struct store_held_choice *c, int64_t digest, struct err *e);

/* --- what was sent, for at-most --- */

struct store_pace {
	struct str watch;  /* counts its alerts; or absent */
	struct str notify; /* counts messages to it, but those that became part of another */
	size_t n;	   /* of so many the oldest ... */
	int64_t within;	   /* ... must be older than this */
};
/* Sets *at to when another one is allowed; `now` or earlier: at once. */
int store_pace_free(
	struct store *s, const struct store_pace *p, int64_t now, int64_t *at, struct err *e);
/* Counts the alert with that row. */
int store_pace_add(
	struct store *s, const struct store_pace *p, int64_t row, int64_t now, struct err *e);

#endif
