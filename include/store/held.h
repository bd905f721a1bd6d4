/* SPDX-License-Identifier: MIT */
/*
 * Deliveries that are held (STORE_HELD) until they are released, and what at-most counts. See
 * store.h for the errors.
 */
#ifndef STORE_HELD_H
#define STORE_HELD_H

#include "store/store.h"

/* What one receiver has in one group, due at one time. */
struct store_held {
	struct str notify, group;
	int64_t due_at;
};
/* All of them, ordered by receiver, in arena. */
int store_held_groups(
	struct store *s, struct arena *arena, struct store_held **out, size_t *n, struct err *e);
/* Sets *at to when the first of that group of a receiver is due; STAMP_NONE: it is empty. */
int store_held_due(
	struct store *s, struct str notify, struct str group, int64_t *at, struct err *e);
int store_held_move(struct store *s, const struct store_held *group, int64_t at, struct err *e);

/* Some of what is held for one receiver. */
struct store_held_choice {
	struct str notify;
	struct str group; /* absent: all */
	int64_t due_by;	  /* due then or earlier */
};
struct store_held_sum {
	size_t n;
	enum alert_priority rank; /* the most urgent; if n > 0 */
	int64_t alert;		  /* the row of one; if n > 0 */
};
int store_held_sum(struct store *s, const struct store_held_choice *c, struct store_held_sum *out,
	struct err *e);
/* They are due at `at` instead. */
int store_held_put_off(
	struct store *s, const struct store_held_choice *c, int64_t at, struct err *e);
/*
 * Calls fn with these alerts, and those of digests among them, in their short form, see struct
 * alert_digest, the watch with the most urgent one first. A title may be absent; the body is its
 * beginning then. The alert is valid during the callback; a result other than 0 ends the iteration
 * and is returned.
 */
typedef int store_held_fn(void *ctx, const struct alert *a);
int store_held_each(struct store *s, const struct store_held_choice *c, store_held_fn *fn,
	void *ctx, struct err *e);
/* Makes them pending, due at `now`, each by itself. */
int store_held_send(struct store *s, const struct store_held_choice *c, int64_t now, struct err *e);
/* The same for the held delivery of one alert to a receiver. */
int store_held_send_one(
	struct store *s, int64_t alert, struct str notify, int64_t now, struct err *e);
/*
 * Makes them, and what is part of them, part of the digest with that row, which must have a
 * delivery to the receiver.
 */
int store_held_join(
	struct store *s, const struct store_held_choice *c, int64_t digest, struct err *e);

/* --- quiet hours --- */

struct store_hours {
	struct str notify;
	enum alert_priority passes; /* this one and more urgent ones */
	int64_t until;
};
/*
 * Holds until their end what is pending, but for notices and what an operator asked to send. Makes
 * pending what they held and now passes; *n: how many.
 */
int store_hours_apply(
	struct store *s, const struct store_hours *h, int64_t now, size_t *n, struct err *e);
/* Holds until their end what was held for another reason and is due. */
int store_hours_put_off(struct store *s, const struct store_hours *h, int64_t now, struct err *e);

/* --- what waits too long for a receiver in trouble --- */

#define STORE_AWAY_GROUP STR("away") /* of the one message about it */

/* The receivers that take nothing now, see trouble/kinds.def; in arena. */
struct store_away_receiver {
	struct str name;
	int64_t since; /* wall ms */
};
int store_away_receivers(struct store *s, struct arena *arena, struct store_away_receiver **out,
	size_t *n, struct err *e);
/* The message about what waited for a receiver, while it waits itself. */
struct store_away {
	int64_t row, created; /* of its alert; row 0: there is none */
	int64_t id;	      /* of its delivery */
};
int store_away_find(struct store *s, struct str notify, struct store_away *out, struct err *e);
/*
 * Holds in STORE_AWAY_GROUP what is pending for the receiver and was due at `before` or earlier; no
 * notices of troubles. *n: how many; at most 10,000 are.
 */
int store_away_hold(struct store *s, struct str notify, int64_t before, size_t *n, struct err *e);
/* Holds what the message with that row is about there too, and deletes the message. */
int store_away_reopen(struct store *s, struct str notify, int64_t row, struct err *e);
/* Ends what store_away_hold() would hold, as expired. */
int store_away_expire(
	struct store *s, struct str notify, int64_t before, int64_t now, size_t *n, struct err *e);
/* Ends what is held: it is folded into the message with that row. */
int store_held_fold(struct store *s, const struct store_held_choice *c, int64_t row, int64_t now,
	struct err *e);

/* --- what was sent, for at-most --- */

struct store_pace {
	struct str watch;  /* counts its alerts; or absent */
	struct str notify; /* counts messages to it, but those that became part of another */
	size_t n;	   /* the limit ... */
	int64_t within;	   /* ... in any period of that length, ms */
};
/* Sets *at to when another one is allowed; `now` or earlier: at once. */
int store_pace_free(
	struct store *s, const struct store_pace *p, int64_t now, int64_t *at, struct err *e);
/* Counts the alert with that row. */
int store_pace_add(
	struct store *s, const struct store_pace *p, int64_t row, int64_t now, struct err *e);

#endif
