/* SPDX-License-Identifier: MIT */
/*
 * Housekeeping between polls, one job at a time. Old items are deleted and new ones indexed in
 * small batches, so that no poll waits long for them; the write-ahead log is moved into the
 * database when the engine is idle. The index of the watches is rebuilt
 * here, because polls are taken in inside write transactions.
 */
#include "upkeep.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "desk/desk.h"
#include "store/archive.h"

#define EXPIRE_EVERY	 CLOCK_HOUR
#define EXPIRE_FIRST	 (5 * CLOCK_MINUTE)
#define EXPIRE_BATCH	 ((size_t)200)
#define EXPIRE_PAUSE	 200
#define CHECKPOINT_EVERY (5 * CLOCK_MINUTE)
#define INDEX_EVERY	 CLOCK_MINUTE
#define INDEX_PAUSE	 20
/* A daemon that is never at rest indexes all the same, now and then a batch. */
#define INDEX_BUSY	 (2 * CLOCK_SECOND)
#define INDEX_FINISH	 CLOCK_MINUTE
#define STEP_MIN	 CLOCK_MINUTE
#define STEP_DOUBT	 (7 * CLOCK_DAY)

static void on_timer(void *arg);
static void on_done(void *arg);

static void wait_for(struct upkeep *u, int64_t ms)
{
	const struct port_timer *port = &u->ports->timer;

	if (u->running && !u->timer)
		u->timer = port->start(port->ctx, ms, on_timer, u);
}

static void on_run(void *arg, struct desk *desk, struct store *store)
{
	struct upkeep *u = arg;

	u->more = false;
	u->rc = 0;
	switch (u->task) {
	case UPKEEP_LEARN: desk_learn(desk, u->job_conf); break;
	case UPKEEP_EXPIRE:
		u->rc = store_expire(store, u->before, EXPIRE_BATCH, &u->more, &u->error);
		break;
	case UPKEEP_CHECKPOINT: u->rc = store_checkpoint(store, &u->error); break;
	case UPKEEP_INDEX:
		desk_learn(desk, u->job_conf);
		u->rc = archive_index(store, &u->more, &u->error);
		break;
	}
}

/* When the task that was done just now is due again. */
static void plan(struct upkeep *u)
{
	int64_t now = clock_mono();

	switch (u->task) {
	case UPKEEP_LEARN: break;
	case UPKEEP_EXPIRE:
		u->expire_at = now;
		if (u->rc != 0)
			u->expire_at += CHECKPOINT_EVERY;
		else
			u->expire_at += u->more ? EXPIRE_PAUSE : EXPIRE_EVERY;
		break;
	case UPKEEP_CHECKPOINT: u->checkpoint_at = now + CHECKPOINT_EVERY; break;
	case UPKEEP_INDEX:
		u->index_at = now + INDEX_EVERY;
		if (u->rc == 0 && u->more)
			u->index_at = now + (u->idle(u->arg) ? INDEX_PAUSE : INDEX_BUSY);
		break;
	}
}

static void wait_for_next(struct upkeep *u)
{
	int64_t at = u->checkpoint_at < u->index_at ? u->checkpoint_at : u->index_at;
	int64_t now = clock_mono();

	if (u->conf->daemon.retention > 0 && u->expire_at < at)
		at = u->expire_at;
	wait_for(u, at > now ? at - now : 0);
}

static void post(struct upkeep *u, enum upkeep_task task)
{
	u->task = task;
	u->job_conf = conf_ref(u->conf);
	u->job = (struct job){.run = on_run, .done = on_done, .arg = u};
	jobs_post(u->jobs, &u->job);
}

static bool has_more(const struct upkeep *u)
{
	return u->rc == 0 && u->more && clock_mono() < u->finish_by;
}

static void on_done(void *arg)
{
	struct upkeep *u = arg;

	conf_unref(u->job_conf);
	u->job_conf = NULL;
	if (u->rc == -ERR_IO && u->running) {
		struct err e = u->error;

		u->fatal(u->arg, &e);
		return;
	}
	if (u->rc != 0)
		log_debug("upkeep-failed", LOG_E(&u->error));
	if (!u->finishing) {
		plan(u);
		wait_for_next(u);
	} else if (u->running && (u->task == UPKEEP_LEARN || has_more(u))) {
		post(u, UPKEEP_INDEX);
	} else {
		u->finished(u->arg);
	}
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

static bool is_due(const struct upkeep *u, int64_t now, enum upkeep_task *task)
{
	if (u->conf->daemon.retention > 0 && now >= u->expire_at)
		*task = UPKEEP_EXPIRE;
	else if (now >= u->index_at)
		*task = UPKEEP_INDEX;
	else if (now >= u->checkpoint_at)
		*task = UPKEEP_CHECKPOINT;
	else
		return false;
	return true;
}

static void on_timer(void *arg)
{
	struct upkeep *u = arg;
	int64_t wall = believable_now(u), now = clock_mono();

	u->timer = NULL;
	if (!is_due(u, now, &u->task)) {
		wait_for_next(u);
		return;
	}
	if (u->task == UPKEEP_CHECKPOINT) {
		u->sweep(u->arg);
		if (!u->idle(u->arg)) {
			wait_for(u, CLOCK_SECOND);
			return;
		}
	}
	u->before = wall - u->conf->daemon.retention;
	post(u, u->task);
}

static void cancel_timer(struct upkeep *u)
{
	if (u->timer)
		u->ports->timer.cancel(u->ports->timer.ctx, u->timer);
	u->timer = NULL;
}

void upkeep_start(struct upkeep *u, bool once)
{
	u->running = !once;
	u->wall_at = clock_wall();
	u->mono_at = u->step_at = clock_mono();
	u->expire_at = u->mono_at + EXPIRE_FIRST;
	u->checkpoint_at = u->mono_at + CHECKPOINT_EVERY;
	u->index_at = u->mono_at + INDEX_EVERY;
	post(u, UPKEEP_LEARN);
}

void upkeep_reload(struct upkeep *u, struct conf *conf)
{
	conf_unref(u->conf);
	u->conf = conf_ref(conf);
	if (u->timer) {
		cancel_timer(u);
		post(u, UPKEEP_LEARN);
	}
	/* Else a job is out; the next INDEX job will do. */
}

void upkeep_finish(struct upkeep *u)
{
	u->running = u->finishing = true;
	u->finish_by = clock_mono() + INDEX_FINISH;
	if (!u->job_conf)
		post(u, UPKEEP_INDEX);
}

void upkeep_stop(struct upkeep *u)
{
	u->running = false;
	cancel_timer(u);
}

void upkeep_release(struct upkeep *u)
{
	conf_unref(u->job_conf);
	conf_unref(u->conf);
	u->conf = u->job_conf = NULL;
}
