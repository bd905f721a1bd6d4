/* SPDX-License-Identifier: MIT */
/*
 * The desk thread: the job port, with a bounded queue, and the secret port, because the loop must
 * not wait for files. It owns the store and the desk. Jobs run, and their callbacks run on the
 * loop, in the order in which they were posted.
 */
#ifndef IO_DESK_THREAD_H
#define IO_DESK_THREAD_H

#include "io/loop.h"

struct desk_thread;

/*
 * Opens the database at path and starts the thread. Returns 0, or the error of store_open() or
 * desk_new().
 */
int desk_thread_new(struct desk_thread **out, struct loop *l, const char *path, struct err *e);

/*
 * Runs the jobs in the queue, joins the thread and closes the store. Callbacks that have not run by
 * then are dropped, and credentials wiped. NULL is fine.
 */
void desk_thread_free(struct desk_thread *t);

struct port_job desk_thread_port(struct desk_thread *t);
struct port_secret desk_thread_secrets(struct desk_thread *t);

size_t desk_thread_waiting(struct desk_thread *t); /* jobs posted and not started */
/* Returns how long the current job has been running, ms; 0: idle. For the watchdog. */
int64_t desk_thread_busy_ms(struct desk_thread *t);

#endif
