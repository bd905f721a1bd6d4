/* SPDX-License-Identifier: MIT */
/* Checks of a long run: what receivers got, what the database says, that nothing grows. */
#ifndef SOAK_AUDIT_H
#define SOAK_AUDIT_H

#include "soak/soak.h"

/*
 * After a start: what a receiver took although the database has it as pending, since the run before
 * ended before the answer was stored, may be received once more.
 */
void audit_allow_repeats(struct soak *s);
void audit_watch_sizes(struct soak *s); /* each hour */
void audit_end_day(struct soak *s);	/* prints a line */
void audit_end(struct soak *s);		/* before the last stop; prints TAP lines */

#endif
