/* SPDX-License-Identifier: MIT */
/* The configuration in force: loaded at the start, replaced by a reload. */
#ifndef SERVE_CONFIGURATION_H
#define SERVE_CONFIGURATION_H

#include <stdint.h>

struct daemon;

/* 0, or -ERR_CONF: the errors have been printed on standard error. */
int configuration_load(struct daemon *d);

/*
 * Starts a reload on a thread of its own. During a reload another one is scheduled after it, since
 * the files may have changed after they were read. Returns the number that the reload will have in
 * d->loads; 0: no thread could be started, or the daemon is stopping.
 */
uint64_t configuration_reload(struct daemon *d);

/* Cancels a reload, frees all configurations; after the engine and the desk thread were freed. */
void configuration_release(struct daemon *d);

#endif
