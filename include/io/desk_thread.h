/* SPDX-License-Identifier: MIT */
/*
 * The desk thread: owner of the store and the desk, fed through a bounded mailbox. Jobs run and
 * come back to the loop in the order they were posted.
 */
#ifndef IO_DESK_THREAD_H
#define IO_DESK_THREAD_H

#include "io/loop.h"

struct desk_thread;

/*
 * Starts the thread, which opens the database at path; waits until it has. Errors are those of
 * store_open and desk_new.
 */
int desk_thread_new(struct desk_thread **out, struct loop *l, const char *path, struct err *e);

/*
 * Runs what is in the mailbox, closes the store, joins. Completions that have not come back to the
 * loop by then never will. NULL is fine.
 */
void desk_thread_free(struct desk_thread *t);

struct port_job desk_thread_port(struct desk_thread *t);

size_t desk_thread_waiting(struct desk_thread *t); /* posted, and not begun */
/* How long the job that runs now has been running, ms; 0: none does. For the watchdog. */
int64_t desk_thread_busy_ms(struct desk_thread *t);

#endif
