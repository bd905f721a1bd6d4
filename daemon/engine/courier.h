/* SPDX-License-Identifier: MIT */
/*
 * The courier sends the pending deliveries of the outbox. Each receiver (notify block) has a
 * delivery queue of its own, so that one that hangs or fails does not delay the others. A queue has
 * up to `window` deliveries of its sink in flight, that is sent and not yet stored as such: a crash
 * leads to at most one repeat of each, with the same id, by which the receiver can drop it.
 */
#ifndef ENGINE_COURIER_H
#define ENGINE_COURIER_H

#include "parts.h"

struct courier;

/* Takes a reference to conf of its own. Returns NULL if out of memory. */
struct courier *courier_new(const struct engine_parts *o, struct conf *conf);
void courier_start(struct courier *c);
void courier_reload(struct courier *c, struct conf *conf);
void courier_poke(struct courier *c);			  /* the outbox may have new deliveries */
bool courier_retry(struct courier *c, struct str notify); /* see engine_retry */
/* See engine_sending. */
size_t courier_sending(const struct courier *c, int64_t *ids, size_t max);
/* A job shifts the times of what waits if the clock was set; before any later job looks at them. */
void courier_check_clock(struct courier *c);
void courier_check_orphans(struct courier *c); /* some may have been dropped */
void courier_finish(
	struct courier *c); /* once: no delivery will be added; the done callback follows */
/* Cancels attempts in flight and starts no further ones. Results are still stored. */
void courier_stop(struct courier *c);
void courier_free(struct courier *c); /* the caller ensures that no job is pending; NULL is fine */
bool courier_idle(const struct courier *c); /* nothing is under way, but for slow attempts */
void courier_set_gauges(const struct courier *c, struct metrics *out);

#endif
