/* SPDX-License-Identifier: MIT */
/*
 * The event loop: all of libevent stands behind this file and loop.c. One loop, one thread; only
 * loop_post() may be called from elsewhere.
 *
 * Every callback is timed. A name ("what") is a literal that says in the statistics who held the
 * loop. An object may be freed inside its own callback.
 */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/metrics.h"
#include "engine/ports.h"

struct loop;
typedef void loop_fn(void *arg);

struct loop *loop_new(void); /* NULL: no memory, no descriptor */
void loop_free(struct loop *l);
/* Until loop_stop(). 0, or -ERR_BUG when nothing can ever happen any more. */
int loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l); /* after the callback that runs now */

/* --- timers, one shot --- */

/* Delays under 0 count as 0. A delay of 0 is how to defer: fn runs from the loop, soon. */
struct timer_op *loop_timer(
	struct loop *l, const char *what, int64_t delay_ms, loop_fn *fn, void *arg);
void loop_timer_cancel(struct timer_op *t); /* NULL is fine */
struct port_timer loop_timers(struct loop *l);

/* --- an alarm that is set anew again and again without allocation --- */

struct loop_alarm;
struct loop_alarm *loop_alarm_new(struct loop *l, const char *what, loop_fn *fn, void *arg);
void loop_alarm_set(struct loop_alarm *a, int64_t delay_ms); /* replaces what was set */
void loop_alarm_clear(struct loop_alarm *a);
void loop_alarm_free(struct loop_alarm *a); /* NULL is fine */

/* --- descriptors --- */

enum loop_event { LOOP_NOTHING = 0, LOOP_READ = 1, LOOP_WRITE = 2, LOOP_BOTH = 3 };

struct loop_fd;
typedef void loop_fd_fn(void *arg, enum loop_event happened);
/* Watches nothing yet. The descriptor stays the caller's and is closed after loop_fd_free(). */
struct loop_fd *loop_fd_new(struct loop *l, const char *what, int fd, loop_fd_fn *fn, void *arg);
/* Level-triggered, until changed. 0, or -ERR_IO where this descriptor cannot be watched (a file).
 */
int loop_fd_watch(struct loop_fd *w, enum loop_event events);
void loop_fd_free(struct loop_fd *w); /* NULL is fine */

/* --- signals: for the life of the loop --- */

int loop_signal(struct loop *l, int signo, loop_fn *fn, void *arg);

/* --- from other threads --- */

/* Embedded in what is handed over, so that handing over cannot fail. */
struct loop_post {
	STAILQ_ENTRY(loop_post) link;
	loop_fn *fn; /* runs on the loop thread, in the order of posting */
	void *arg;
};
void loop_post(struct loop *l, struct loop_post *p);
/* Takes back what was posted and has not run. */
void loop_unpost(struct loop *l, struct loop_post *p);

/* Adds the metrics of the loop to *out. */
void loop_metrics(const struct loop *l, struct metrics *out);

#endif
