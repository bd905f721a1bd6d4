/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is: requests wait here, in order of arrival, until their host may be asked.
 *
 * A host is asked by at most per_host requests at once, no two of which start within gap_ms, and
 * not at all while it wants to be left alone (Retry-After).
 */
#ifndef ENGINE_HOSTS_H
#define ENGINE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "engine/due.h"

struct host;

enum host_seat_state {
	SEAT_OUT,
	SEAT_WAITING, /* in the host's line */
	SEAT_TAKEN,   /* counted as a request under way */
};

/* A place at a host; lives inside its owner. */
struct host_seat {
	enum host_seat_state state;
	struct host *host;
	void *owner;
	TAILQ_ENTRY(host_seat) link;
};

struct hosts {
	struct host *table;    /* by name */
	struct due_heap ready; /* hosts somebody waits for that have a free place */
	unsigned per_host;
	int64_t gap_ms;
};

void hosts_init(struct hosts *h);
void hosts_release(struct hosts *h); /* every seat must be out */
void hosts_limits(struct hosts *h, unsigned per_host, int64_t gap_ms);

/* Gets in line; first: before all others (a request that was redirected). 0 or -ERR_NOMEM. */
int hosts_wait(struct hosts *h, struct host_seat *s, const char *name, bool first, int64_t now);
/* The next seat that may be used now, or NULL; its place at the host is taken. */
struct host_seat *hosts_take(struct hosts *h, int64_t now);
/* When hosts_take will next have something, monotonic ms; INT64_MAX: not before a seat is left. */
int64_t hosts_next(const struct hosts *h);
/* Leaves, from any state. */
void hosts_leave(struct hosts *h, struct host_seat *s);
/* The host of this taken seat is not asked before `until`, monotonic ms. */
void hosts_block(struct hosts *h, const struct host_seat *s, int64_t until);
/* The same for a host that nobody may stand at. Out of memory: it is not kept. */
void hosts_rest(struct hosts *h, const char *name, int64_t until, int64_t now);
/* The first in line at the host of a taken seat, or NULL. */
struct host_seat *hosts_behind(const struct host_seat *s);
/* Forgets hosts that nobody needs. */
void hosts_sweep(struct hosts *h, int64_t now);

#endif
