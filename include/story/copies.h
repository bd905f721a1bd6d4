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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "story/text.h"

#define STORY_CANDIDATES_MAX  8
#define STORY_DIFFERENCES_MAX 3

struct story_item {
	int64_t id;	   /* not 0 */
	int64_t at;	   /* ms, when it was received: never decreasing, or a little */
	struct str source; /* who published it */
	struct str title, body;
	/* Of an earlier item: who had its text first, and its story; 0: none. */
	struct str origin;
	int64_t story;
};

/*
 * Gives an earlier item, valid until the next call. Returns 1; 0: it no longer exists; or an error,
 * which ends the search.
 */
typedef int story_read_fn(void *ctx, int64_t id, struct story_item *out, struct err *e);

enum story_relation {
	STORY_NEW,     /* no earlier item has its text */
	STORY_COPY,    /* the same text */
	STORY_VARIANT, /* the same text with other facts, or the outlet's own under a new headline
			*/
};

struct story_difference {
	struct str old, fresh; /* as written */
};

struct story_match {
	enum story_relation relation;
	int64_t of;	  /* the earlier item */
	double share;	  /* of the words in common, of the text that has more */
	size_t run;	  /* words in a row, the longest run */
	bool by_headline; /* there was hardly any text */
	struct story_difference difference[STORY_DIFFERENCES_MAX];
	size_t n_differences; /* of a variant */
};

struct story_copies;

/*
 * max: bytes of the index; past it the oldest items are left out. seed: any number, different for
 * each process. NULL: out of memory.
 */
struct story_copies *story_copies_new(size_t max, uint64_t seed);
void story_copies_free(struct story_copies *c); /* NULL is allowed */
size_t story_copies_bytes(const struct story_copies *c);
size_t story_copies_items(const struct story_copies *c);

/*
 * Looks for the text of an item among those that were added. The strings in *out are valid until
 * the next call. Returns 0, -ERR_NOMEM or an error of read.
 */
int story_copies_find(struct story_copies *c, const struct story_item *item, story_read_fn *read,
	void *ctx, struct story_match *out, struct err *e);
/* The words of the item of the last story_copies_find(). */
const struct story_text *story_copies_text(const struct story_copies *c);
/* Reads an item for story_copies_add(), without a search. Returns 0, -ERR_LIMIT or -ERR_NOMEM. */
int story_copies_read(struct story_copies *c, const struct story_item *item, struct err *e);
/*
 * Adds the item of the last story_copies_find() or story_copies_read(), unless a rollback follows.
 * Returns 0 or -ERR_NOMEM.
 */
int story_copies_add(struct story_copies *c);
void story_copies_commit(struct story_copies *c);
/* Takes out the items that were added since the last commit. */
void story_copies_rollback(struct story_copies *c);

#endif
