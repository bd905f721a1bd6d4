/* SPDX-License-Identifier: MIT */
/*
 * Housekeeping between polls: old items go in small batches, so that no poll waits long behind
 * them, and the write-ahead log is moved into the database when nobody is at work.
 */
#include "engine/upkeep.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"

#define EXPIRE_EVERY	 CLOCK_HOUR
#define EXPIRE_FIRST	 (5 * CLOCK_MINUTE)
#define EXPIRE_BATCH	 ((size_t)200)
#define EXPIRE_PAUSE	 200
#define CHECKPOINT_EVERY (5 * CLOCK_MINUTE)
#define STEP_MIN	 CLOCK_MINUTE
#define STEP_DOUBT	 (7 * CLOCK_DAY)

static void on_timer(void *arg);

static void wait_for(struct upkeep *u, int64_t ms)
{
	const struct port_timer *port = &u->ports->timer;

	if (u->running && !u->timer)
		u->timer = port->start(port->ctx, ms, on_timer, u);
}

static void on_run(void *arg, struct desk *desk, struct store *store)
{
	struct upkeep *u = arg;

	(void)desk;
	u->more = false;
	u->rc = 0;
	if (u->expire)
		u->rc = store_expire(store, u->before, EXPIRE_BATCH, &u->more, &u->error);
	else
		u->rc = store_checkpoint(store, &u->error);
}

static void on_done(void *arg)
{
	struct upkeep *u = arg;

	if (u->rc == -ERR_IO && u->running) {
		struct err e = u->error;

		u->fatal(u->arg, &e);
		return;
	}
	if (u->rc != 0)
		log_debug("upkeep-failed", LOG_E(&u->error));
	if (u->expire && u->rc == 0 && !u->more)
		u->expire_at = clock_mono() + EXPIRE_EVERY;
	wait_for(u, u->more ? EXPIRE_PAUSE : CHECKPOINT_EVERY);
}

/*
 * A wall clock that was set forward by years must not throw the archive away: for a week after a
 * step, the earlier of the old reckoning and the new one counts.
 */
static int64_t believable_now(struct upkeep *u)
{
	int64_t wall = clock_wall(), mono = clock_mono();
	int64_t reckoned = u->wall_at + (mono - u->mono_at);

	if (wall - reckoned > -STEP_MIN && wall - reckoned < STEP_MIN) {
		u->wall_at = wall;
		u->mono_at = u->step_at = mono;
	} else if (mono - u->step_at > STEP_DOUBT) {
		u->wall_at = wall;
		u->mono_at = u->step_at = mono;
	}
	return wall < reckoned ? wall : reckoned;
}

static void on_timer(void *arg)
{
	struct upkeep *u = arg;
	int64_t now = believable_now(u);

	u->timer = NULL;
	u->sweep(u->arg);
	u->expire = u->retention > 0 && clock_mono() >= u->expire_at;
	if (!u->expire && !u->idle(u->arg)) {
		wait_for(u, CLOCK_SECOND);
		return;
	}
	u->before = now - u->retention;
	u->job = (struct job){.run = on_run, .done = on_done, .arg = u};
	jobs_post(u->jobs, &u->job);
}

void upkeep_start(struct upkeep *u)
{
	u->running = true;
	u->wall_at = clock_wall();
	u->mono_at = u->step_at = clock_mono();
	u->expire_at = u->mono_at + EXPIRE_FIRST;
	wait_for(u, CHECKPOINT_EVERY);
}

void upkeep_stop(struct upkeep *u)
{
	u->running = false;
	if (u->timer)
		u->ports->timer.cancel(u->ports->timer.ctx, u->timer);
	u->timer = NULL;
}
