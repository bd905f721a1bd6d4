/* SPDX-License-Identifier: MIT */
/*
 * Reports when the network of this machine comes back, and when the machine has been suspended, so
 * that polls continue at once.
 *
 * Addresses and routes come by rtnetlink(7). Where it is not available, only suspends are noticed.
 */
#ifndef IO_NETWORK_WATCH_H
#define IO_NETWORK_WATCH_H

#include "io/loop.h"

struct network_watch;

struct network_watch_events {
	/* An address or a route was added; once for changes of the same second. */
	void (*changed)(void *arg);
	/*
	 * After a suspend of slept_ms, which clock_mono() did not count; 0: the process was
	 * stopped, or did not run for another reason.
	 */
	void (*resumed)(void *arg, int64_t slept_ms);
	void *arg;
};

/* Copies events. NULL: out of memory. */
struct network_watch *network_watch_new(struct loop *l, const struct network_watch_events *events);
void network_watch_free(struct network_watch *w); /* NULL is fine */

#endif
