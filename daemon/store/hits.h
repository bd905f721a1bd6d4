/* SPDX-License-Identifier: MIT */
/* Hits of an alert as a JSON text: [[field, offset, length, text, term], …] */
#ifndef STORE_HITS_H
#define STORE_HITS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "watch/watch.h"

/* The caller frees *out. */
int hits_write(const struct watch_hit *hits, size_t n, char **out, struct err *e);
int hits_read(
	struct str text, struct arena *arena, struct watch_hit **out, size_t *n, struct err *e);

#endif
