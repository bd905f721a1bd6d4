/* SPDX-License-Identifier: MIT */
/*
 * How far a command is that takes its time: one line of a terminal, which goes away. It is for who
 * waits: nothing is shown for the first two seconds, nor where standard error is no terminal, nor
 * where standard output goes into a pipe (a pager would share the screen), nor in the background.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "command.h"

struct progress {
	FILE *to;	       /* NULL: nothing is shown */
	int64_t started, next; /* monotonic milliseconds; next: when it may be drawn */
	size_t drawn;	       /* letters that stand on the line */
};

void progress_init(struct progress *p, const struct cli *cli);
void progress_start(struct progress *p, FILE *terminal);
/*
 * So many items were looked at; `done` of `of` tells how much of all that is, in any unit. of 0: it
 * is not known how much there is. May be called for each item.
 */
void progress_at(struct progress *p, uint64_t items, uint64_t done, uint64_t of);
/* Takes the line away: before anything else is written to the terminal, and in the end. */
void progress_clear(struct progress *p);

#endif
