/* SPDX-License-Identifier: MIT */
/*
 * Whether a receiver works, as its answers say. Two clocks: a message that the receiver accepts
 * later has a schedule of its own; a receiver in trouble is probed, and no attempt counts then.
 */
#ifndef ENGINE_RECEIVER_H
#define ENGINE_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "marks.h"
#include "sink/sink.h"

#define RECEIVER_ANSWER_MAX  32
#define RECEIVER_PROBES_TOLD 3 /* failed ones, after which it is logged as failing */
#define RECEIVER_RING	     8
#define RECEIVER_ROW	     3 /* messages in a row with the same answer: a receiver in trouble */

/* The last deliveries of some kind, each once. */
struct receiver_ring {
	int64_t id[RECEIVER_RING];
	size_t n;
};

struct receiver {
	bool down;	     /* in trouble: one attempt at a time, which is a probe */
	bool gone;	     /* 410: not used until an operator acts, but for a probe a day */
	unsigned fails;	     /* in a row */
	int64_t since;	     /* monotonic: the first of them */
	int64_t probe_at;    /* a failure from then on counts as another probe */
	unsigned probes;     /* failed ones */
	unsigned same_probe; /* those in a row with the same delivery */
	int64_t last_probe;
	struct receiver_ring failed; /* with which it failed */
	struct receiver_ring tried;  /* probed in vain: every other probe is with another one */
	/* Messages in a row that were refused, or postponed, in the same words. */
	enum sink_verdict_kind same_kind;
	char same_answer[RECEIVER_ANSWER_MAX];
	int64_t same[RECEIVER_ROW - 1];
	size_t n_same;
	bool refusing; /* those are more than messages of their own can explain */
};

/*
 * Returns what an answer about delivery id means in the light of the earlier ones. The third
 * message in a row that is refused in the same words is the trouble of the receiver; m then revives
 * the first two. One that fails again although others were accepted is postponed.
 */
enum sink_verdict_kind receiver_weigh(
	struct receiver *r, int64_t id, const struct sink_verdict *v, struct mark *m);
/* It accepted a message; true if that ends a trouble. */
bool receiver_works(struct receiver *r);
/* The same for one that it refused or postponed: at least it answers. */
bool receiver_answers(struct receiver *r);
/*
 * It failed with delivery id, which waits for *rest. Returns how long all others wait: 0 for the
 * first failures in a row, since it may be the messages; from the third it is in trouble.
 */
int64_t receiver_fails(struct receiver *r, int64_t id, const struct sink_verdict *v, int64_t now,
	struct rng *rng, int64_t *rest);
/* The deliveries that the next probe is not to be made with, if there are others. */
const struct receiver_ring *receiver_avoids(const struct receiver *r);
/* An operator acted: as if nothing was known of it. True if it was in trouble. */
bool receiver_reset(struct receiver *r);

#endif
