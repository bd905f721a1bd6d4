/* SPDX-License-Identifier: MIT */
/*
 * The desk thread: the job port. It owns the store and the desk, and runs jobs from a bounded
 * queue. Jobs run, and their callbacks run on the loop, in the order in which they were posted.
 */
#ifndef IO_DESK_THREAD_H
#define IO_DESK_THREAD_H

#include "io/loop.h"

struct desk_thread;

/*
 * Starts the thread and waits until it has opened the database at path. Returns 0, or the error of
 * store_open() or desk_new().
 */
int desk_thread_new(struct desk_thread **out, struct loop *l, const char *path, struct err *e);

/*
 * Runs the jobs in the queue, closes the store and joins the thread. Callbacks that have not run by
 * then are dropped. NULL is fine.
 */
void desk_thread_free(struct desk_thread *t);

struct port_job desk_thread_port(struct desk_thread *t);

size_t desk_thread_waiting(struct desk_thread *t); /* jobs posted and not started */
/* Returns how long the current job has been running, ms; 0: idle. For the watchdog. */
int64_t desk_thread_busy_ms(struct desk_thread *t);

#endif
