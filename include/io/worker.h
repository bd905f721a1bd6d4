/* SPDX-License-Identifier: MIT */
/* A thread that runs jobs in the order of posting, and returns each of them to the loop. */
#ifndef IO_WORKER_H
#define IO_WORKER_H

#include "io/loop.h"

struct worker;

/* Embedded in the object that is posted, so that posting allocates nothing and cannot fail. */
struct worker_job {
	void (*run)(void *arg); /* on the thread of the worker */
	loop_fn *done;		/* on the loop, in the order of posting; may free the job */
	loop_fn *drop;		/* instead of done, if the worker is freed first */
	void *arg;
	/* The following belong to worker.c. */
	struct loop_post back;
	STAILQ_ENTRY(worker_job) link;
	LIST_ENTRY(worker_job) posted_link;
};

struct worker *worker_new(struct loop *l); /* NULL: no memory, or no thread */
/* Runs the jobs in the queue, joins the thread, drops what is not done. NULL is fine. */
void worker_free(struct worker *w);
void worker_post(struct worker *w, struct worker_job *j);

size_t worker_waiting(struct worker *w); /* jobs posted and not started */
/* Returns how long the current job has been running, ms; 0: idle. */
int64_t worker_busy_ms(struct worker *w);

#endif
