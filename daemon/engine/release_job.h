/* SPDX-License-Identifier: MIT */
/*
 * Releases what is held and ends silences: a job when deliveries may have become held, and a timer
 * for the next time at which something is due.
 */
#ifndef ENGINE_RELEASE_JOB_H
#define ENGINE_RELEASE_JOB_H

#include "desk/desk.h"
#include "parts.h"

#define RELEASE_ARENA_MAX ((size_t)1024 * 1024)

struct release_job {
	/* set by the owner before start */
	struct engine_parts o;
	struct conf *conf; /* own reference */

	bool running;
	bool holds; /* some key of conf holds deliveries */
	bool again; /* poked while the job is out */
	struct timer_op *timer;
	struct job job;
	struct conf *job_conf; /* own reference; NULL: the job is not out */
	int64_t now;	       /* of the job: before the clock may be set again */
	struct desk_released done;
	bool asked;	     /* alerts wait for somebody */
	struct arena *arena; /* of the job */
	int rc;
	struct err error;
};

void release_job_start(struct release_job *r);
void release_job_reload(struct release_job *r, struct conf *conf);
void release_job_poke(struct release_job *r);	 /* the outbox may have new deliveries */
void release_job_check(struct release_job *r);	 /* times may have changed */
void release_job_stop(struct release_job *r);	 /* the job that is out still comes back */
void release_job_release(struct release_job *r); /* the job must have come back */

#endif
