/* SPDX-License-Identifier: MIT */
/* Counters of a scratch, for tests of rooms that cannot see inside it. */
#ifndef LIB_SCRATCH_STATE_H
#define LIB_SCRATCH_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "watch/watch.h"

struct scratch_state {
	uint64_t items;	     /* read */
	uint64_t pool_steps; /* left in the pool that all watches share */
	bool rebuilt;	     /* the index was rebuilt from counts */
	bool due;	     /* a rebuild is due */
};

struct scratch_state scratch_state_of(const struct watch_scratch *s);

#endif
