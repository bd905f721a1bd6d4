/* SPDX-License-Identifier: MIT */
/* Start of a thread that leaves signals to the loop. */
#ifndef IO_THREAD_H
#define IO_THREAD_H

#include <pthread.h>
#include <stddef.h>

/*
 * Runs run(arg) on a new thread with all signals blocked, so that only the loop thread receives
 * them. stack_bytes 0: the default of the system. Returns 0, or an errno value as pthread_create.
 */
int thread_start(pthread_t *id, size_t stack_bytes, void *(*run)(void *), void *arg);

#endif
