/* SPDX-License-Identifier: MIT */
/*
 * Lines to standard error, without waiting for its reader. What it does not take at once is
 * kept, up to 256 KiB, and written by a thread that lives until all is written; further lines are
 * lost and counted.
 */
#ifndef BASE_LOG_OUTPUT_H
#define BASE_LOG_OUTPUT_H

#include <stdint.h>

#include "base/str.h"

/* Called on the thread when all is written, if lines were lost before that. */
typedef void log_output_lost_fn(uint64_t lines);

/* line ends with a newline. Thread-safe. */
void log_output_add(struct str line, log_output_lost_fn *on_lost);

#endif
