/* SPDX-License-Identifier: MIT */
/*
 * Which earlier item has the same text: the copies of a wire story in many outlets.
 *
 * An index from grams (four words in a row) to the items of the last four days names a few
 * candidates; their texts, which the caller reads where it keeps them, are compared word by word. A
 * text with an exchanged fact (3 → 30, one name for another) is no copy but a correction of it, or
 * another item of one template, and so is one outlet's own text under a new headline.
 */
#ifndef STORY_COPIES_H
#define STORY_COPIES_H

#include "base/clock.h"
#include "keyed.h"
#include "records.h"
#include "story/match.h"
#include "text.h"

#define STORY_COPIES_WINDOW (4 * CLOCK_DAY)

struct story_copies;

/* max: bytes of the index. records: the items, of the caller. NULL: out of memory. */
struct story_copies *story_copies_new(const struct records *records, size_t max, struct keyed key);
void story_copies_free(struct story_copies *c); /* NULL is allowed */
size_t story_copies_bytes(const struct story_copies *c);
/* Of what is kept until the next commit. */
size_t story_copies_pending_bytes(const struct story_copies *c);
/* Entries of the index looked at and words compared since the beginning. */
uint64_t story_copies_steps(const struct story_copies *c);

/* Reads an item. Returns 0, -ERR_LIMIT or -ERR_NOMEM. */
int story_copies_read(struct story_copies *c, const struct story_item *item, struct err *e);
/*
 * Looks for its text among those that were added. The strings in *out are valid until the next
 * call. Returns 0, -ERR_LIMIT, -ERR_NOMEM or an error of read.
 */
int story_copies_find(struct story_copies *c, story_read_fn *read, void *ctx,
	struct story_match *out, struct err *e);
/* Its words. */
const struct story_text *story_copies_text(const struct story_copies *c);
/* A hash of its source. */
uint32_t story_copies_source(const struct story_copies *c);
/* Adds it, as the last of the records. Returns 0 or -ERR_NOMEM. */
int story_copies_add(struct story_copies *c);
void story_copies_commit(struct story_copies *c);
/* Takes out the items that were added since the last commit, before records_rollback(). */
void story_copies_rollback(struct story_copies *c);

#endif
