/* SPDX-License-Identifier: MIT */
/*
 * A priority queue of times: a binary heap of pointers to entries that are members of their owners.
 * Memory is allocated in advance by due_reserve, so inserting an entry never fails.
 */
#ifndef ENGINE_DUE_H
#define ENGINE_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct due {
	int64_t at;  /* monotonic ms */
	size_t slot; /* index in the heap, from 1; 0: not in it */
	void *owner;
};

struct due_heap {
	struct due **v;
	size_t n, cap;
};

void due_release(struct due_heap *h);
/* Allocates for n entries in total. 0 or -ERR_NOMEM. */
int due_reserve(struct due_heap *h, size_t n);
/* Inserts the entry, or moves it if it is in the heap already. */
void due_set(struct due_heap *h, struct due *d, int64_t at);
void due_unset(struct due_heap *h, struct due *d); /* no effect if it is not in the heap */
void due_shift(struct due_heap *h, int64_t ms);	   /* all entries are earlier by ms */
struct due *due_first(const struct due_heap *h);   /* NULL: the heap is empty */

#endif
