/* SPDX-License-Identifier: MIT */
/* How long the callbacks of a loop take, and how late it is. Belongs to the thread of the loop. */
#ifndef IO_LOOP_METER_H
#define IO_LOOP_METER_H

#include "base/metrics.h"

struct loop_meter {
	struct metrics metrics;
	int64_t cpu_us, cpu_read_at; /* CPU time of the thread; monotonic us of that reading */
};

void loop_meter_init(struct loop_meter *m);
/* The calling thread runs the loop from now on. */
void loop_meter_start(struct loop_meter *m);
/* A callback ends now that began at since_us; `what` is static. Logs one that was very long. */
void loop_meter_count(struct loop_meter *m, const char *what, int64_t since_us);
/* The timer that fires once a second was late by us microseconds. */
void loop_meter_late(struct loop_meter *m, int64_t us);

#endif
