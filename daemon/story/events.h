/* SPDX-License-Identifier: MIT */
/*
 * Which items report the same event in other words: their stories.
 *
 * Each story has the sum of the vectors of its items, cut to its heaviest words. An item joins the
 * story of the last three days whose sum is most like it, from a cosine of 0.20 on; else it begins
 * one. The heaviest words of the item find a few stories, of which those that share most weight are
 * compared. How common words are is counted in the items that pass, and in those that are learnt.
 */
#ifndef STORY_EVENTS_H
#define STORY_EVENTS_H

#include "keyed.h"
#include "records.h"
#include "text.h"

struct story_events;

/*
 * max: bytes; past it the stories that grew last the longest ago take no further items. records:
 * the items, of the caller. NULL: out of memory.
 */
struct story_events *story_events_new(const struct records *records, size_t max, struct keyed key);
void story_events_free(struct story_events *v); /* NULL is allowed */
size_t story_events_bytes(const struct story_events *v);
/* Of what is kept until the next commit, apart from stories. */
size_t story_events_pending_bytes(const struct story_events *v);
/* Entries of the index looked at and words compared since the beginning. */
uint64_t story_events_steps(const struct story_events *v);

/* Counts the words of a text; it joins no story. Returns 0 or -ERR_NOMEM. */
int story_events_learn(struct story_events *v, const struct story_text *t);

/* Reads the words of an item, for story_events_place(). */
void story_events_read(struct story_events *v, const struct story_text *t);

struct event_item {
	int64_t id, at;
	int64_t known; /* the story of the item whose text it has; 0: none */
};

struct event_found {
	int64_t story; /* known, that of the story that it joins, or its own id if it begins one */
	double likeness; /* the cosine; 1 for known, 0 for a new story */
	uint32_t place;	 /* for its record */
};

/*
 * Places the item that was read. `at` never decreases, or a little. Returns 0 or -ERR_NOMEM;
 * story_events_add() follows.
 */
int story_events_place(
	struct story_events *v, const struct event_item *item, struct event_found *found);
/* Adds it to the index, as the last of the records. Returns 0 or -ERR_NOMEM. */
int story_events_add(struct story_events *v);
void story_events_commit(struct story_events *v);
/* Takes back what was counted and placed since the last commit, before records_rollback(). */
void story_events_rollback(struct story_events *v);

#endif
