/* SPDX-License-Identifier: MIT */
/*
 * Admission of requests to peers (servers of feeds, receivers of alerts), so that slow peers cannot
 * take all slots: their share is half of them. A peer is slow if it was slow before, or if its
 * request has lasted longer than LANES_QUICK_MS. Peers that answered quickly last time, and unknown
 * ones, may take any free slot; those that turn out to be slow are late. If late requests take more
 * than is left of the share, the caller can cancel them in favour of those that wait.
 */
#ifndef ENGINE_LANES_H
#define ENGINE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define LANES	       3
#define LANES_QUICK_MS 2000 /* from the start of a request to its end, whatever its result */

enum lane { LANE_QUICK, LANE_UNKNOWN, LANE_SLOW };

/* What is known of a peer, and its request while one runs; a member of its owner. */
struct lane_peer {
	/* 0: quick; 1: unknown, or about to be quick again; from 2: slow. Stored. */
	unsigned doubt;
	bool running;
	bool slow; /* counted in lanes.slow */
	bool late; /* in lanes.late */
	void *owner;
	int64_t since;
	TAILQ_ENTRY(lane_peer) link;
};

TAILQ_HEAD(lane_peer_list, lane_peer);

struct lanes {
	size_t slots, taken, slow;
	struct lane_peer_list running; /* neither slow nor late; in the order of their start */
	struct lane_peer_list late;    /* the longest first */
};

/* How many of n slots slow peers may take: half, but at least one. */
static inline size_t lanes_slow_share(size_t n)
{
	return (n + 1) / 2;
}

void lanes_init(struct lanes *l, size_t slots);
/* Also forgets what is known of the peer. Not while its request runs. */
void lanes_init_peer(struct lane_peer *p);
/* doubt: as an earlier run has stored it. */
void lanes_restore_peer(struct lane_peer *p, unsigned doubt);
static inline enum lane lanes_of_peer(const struct lane_peer *p)
{
	return p->doubt < LANE_SLOW ? (enum lane)p->doubt : LANE_SLOW;
}

/* Whether a request to a peer in that lane may start now. */
bool lanes_admit(struct lanes *l, enum lane lane, int64_t now);
/* The request to cancel when one that is not slow waits; NULL: none. After lanes_admit. */
struct lane_peer *lanes_first_late(const struct lanes *l);
/* When the next running request will be late; INT64_MAX: none will. */
int64_t lanes_next_overdue(const struct lanes *l);
void lanes_enter(struct lanes *l, struct lane_peer *p, int64_t now);
/* The request has ended: how long it took becomes known of the peer. No effect if none runs. */
void lanes_leave(struct lanes *l, struct lane_peer *p, int64_t now);
/* The request was cancelled: nothing becomes known. */
void lanes_cancel(struct lanes *l, struct lane_peer *p);

#endif
