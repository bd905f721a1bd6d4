/* SPDX-License-Identifier: MIT */
/* What a poll shows of the health of its feed, beyond the state that the next poll needs. */
#ifndef DESK_HEALTH_H
#define DESK_HEALTH_H

#include "base/err.h"

struct ingest;

/*
 * Learns from a poll, after its items are stored and before the state of the feed is changed. 0 or
 * an error of the store.
 */
int health_learn(struct ingest *t, struct err *e);

#endif
