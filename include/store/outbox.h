/* SPDX-License-Identifier: MIT */
/* What the courier reads of the outbox. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "store/store.h"

/*
 * Sets ids to the deliveries of one receiver that are due at `now`, in that order, at most max.
 * Only an index is read.
 */
int store_outbox_ids(struct store *s, struct str notify, int64_t now, int64_t *ids, size_t max,
	size_t *n, struct err *e);
/* Reads a delivery that is to be sent, in arena, without its notify and digest. */
struct store_outgoing {
	struct store_delivery d;
	int64_t alert;	   /* row */
	struct alert also; /* only also and n_also are set: what the message also names */
};
int store_delivery_get(struct store *s, int64_t id, struct arena *arena, struct store_outgoing *out,
	struct err *e);
/* Sets *yes if an earlier delivery waits of the alert with row tie, or of one that belongs to it.
 */
int store_delivery_is_tied(
	struct store *s, struct str notify, int64_t tie, int64_t id, bool *yes, struct err *e);
/* Reads the alert with that row, in arena; *tie is as in struct store_raise. */
int store_alert_get(struct store *s, int64_t row, struct arena *arena, struct alert *out,
	int64_t *tie, struct err *e);

#endif
