/* SPDX-License-Identifier: MIT */
/*
 * What is due next: a binary heap of entries that live inside their owners.
 *
 * Room is reserved beforehand, so that putting an entry in never fails. Cost: log n for each.
 */
#ifndef ENGINE_DUE_H
#define ENGINE_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct due {
	int64_t at;  /* monotonic ms */
	size_t slot; /* place in the heap, from 1; 0: not in it */
	void *owner;
};

struct due_heap {
	struct due **v;
	size_t n, cap;
};

void due_release(struct due_heap *h);
/* Room for n entries in all. 0 or -ERR_NOMEM. */
int due_reserve(struct due_heap *h, size_t n);
/* Puts it in, or moves it when it is in already. */
void due_set(struct due_heap *h, struct due *d, int64_t at);
void due_unset(struct due_heap *h, struct due *d); /* not being in is fine */
struct due *due_first(const struct due_heap *h);   /* NULL: empty */

#endif
