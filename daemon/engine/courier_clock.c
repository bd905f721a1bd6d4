/* SPDX-License-Identifier: MIT */
/* Steps of the wall clock: the outbox stores wall times. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "delivery_queue.h"

#define CLOCK_STEP_MIN (2 * CLOCK_SECOND)

struct clock_step {
	int64_t ms, now;
	struct job job;
};

static void clock_step_run(void *arg, struct desk *desk, struct store *store)
{
	const struct clock_step *s = arg;
	struct err e;

	(void)desk;
	if (store_outbox_shift(store, s->ms, s->now, &e) != 0)
		log_warn("clock-step-failed", LOG_E(&e),
			LOG_S("state", "deliveries may be early or late"));
}

/*
 * The outbox stores wall times. When the clock is set, a job shifts those of waiting deliveries by
 * the same amount; it runs before any later query, so that none waits for years or is sent early.
 * Results that no job has yet are shifted here.
 * A suspend shifts nothing: its time counts.
 */
void courier_check_clock(struct courier *c)
{
	int64_t offset = clock_wall() - clock_boot();
	int64_t ms = offset - c->clock_offset;
	struct clock_step *s;

	if (ms > -CLOCK_STEP_MIN && ms < CLOCK_STEP_MIN)
		return;
	s = calloc(1, sizeof(*s));
	if (!s)
		return; /* out of memory: the next check retries */
	c->clock_offset = offset;
	log_notice("clock-stepped", LOG_I("s", ms / 1000));
	s->ms = ms;
	s->now = clock_wall();
	s->job = (struct job){.run = clock_step_run, .done = free, .arg = s};
	jobs_post(c->o.jobs, &s->job);
	marks_shift(c->o.marks, ms);
}
