/* SPDX-License-Identifier: MIT */
/*
 * The end of the process at a set time, from a thread of its own: for a stop that must not hang
 * whatever the loop, the desk, the disk or a name server are doing.
 */
#ifndef IO_DEADLINE_H
#define IO_DEADLINE_H

#include <stdint.h>

struct deadline;

/* After ms: logs, and _exit(code). NULL: no thread could be started. */
struct deadline *deadline_start(int64_t ms, int code);
void deadline_cancel(struct deadline *d); /* NULL is fine */

#endif
