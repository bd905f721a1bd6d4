/* SPDX-License-Identifier: MIT */
#include "lib/scratch_state.h"

#include "watch/scratch.h"

struct scratch_state scratch_state_of(const struct watch_scratch *s)
{
	return (struct scratch_state){
		.items = s->statistics.items,
		.pool_steps = s->budget.pool.steps,
		.rebuilt = s->statistics.learnt.starts != NULL,
		.due = watch_statistics_due(&s->statistics),
	};
}
