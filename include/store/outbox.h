/* SPDX-License-Identifier: MIT */
/* What the courier reads of the outbox and writes to it, besides store_delivery_update(). */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "store/store.h"

/*
 * Sets ids to the deliveries of one receiver that are due at `now`, in that order, at most max.
 * What is tied to an earlier alert (struct store_raise) is not among them before the earlier
 * deliveries of that alert are no longer pending.
 */
int store_outbox_ids(struct store *s, struct str notify, int64_t now, int64_t *ids, size_t max,
	size_t *n, struct err *e);
/* Reads a delivery that is to be sent, in arena, without its notify and digest. */
struct store_outgoing {
	struct store_delivery d;
	int64_t alert;	   /* row */
	struct alert also; /* only also and n_also are set: what the message also names */
	bool asks;	   /* acknowledgements are read from the message, see store/acks.h */
};
int store_delivery_get(struct store *s, int64_t id, struct arena *arena, struct store_outgoing *out,
	struct err *e);
/* Sets *yes if some that are due are tied, whether they still have to wait or not. */
int store_outbox_has_tied(
	struct store *s, struct str notify, int64_t now, bool *yes, struct err *e);
/* Of a message that was sent. */
struct store_receipt {
	struct str text; /* what the service calls it; absent: unknown */
	bool of_digest;	 /* the message is a digest */
};
/*
 * Sets *out, in arena, to that of the message by which the receiver got the alert with row tie.
 */
int store_delivery_receipt(struct store *s, struct str notify, int64_t tie, struct arena *arena,
	struct store_receipt *out, struct err *e);
/* That message is gone, or cannot be changed: it has no receipt any more. */
int store_delivery_forget_receipt(struct store *s, struct str notify, int64_t tie, struct err *e);
/* Reads the alert with that row, in arena; *tie is as in struct store_raise. */
int store_alert_get(struct store *s, int64_t row, struct arena *arena, struct alert *out,
	int64_t *tie, struct err *e);

/* Keeps it waiting until next_at, with the answer; not counted as an attempt. */
int store_delivery_defer(
	struct store *s, int64_t id, int64_t next_at, struct str answer, struct err *e);
/* One that is dead because of its answer waits again, due at `now`. */
int store_delivery_revive(struct store *s, int64_t id, int64_t now, struct err *e);
/* Sets the recipients that accepted it and are skipped by later attempts. */
int store_delivery_served(struct store *s, int64_t id, struct str served, struct err *e);
/* Adds a delivery of an alert that is stored, unless the receiver has one. */
struct store_addition {
	int64_t alert; /* row */
	struct str id;
	enum alert_priority priority;
	int64_t now;	   /* wall ms */
	int64_t tie;	   /* as in struct store_raise */
	int64_t escalated; /* as in struct store_delivery */
};
int store_delivery_add(struct store *s, const struct store_addition *a,
	const struct store_plan *plan, struct err *e);
/* Sets what the service calls the message, see struct sink_verdict. */
int store_delivery_set_receipt(struct store *s, int64_t id, struct str receipt, struct err *e);

/*
 * Sends a delivered message again at `at`, and then as often as store_repeat_move() is called, but
 * not from `until` on, and not once a withdrawal or an acknowledgement is tied to its alert.
 */
int store_repeat_add(struct store *s, int64_t delivery, int64_t at, int64_t until, struct err *e);
int store_repeat_move(struct store *s, int64_t delivery, int64_t at, struct err *e);
int store_repeat_drop(struct store *s, int64_t delivery, struct err *e);
/* As store_outbox_ids() and store_outbox_next(), of these messages. */
int store_repeat_ids(struct store *s, struct str notify, int64_t now, int64_t *ids, size_t max,
	size_t *n, struct err *e);
int store_repeat_next(struct store *s, struct str notify, int64_t now, int64_t *at, struct err *e);

/* How slow a receiver is, as in struct store_feed. */
int store_receiver_get(struct store *s, struct str notify, unsigned *slowness, struct err *e);
int store_receiver_put(struct store *s, struct str notify, unsigned slowness, struct err *e);

#endif
