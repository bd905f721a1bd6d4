/* SPDX-License-Identifier: MIT */
/*
 * Admission of requests to peers (servers of feeds, receivers of alerts), so that slow peers cannot
 * take all slots. Their share is half of the slots; a peer is slow if it was slow before, or if its
 * request has lasted longer than LANES_QUICK_MS. Peers that answered quickly last time may take any
 * slot; others may start while the slow ones have less than their share. If more than that turn out
 * to be slow, others get slots in addition, up to half as many again.
 */
#ifndef ENGINE_LANES_H
#define ENGINE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define LANES_QUICK_MS 2000 /* from the start of a request to its end, whatever its result */

enum lane { LANE_QUICK, LANE_UNKNOWN, LANE_SLOW };

/* What is known of a peer, and its request while one runs; a member of its owner. */
struct lane_peer {
	unsigned doubt; /* 0: quick; 1: unknown, or about to be quick again; from 2: slow */
	bool running;
	bool slow; /* counted in lanes.slow */
	int64_t since;
	TAILQ_ENTRY(lane_peer) link;
};

TAILQ_HEAD(lane_peer_list, lane_peer);

struct lanes {
	size_t slots, taken, slow;
	struct lane_peer_list running; /* in the order of their start */
};

/* How many of n slots slow peers may take: half, but at least one. */
static inline size_t lanes_slow_share(size_t n)
{
	return (n + 1) / 2;
}

void lanes_init(struct lanes *l, size_t slots);
/* Also forgets what is known of the peer. Not while its request runs. */
void lanes_init_peer(struct lane_peer *p);
static inline enum lane lanes_of_peer(const struct lane_peer *p)
{
	return p->doubt < LANE_SLOW ? (enum lane)p->doubt : LANE_SLOW;
}

/* Requests that have slots in addition to those of lanes.slots. */
size_t lanes_extra(const struct lanes *l);
/* Whether a request to a peer that is quick, or is not, may start now. */
bool lanes_admit(struct lanes *l, bool quick, int64_t now);
/* When a running request will count as slow, which may admit another; INT64_MAX: none will. */
int64_t lanes_next_overdue(const struct lanes *l);
void lanes_enter(struct lanes *l, struct lane_peer *p, int64_t now);
/* The request has ended: how long it took becomes known of the peer. No effect if none runs. */
void lanes_leave(struct lanes *l, struct lane_peer *p, int64_t now);
/* The request was cancelled: nothing becomes known. */
void lanes_cancel(struct lanes *l, struct lane_peer *p);

#endif
