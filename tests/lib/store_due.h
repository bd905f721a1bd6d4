/* SPDX-License-Identifier: MIT */
/* What is due, with its alerts: read as the courier reads it, one after the other. */
#ifndef LIB_STORE_DUE_H
#define LIB_STORE_DUE_H

#include "store/store.h"

/*
 * Returns the deliveries of one receiver (of all if notify is absent) that are due at `now`, at
 * most limit, each with its alert, in arena, or as many as fit there. The most urgent come first,
 * then the oldest; those that are tied to others are among them.
 */
int store_outbox_due(struct store *s, struct str notify, int64_t now, size_t limit,
	struct arena *arena, struct store_due **out, size_t *n, struct err *e);

#endif
