/* SPDX-License-Identifier: MIT */
/* Start of a program of the operator's that inherits nothing of this process. */
#ifndef IO_PROGRAM_H
#define IO_PROGRAM_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct program {
	pid_t pid;  /* also its process group */
	int pidfd;  /* readable once it has ended */
	int errors; /* its standard error, non-blocking */
};

/*
 * Starts argv[0], a path, with input as its standard input: a file in memory, so that a program
 * which does not read it holds up nothing. Its standard output is discarded. It has no other
 * descriptors, a fixed environment, default signals, the directory / and a process group of its
 * own. Blocks until the program is loaded: not for the loop thread.
 *
 * Returns 0, and the caller closes both descriptors; or a negative class.
 */
int program_start(char *const argv[], const struct buf *input, struct program *out, struct err *e);
/* Kills the process group. Only before its leader was waited for. */
void program_kill(const struct program *c);

#endif
