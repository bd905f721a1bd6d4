/* SPDX-License-Identifier: MIT */
/*
 * Which items report the same event in other words: their stories.
 *
 * Each story has the sum of the word weights of its items (TF-IDF of the title, counted twice, and
 * of the first 120 words). An item joins the story of the last three days whose sum is most like
 * it, from a cosine of 0.20 on; else it begins one. How common words are is counted in the items
 * that pass, and in those that are learnt.
 */
#ifndef STORY_EVENTS_H
#define STORY_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "story/text.h"

struct story_events;

/*
 * max: bytes; past it the stories that grew last the longest ago take no further items. NULL: out
 * of memory.
 */
struct story_events *story_events_new(size_t max);
void story_events_free(struct story_events *v); /* NULL is allowed */
size_t story_events_bytes(const struct story_events *v);

/* Counts the words of a text; it joins no story. Returns 0 or -ERR_NOMEM. */
int story_events_learn(struct story_events *v, const struct story_text *t);

/*
 * Places an item that arrived at `at` (ms, never decreasing, or a little). known: the story of the
 * item whose text it has; 0: none. *story is set to known, to that of the story that it joins, or
 * to `id` if it begins one, and *likeness to the cosine (1 for known, 0 for a new story). Returns 0
 * or -ERR_NOMEM.
 */
int story_events_place(struct story_events *v, const struct story_text *t, int64_t id, int64_t at,
	int64_t known, int64_t *story, double *likeness);
void story_events_commit(struct story_events *v);
/* Takes out the items that were placed since the last commit, and the stories that these joined. */
void story_events_rollback(struct story_events *v);

#endif
