/* SPDX-License-Identifier: MIT */
/*
 * Which watch has told which report, and as what item: for a year of many watches, 16 bytes each
 * in a table that is at most three quarters full.
 */
#ifndef DESK_TOLD_H
#define DESK_TOLD_H

#include <stddef.h>
#include <stdint.h>

struct told_entry {
	uint64_t key; /* of watch and story; 0: free */
	int64_t item;
};

struct told {
	struct told_entry *v; /* NULL: nothing was told yet */
	size_t n, mask;
};

void told_release(struct told *t);
/*
 * The entry of that watch and story, made with item 0 where there is none. Lives until the next
 * call. NULL: out of memory. Story keys are hashes of 64 bits, and two of them are taken for one
 * report when they are equal; so are two pairs here.
 */
struct told_entry *told_find(struct told *t, size_t watch, uint64_t story);

#endif
