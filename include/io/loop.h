/* SPDX-License-Identifier: MIT */
/*
 * The event loop, on top of libevent, which only loop.c and httpd*.c include. One loop runs on one
 * thread; only loop_post() may be called from other threads.
 *
 * The time of every callback is measured. `what` is a string literal that names the callback in
 * the metrics and the log. An object may be freed inside its own callback.
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
/* Returns 0 after loop_stop(), or -ERR_BUG if libevent fails or has no events left. */
int loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l); /* after the current callback */

/* --- timers, one shot --- */

/* Calls fn once after the delay. A delay <= 0 defers fn to the next turn of the loop. */
struct timer_op *loop_timer(
	struct loop *l, const char *what, int64_t delay_ms, loop_fn *fn, void *arg);
void loop_timer_cancel(struct timer_op *t); /* NULL is fine */
struct port_timer loop_timers(struct loop *l);

/* --- alarms: timers that are set many times without allocation --- */

struct loop_alarm;
struct loop_alarm *loop_alarm_new(struct loop *l, const char *what, loop_fn *fn, void *arg);
void loop_alarm_set(struct loop_alarm *a, int64_t delay_ms); /* replaces the previous delay */
void loop_alarm_clear(struct loop_alarm *a);
void loop_alarm_free(struct loop_alarm *a); /* NULL is fine */

/* --- descriptors --- */

enum loop_event { LOOP_NOTHING = 0, LOOP_READ = 1, LOOP_WRITE = 2, LOOP_BOTH = 3 };

struct loop_fd;
typedef void loop_fd_fn(void *arg, enum loop_event happened);
/* Watches no events yet. The caller owns fd and closes it after loop_fd_free(). */
struct loop_fd *loop_fd_new(struct loop *l, const char *what, int fd, loop_fd_fn *fn, void *arg);
/* Level-triggered. Returns 0, or -ERR_IO if epoll cannot watch the descriptor (a file). */
int loop_fd_watch(struct loop_fd *w, enum loop_event events);
void loop_fd_free(struct loop_fd *w); /* NULL is fine */

/* --- signals: until the loop is freed --- */

int loop_signal(struct loop *l, int signo, loop_fn *fn, void *arg);

/* --- from other threads --- */

/* Embedded in the object that is posted, so that loop_post() allocates nothing and cannot fail. */
struct loop_post {
	STAILQ_ENTRY(loop_post) link;
	loop_fn *fn; /* runs on the loop thread, in the order of posting */
	void *arg;
};
void loop_post(struct loop *l, struct loop_post *p);
/* Removes a post that has not run. */
void loop_unpost(struct loop *l, struct loop_post *p);

/* Adds the metrics of the loop to *out. */
void loop_metrics(const struct loop *l, struct metrics *out);

#endif
