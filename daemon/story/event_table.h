/* SPDX-License-Identifier: MIT */
/*
 * The stories of the last days, each as the sum of the vectors of its items. They are known by
 * their place, from 1 on, which another story gets when one is dropped.
 */
#ifndef STORY_EVENT_TABLE_H
#define STORY_EVENT_TABLE_H

#include "vector.h"

#define EVENT_WEIGHT_BITS (32 - VECTOR_TAG_BITS)
#define EVENT_WEIGHT_MAX  ((1u << EVENT_WEIGHT_BITS) - 1)

struct event_story {
	int64_t id; /* of its first item */
	int64_t at; /* ms, of its last item */
	float scale;
	uint16_t n;
	bool pending; /* changed since the last commit */
	/* Each a tag, above its weight in units of scale. */
	uint32_t words[];
};

struct event_slot {
	struct event_story *story; /* NULL: free */
	uint32_t older, newer;	   /* by their last items; newer: of a free one the next free one */
};

/* A story as it was when last committed. */
struct event_change {
	struct event_story *before; /* NULL: there was none */
	uint32_t place;
};

struct event_table {
	struct event_slot **block;
	size_t n_blocks, blocks_room;
	uint32_t free, oldest, newest;
	size_t bytes, max;
	struct event_change *log;
	size_t n_log, log_room;
};

void event_table_init(struct event_table *t, size_t max);
void event_table_release(struct event_table *t);
size_t event_table_bytes(const struct event_table *t);
/* NULL: there is none. */
struct event_story *event_table_at(const struct event_table *t, uint32_t place);
/* Loads the words of a story into the cache. */
void event_table_prefetch(const struct event_table *t, uint32_t place);
/* Memory for a story of n words; NULL: out of memory. */
struct event_story *event_story_new(size_t n);
/*
 * Puts a story in a place, in which it replaces the one that it continues, or in a new one if place
 * is 0. Takes the story. Returns its place; 0: out of memory.
 */
uint32_t event_table_put(struct event_table *t, uint32_t place, struct event_story *story);
/* Drops stories without an item since `at`, and the oldest ones past max. */
void event_table_drop(struct event_table *t, int64_t at);
/* Is there no room, even after event_table_drop(), because of what is not committed? */
bool event_table_is_full(const struct event_table *t);
void event_table_commit(struct event_table *t);
void event_table_rollback(struct event_table *t);

#endif
