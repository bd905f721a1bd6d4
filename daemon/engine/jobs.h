/* SPDX-License-Identifier: MIT */
/*
 * Jobs for the desk thread, in order. Its mailbox is bounded; jobs that it refuses wait in a queue
 * here and are posted later, so jobs_post cannot fail.
 */
#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "engine/ports.h"

struct jobs;

/* A member of its owner; must not move or be freed until done is called. */
struct job {
	job_run_fn *run; /* on the desk thread, with arg */
	job_done_fn
		*done; /* on the loop thread, with arg; may post the same job again, or free it */
	void *arg;
	struct jobs *jobs;
	STAILQ_ENTRY(job) next;
};

STAILQ_HEAD(job_list, job);

struct jobs {
	const struct ports *ports;
	struct job_list waiting;
	size_t open; /* jobs whose done was not called yet */
	struct timer_op *timer;
	void (*settled)(void *arg); /* called when open becomes 0; may be NULL */
	void *arg;
};

void jobs_init(struct jobs *j, const struct ports *ports);
void jobs_post(struct jobs *j, struct job *job);
/* Drops the waiting jobs without calling done; their owners are freed with the engine. */
void jobs_release(struct jobs *j);

#endif
