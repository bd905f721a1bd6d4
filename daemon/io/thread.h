/* SPDX-License-Identifier: MIT */
/*
 * The desk thread: owner of the store and the desk, fed through a bounded mailbox. Jobs run and
 * come back to the loop in the order they were posted.
 */
#ifndef IO_THREAD_H
#define IO_THREAD_H

#include "io/loop.h"

struct thread;

/*
 * Starts the thread, which opens the database at path; waits until it has. Errors are those of
 * store_open and desk_new.
 */
int thread_new(struct thread **out, struct loop *l, const char *path, struct err *e);

/*
 * Runs what is in the mailbox, closes the store, joins. Completions that have not come back to the
 * loop by then never will. NULL is fine.
 */
void thread_free(struct thread *t);

struct port_job thread_port(struct thread *t);

size_t thread_waiting(struct thread *t); /* posted, and not begun */
/* How long the job that runs now has been running, ms; 0: none does. For the watchdog. */
int64_t thread_busy_ms(struct thread *t);

#endif
