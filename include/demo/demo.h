/* SPDX-License-Identifier: MIT */
/*
 * The demo: made-up outlets publish feeds on a loopback port, the real daemon polls them in a child
 * process, and its signed webhooks come back here and are printed on standard output.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct demo_options {
	int64_t duration; /* ms; 0: until SIGINT or SIGTERM */
	bool color;	  /* escape sequences may be printed */
};

/*
 * Blocks until the demo ends. Its directory below /tmp is removed. On failure the daemon's log, if
 * it explains the failure, is printed on standard error. 0 or a negative error class.
 */
int demo_run(const struct demo_options *o, struct err *e);

#endif
