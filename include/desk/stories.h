/* SPDX-License-Identifier: MIT */
/* What an item is among others, as lines for people. */
#ifndef DESK_STORIES_H
#define DESK_STORIES_H

#include "base/buf.h"
#include "store/stories.h"

/*
 * Appends "same text as bbc: Embassy moves, 87 %, 41 words in a row", "same text as …, but 3 → 30"
 * or "tells the story of …, 34 % alike"; nothing for the first item of a story.
 */
void desk_story_put_why(const struct store_story *v, struct buf *out);
/* Appends "story of 5 reports, at least 3 sources"; nothing for the first one. */
void desk_story_put_count(const struct store_story *v, struct buf *out);

#endif
