/* SPDX-License-Identifier: MIT */
/*
 * Which names stand in texts of many sources at once: sequences of up to four capitalised words,
 * not those that begin a sentence. Whether a name is rare is for the caller to find out, who has
 * the archive. In memory, bounded: past the maximum, the name that was seen longest ago is dropped.
 */
#ifndef STORY_BURST_H
#define STORY_BURST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define STORY_BURST_ORIGINS_MAX 16
#define STORY_BURST_FOUND_MAX	16 /* names of one item */

struct story_burst;

/* seed: a number that no feed knows. NULL: out of memory. */
struct story_burst *story_burst_new(uint64_t seed);
void story_burst_free(struct story_burst *b); /* NULL is allowed */

struct story_burst_item {
	int64_t id, at; /* at: ms, when it was received; never decreasing, or a little */
	struct str title, body;
	struct str origin;
	int64_t within; /* ms */
	size_t needed;	/* origins, at most STORY_BURST_ORIGINS_MAX */
};

/* A name that so many origins have within that time. */
struct story_burst_found {
	uint64_t key;	 /* of the name, in any case */
	struct str name; /* in title or body, as it is written there */
	int64_t first;	 /* the first of these items */
	size_t origins;
};

/*
 * Adds the names of an item and returns those that are found, the longest first, in out. 0,
 * -ERR_LIMIT or -ERR_NOMEM; nothing is added then.
 */
int story_burst_take(struct story_burst *b, const struct story_burst_item *item,
	struct story_burst_found out[STORY_BURST_FOUND_MAX], size_t *n, struct err *e);
/* The name is a common one: it is not found before that time. */
void story_burst_ignore(struct story_burst *b, uint64_t key, int64_t until);

#endif
