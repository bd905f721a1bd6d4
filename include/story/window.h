/* SPDX-License-Identifier: MIT */
/*
 * What an item is among those of the last days: the copy of another text, a correction of it, a
 * report of a known story, or something new; and who had its text first.
 */
#ifndef STORY_WINDOW_H
#define STORY_WINDOW_H

#include "base/buf.h"
#include "story/match.h"

struct story_verdict {
	struct story_match match;
	/*
	 * The source that had the text first: its own, or that of the item whose text it has;
	 * absent: not known.
	 */
	struct str origin;
	struct str agency; /* that a credit line names; absent: none */
	int64_t story;	   /* the id of its first item; the item's own if it begins one */
	double likeness;   /* to the story: 1 by its text, 0 if it begins one */
};

struct story_window;

/*
 * max: bytes of items, 4 MiB or more; past it the oldest ones are left out, and those of a
 * transaction that is too large. seed: a number that no feed knows. NULL: out of memory.
 */
struct story_window *story_window_new(size_t max, uint64_t seed);
void story_window_free(struct story_window *w); /* NULL is allowed */
size_t story_window_bytes(const struct story_window *w);
size_t story_window_items(const struct story_window *w);
/* The work that was done so far: entries of indexes looked at and words compared. */
uint64_t story_window_steps(const struct story_window *w);

/* Counts the words of an item that joins no story, so that it is known which ones are common. */
int story_window_learn(struct story_window *w, struct str title, struct str body, struct err *e);
/*
 * Finds out what the item is, and adds it for the items after it: for good with
 * story_window_commit(), when the transaction that stores it is committed. The strings in *out are
 * valid until the next call. Returns 0, -ERR_NOMEM, -ERR_LIMIT or an error of read; what could not
 * be found out is absent then, and origin and story are the item's own.
 */
int story_window_take(struct story_window *w, const struct story_item *item, story_read_fn *read,
	void *ctx, struct story_verdict *out, struct err *e);
void story_window_commit(struct story_window *w);
/* Forgets the items that were taken since the last commit; their ids may be used again. */
void story_window_rollback(struct story_window *w);
/*
 * Adds an item of an earlier run, in the order of arrival, with the story that it was found to tell
 * (item->story; 0: one of its own), before the first story_window_take(). Returns 0, -ERR_NOMEM or
 * -ERR_LIMIT.
 */
int story_window_restore(struct story_window *w, const struct story_item *item, struct err *e);

/*
 * Appends why, in a line for people: "same text as X, 87 %, 41 words in a row". of: what the item
 * is called whose text it has, or that began its story.
 */
void story_explain(const struct story_verdict *v, struct str of, struct buf *out);

#endif
