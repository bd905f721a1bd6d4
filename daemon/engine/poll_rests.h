/* SPDX-License-Identifier: MIT */
/*
 * The hosts that asked for a pause in an earlier run. They are read before any feed is scheduled:
 * the feed that was told may be loaded long after another of the same host is polled.
 */
#ifndef ENGINE_POLL_RESTS_H
#define ENGINE_POLL_RESTS_H

#include "poll_feed.h"

struct poll_rests;

/* On the desk thread: reads them into the arena. 0, or the error of the store. */
int poll_rests_read(
	struct store *store, struct arena *arena, struct poll_rests **out, struct err *e);
/* Blocks a few more of the hosts; returns false after the last. NULL: there are none. */
bool poll_rests_apply(struct poller *p, struct poll_rests *r);

#endif
