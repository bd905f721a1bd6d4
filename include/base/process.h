/* SPDX-License-Identifier: MIT */
/* What the system knows of this process. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/metrics.h"

/*
 * Sets the metrics of the process; what the system does not say stays absent. Reads /proc, which
 * takes a millisecond with some thousands of descriptors: not for the loop.
 */
void process_measure(struct metrics *m);

#endif
