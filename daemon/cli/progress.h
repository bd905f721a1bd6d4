/* SPDX-License-Identifier: MIT */
/*
 * Progress of a long command: one line on a terminal, removed at the end. Nothing is shown in the
 * first two seconds, if standard error is not a terminal, if standard output is a pipe (a pager
 * would share the screen), or in the background.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "command.h"

struct progress {
	FILE *to;	       /* NULL: nothing is shown */
	int64_t started, next; /* monotonic ms; next: the earliest time to draw again */
	size_t drawn;	       /* characters on the line */
};

void progress_init(struct progress *p, const struct cli *cli);
void progress_start(struct progress *p, FILE *terminal);
/*
 * Draws the line if it is time to. `done` of `of` is the part that is done, in any unit; of 0: the
 * total is not known. Cheap enough to be called for each item.
 */
void progress_update(struct progress *p, uint64_t items, uint64_t done, uint64_t of);
/* Removes the line: before other output to the terminal, and at the end. */
void progress_clear(struct progress *p);

/* Columns of the terminal fd; 0: not known. */
size_t progress_columns(int fd);

#endif
