/* SPDX-License-Identifier: MIT */
/*
 * Housekeeping between polls, one job at a time. Old items are deleted and new ones indexed in
 * small batches, so that no poll waits long for them; the write-ahead log is moved into the
 * database when the engine is idle. The index of the watches is rebuilt here, because polls are
 * ingested inside write transactions.
 */
#include "upkeep.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "desk/desk.h"
#include "store/archive.h"

#define EXPIRE_EVERY	 CLOCK_HOUR
#define EXPIRE_FIRST	 (5 * CLOCK_MINUTE)
#define EXPIRE_DOUBT	 CLOCK_MINUTE
#define EXPIRE_BATCH	 ((size_t)200)
#define EXPIRE_PAUSE	 200
#define CHECKPOINT_EVERY (5 * CLOCK_MINUTE)
#define INDEX_EVERY	 CLOCK_MINUTE
#define INDEX_PAUSE	 20
#define INDEX_BUSY	 250 /* between batches while the engine is never idle */
#define INDEX_FINISH	 CLOCK_MINUTE
#define STORIES_STEP	 30 /* ms of work, while what stories are known is rebuilt */
#define STORIES_PAUSE	 10
#define STORIES_ONCE	 CLOCK_MINUTE

static void upkeep_on_timer(void *arg);
static void upkeep_done(void *arg);

static void upkeep_wait(struct upkeep *u, int64_t ms)
{
	const struct port_timer *port = &u->o.ports->timer;

	if (u->running && !u->timer)
		u->timer = port->start(port->ctx, ms, upkeep_on_timer, u);
}

static void upkeep_run(void *arg, struct desk *desk, struct store *store)
{
	struct upkeep *u = arg;

	u->more = false;
	u->rc = 0;
	switch (u->task) {
	case UPKEEP_LEARN:
		desk_learn(desk, u->job_conf);
		u->more_stories = desk_story_fill(
			desk, u->job_conf, u->o.once ? STORIES_ONCE : STORIES_STEP, &u->error);
		break;
	case UPKEEP_STORIES:
		u->more_stories = desk_story_fill(desk, u->job_conf, STORIES_STEP, &u->error);
		break;
	case UPKEEP_EXPIRE:
		u->rc = store_expire(store, u->before, EXPIRE_BATCH, &u->more, &u->error);
		break;
	case UPKEEP_CHECKPOINT: u->rc = store_checkpoint(store, &u->error); break;
	case UPKEEP_INDEX:
		desk_learn(desk, u->job_conf);
		u->more_stories = desk_story_fill(desk, u->job_conf, STORIES_STEP, &u->error);
		u->rc = archive_index(store, &u->more, &u->error);
		break;
	}
}

/* Sets the time at which the task that ended is due again. */
static void upkeep_plan(struct upkeep *u)
{
	int64_t now = clock_mono();

	u->stories_at = now + STORIES_PAUSE;
	switch (u->task) {
	case UPKEEP_LEARN:
	case UPKEEP_STORIES: break;
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
			u->index_at = now + (u->o.idle(u->o.arg) ? INDEX_PAUSE : INDEX_BUSY);
		break;
	}
}

static void upkeep_wait_for_next(struct upkeep *u)
{
	int64_t at = u->checkpoint_at < u->index_at ? u->checkpoint_at : u->index_at;
	int64_t now = clock_mono();

	if (u->conf->daemon.retention > 0 && u->expire_at < at)
		at = u->expire_at;
	if (u->more_stories && u->stories_at < at)
		at = u->stories_at;
	upkeep_wait(u, at > now ? at - now : 0);
}

static void upkeep_post(struct upkeep *u, enum upkeep_task task)
{
	u->task = task;
	u->job_conf = conf_ref(u->conf);
	u->job = (struct job){.run = upkeep_run, .done = upkeep_done, .arg = u};
	jobs_post(u->o.jobs, &u->job);
}

