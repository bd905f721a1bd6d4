/* SPDX-License-Identifier: MIT */
/*
 * Work for the desk thread, posted in order. The mailbox there is bounded; what it refuses waits
 * here and is offered again, so that a post never fails for its owner.
 */
#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "engine/ports.h"

struct jobs;

/* Lives inside its owner and must stay where it is until done was called. */
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
	size_t open; /* posted or waiting: done is still to come */
	struct timer_op *timer;
	void (*settled)(void *arg); /* open became 0; may be NULL */
	void *arg;
};

void jobs_init(struct jobs *j, const struct ports *ports);
void jobs_post(struct jobs *j, struct job *job);
/* Forgets what still waits, without done: only for jobs whose owners are freed with the engine. */
void jobs_release(struct jobs *j);

#endif
