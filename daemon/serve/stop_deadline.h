/* SPDX-License-Identifier: MIT */
/*
 * Ends the process at a deadline, from a thread of its own: a stop must not hang even if the loop,
 * the desk thread, the disk or a name server does.
 */
#ifndef SERVE_STOP_DEADLINE_H
#define SERVE_STOP_DEADLINE_H

#include <stdint.h>

struct stop_deadline;

/* Logs and calls _exit(code) after ms, unless cancelled. NULL: no thread could be started. */
struct stop_deadline *stop_deadline_start(int64_t ms, int code);
void stop_deadline_cancel(struct stop_deadline *d); /* NULL is fine */

#endif