static bool upkeep_has_more(const struct upkeep *u)
{
	return u->rc == 0 && u->more && clock_mono() < u->finish_by;
}

static void upkeep_done(void *arg)
{
	struct upkeep *u = arg;

	conf_unref(u->job_conf);
	u->job_conf = NULL;
	if (u->rc == -ERR_IO && u->running) {
		struct err e = u->error;

		u->o.fatal(u->o.arg, &e);
		return;
	}
	if (u->rc != 0)
		log_debug("upkeep-failed", LOG_E(&u->error));
	if (!u->finishing) {
		upkeep_plan(u);
		upkeep_wait_for_next(u);
	} else if (u->running && (u->task == UPKEEP_LEARN || upkeep_has_more(u))) {
		upkeep_post(u, UPKEEP_INDEX);
	} else {
		u->o.finished(u->o.arg);
	}
}

static bool upkeep_is_due(const struct upkeep *u, int64_t now, enum upkeep_task *task)
{
	if (u->conf->daemon.retention > 0 && now >= u->expire_at)
		*task = UPKEEP_EXPIRE;
	else if (u->more_stories && now >= u->stories_at)
		*task = UPKEEP_STORIES;
	else if (now >= u->index_at)
		*task = UPKEEP_INDEX;
	else if (now >= u->checkpoint_at)
		*task = UPKEEP_CHECKPOINT;
	else
		return false;
	return true;
}

/* At least once a minute. */
static void upkeep_check_log(struct upkeep *u)
{
	uint64_t lost = log_lines_lost();

	if (lost > u->log_lost)
		trouble_begin(u->o.troubles, TROUBLE_LOG_LINES_LOST, STR_NONE, STR_NONE);
	u->log_lost = lost;
}

static void upkeep_on_timer(void *arg)
{
	struct upkeep *u = arg;
	bool expires = u->conf->daemon.retention > 0;
	enum clock_verdict clock = clock_proof_judge(u->o.clock, expires);
	int64_t now = clock_mono();

	u->timer = NULL;
	if (clock != CLOCK_PROVEN && now >= u->expire_at)
		u->expire_at = now + EXPIRE_DOUBT; /* by a wrong clock everything is old */
	upkeep_check_log(u);
	if (!upkeep_is_due(u, now, &u->task)) {
		upkeep_wait_for_next(u);
		return;
	}
	if (u->task == UPKEEP_CHECKPOINT) {
		if (!u->o.idle(u->o.arg)) {
			upkeep_wait(u, CLOCK_SECOND);
			return;
		}
	}
	u->before = clock_wall() - u->conf->daemon.retention;
	upkeep_post(u, u->task);
}

void upkeep_start(struct upkeep *u)
{
	int64_t now = clock_mono();

	u->running = !u->o.once;
	u->expire_at = now + EXPIRE_FIRST;
	u->checkpoint_at = now + CHECKPOINT_EVERY;
	u->index_at = now + INDEX_EVERY;
	upkeep_post(u, UPKEEP_LEARN);
}

void upkeep_reload(struct upkeep *u, struct conf *conf)
{
	conf_unref(u->conf);
	u->conf = conf_ref(conf);
	if (u->timer) {
		port_timer_stop(&u->o.ports->timer, &u->timer);
		upkeep_post(u, UPKEEP_LEARN);
	}
	/* Else a job is out; the next INDEX job will do. */
}

void upkeep_finish(struct upkeep *u)
{
	u->running = u->finishing = true;
	u->finish_by = clock_mono() + INDEX_FINISH;
	if (!u->job_conf)
		upkeep_post(u, UPKEEP_INDEX);
}

void upkeep_stop(struct upkeep *u)
{
	u->running = false;
	port_timer_stop(&u->o.ports->timer, &u->timer);
}

void upkeep_release(struct upkeep *u)
{
	conf_unref(u->job_conf);
	conf_unref(u->conf);
	u->conf = u->job_conf = NULL;
}
