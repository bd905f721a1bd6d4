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

/*
 * Blocks until the demo ends: after duration ms, 0: at SIGINT or SIGTERM. Its directory below /tmp
 * is removed. On failure the daemon's log, if it explains the failure, is printed on standard
 * error. color: escape sequences may be printed. 0 or a negative error class.
 */
int demo_run(bool color, int64_t duration, struct err *e);

#endif
