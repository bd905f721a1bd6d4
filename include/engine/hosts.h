/* SPDX-License-Identifier: MIT */
/*
 * Requests wait here in a queue for each host until they may start.
 *
 * A host gets at most per_host requests at once, which start at least gap_ms apart, and none before
 * the time that its Retry-After asked for. Feeds that are not known to answer quickly
 * (engine/lanes.h) have a queue of their own; slow ones get at most half of the requests of their
 * host.
 */
#ifndef ENGINE_HOSTS_H
#define ENGINE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "engine/due.h"
#include "engine/lanes.h"

struct host;

enum host_slot_state {
	HOST_SLOT_NONE,
	HOST_SLOT_QUEUED, /* in the queue of the host */
	HOST_SLOT_ACTIVE, /* counted as a running request */
};

/* A request at its host; a member of its owner. */
struct host_slot {
	enum host_slot_state state;
	struct host *host;
	void *owner;
	enum lane lane; /* set by the owner before hosts_enqueue */
	int64_t since;	/* when it was queued */
	TAILQ_ENTRY(host_slot) link;
};

#define HOSTS_PARTS 64

struct hosts {
	struct host *parts[HOSTS_PARTS]; /* hash tables by name */
	size_t n;			 /* hosts in it */
	struct host *sweep;	  /* the next to be freed if it is idle; NULL: of the next part */
	unsigned sweep_part;	  /* in which sweep is */
	LIST_HEAD(, host) active; /* hosts with running requests */
	struct due_heap ready[LANES]; /* hosts with such a queue whose next request may start */
	unsigned per_host;
	int64_t gap_ms;
};

void hosts_init(struct hosts *h);
void hosts_release(struct hosts *h); /* all slots are invalid afterwards */
void hosts_set_limits(struct hosts *h, unsigned per_host, int64_t gap_ms);

/*
 * Appends the slot to the queue of that host; first: inserts it at the head (after a redirect). 0
 * or -ERR_NOMEM. Also frees two other hosts if they are idle: have no requests and are not blocked.
 */
int hosts_enqueue(struct hosts *h, struct host_slot *s, const char *name, bool first, int64_t now);
/*
 * Removes the next slot that may start now from its queue and makes it active; NULL: none. slow:
 * slow ones may. Unknown ones come after quick ones, and so do slow ones for some seconds.
 */
struct host_slot *hosts_take_ready(struct hosts *h, int64_t now, bool slow);
/* Monotonic ms at which hosts_take_ready returns a slot; INT64_MAX: not before one is left. */
int64_t hosts_next_ready(const struct hosts *h, bool slow);
/* Leaves the queue, or ends the request. Any state is allowed. */
void hosts_leave(struct hosts *h, struct host_slot *s);
/* No request to the host of this slot starts before `until`, monotonic ms. */
void hosts_block(struct hosts *h, const struct host_slot *s, int64_t until);
/* The same by name. Has no effect if memory is out. */
void hosts_block_name(struct hosts *h, const char *name, int64_t until, int64_t now);
/* Until when a Retry-After blocks that host, monotonic ms; 0: it does not. */
int64_t hosts_blocked_until(const struct hosts *h, const char *name, int64_t now);
/* The next in the queues at the host of a slot; NULL: all are empty. */
struct host_slot *hosts_first_queued(const struct host_slot *s);
/* All times come earlier by ms, after a suspend. */
void hosts_shift(struct hosts *h, int64_t ms);

#endif
