/* SPDX-License-Identifier: MIT */
/*
 * Looks once a minute for feeds that answer and have nothing new for too long: silent by their own
 * rhythm, or stale. The desk finds them by an index; a later posting ends their troubles
 * (poll_log.c).
 */
#ifndef ENGINE_HEALTH_JOB_H
#define ENGINE_HEALTH_JOB_H

#include "base/arena.h"
#include "parts.h"
#include "store/health.h"

#define HEALTH_ARENA_MAX ((size_t)16 * 1024 * 1024)

struct health_found {
	struct store_overdue feed;
	enum trouble_kind kind;
	double a_day; /* usual number of items; 0: unknown */
};

struct health_job {
	/* set by the owner before start */
	struct engine_parts o;
	struct conf *conf;			    /* own reference */
	void (*silent)(void *arg, struct str feed); /* each time that one is found */
	void *arg;

	bool running;
	struct timer_op *timer;
	struct job job;
	bool job_out;
	struct arena *arena; /* of the job */
	int64_t now;
	struct health_found *found;
	size_t n, next; /* next: to be reported */
	int rc;
	struct err error;
};

void health_job_start(struct health_job *h);
void health_job_reload(struct health_job *h, struct conf *conf);
void health_job_stop(struct health_job *h);    /* the job that is out still comes back */
void health_job_release(struct health_job *h); /* the job must have come back */

#endif
