/* SPDX-License-Identifier: MIT */
/*
 * Whether the wall clock can be believed. A machine without a battery may boot years away, and
 * retention would then delete the archive.
 *
 * Each answer with a Date header is the statement of one host. The clock is proven when the newest
 * statements of CLOCK_PROOF_NEEDED hosts agree with it, and more than disagree; it is wrong when
 * as many disagree, and more than agree. Undecided, the system's own time synchronisation counts.
 * The time is kept relative to clock_boot(), so that a step of the wall clock is noticed at once.
 */
#ifndef ENGINE_CLOCK_PROOF_H
#define ENGINE_CLOCK_PROOF_H

#include "feed/link.h"
#include "trouble/trouble.h"

#define CLOCK_PROOF_NEEDED 2
#define CLOCK_PROOF_HOSTS  16	      /* statements that are kept, the newest */
#define CLOCK_PROOF_MARGIN CLOCK_HOUR /* caches send old dates, servers are a little off */

struct clock_proof {
	struct troubles *troubles;
	struct clock_statement {
		char host[FEED_HOST_MAX];
		int64_t offset; /* wall time that it stated, less clock_boot() */
	} said[CLOCK_PROOF_HOSTS];
	size_t n, next; /* next: the oldest, to be replaced */
};

enum clock_verdict { CLOCK_UNPROVEN, CLOCK_PROVEN, CLOCK_WRONG };

/* A host that answered just now says that the wall time is `date`. */
void clock_proof_note(struct clock_proof *p, const char *host, int64_t date);
/*
 * Judges the clock as it is now, and begins or ends the troubles. wanted: something depends on it,
 * so that a clock that stays unproven is a trouble.
 */
enum clock_verdict clock_proof_judge(struct clock_proof *p, bool wanted);

#endif
