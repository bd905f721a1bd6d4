/* SPDX-License-Identifier: MIT */
/* What an item has in common with an earlier one that has the same text. */
#ifndef STORY_MATCH_H
#define STORY_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define STORY_CANDIDATES_MAX  8 /* items whose texts are read and compared with that of one item */
#define STORY_DIFFERENCES_MAX 3

struct story_item {
	int64_t id;	   /* not 0 */
	int64_t at;	   /* ms, when it was received: never decreasing, or a little */
	struct str source; /* who published it */
	struct str title, body;
	/* Of an earlier item: who had its text first, and its story; 0: none. */
	struct str origin;
	int64_t story;
	/*
	 * Of an earlier item that was edited, and readers were not sent that: what they have. A
	 * copy of this is a copy, and a text with other facts is none. Absent: title and body.
	 */
	struct str sent_title, sent_body;
};

/*
 * Gives an earlier item, valid until the next call. Returns 1; 0: it no longer exists; or an error,
 * which ends the search.
 */
typedef int story_read_fn(void *ctx, int64_t id, struct story_item *out, struct err *e);

enum story_relation {
	STORY_NEW,  /* no earlier item has its text */
	STORY_COPY, /* the same text */
	/* The same text with other facts, or the outlet's own under a new headline. */
	STORY_VARIANT,
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

#endif
