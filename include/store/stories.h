/* SPDX-License-Identifier: MIT */
/*
 * What each item is among those of its last days, as it was found when it arrived: whose text it
 * has, which story it tells, and how many independent sources tell that. See store.h for the
 * errors.
 */
#ifndef STORE_STORIES_H
#define STORE_STORIES_H

#include "store/store.h"

#define STORE_STORY_CHANGES_MAX 3

/* A fact that two versions of a text exchange. */
struct store_story_change {
	struct str old, fresh;
};

struct store_story {
	int64_t item;  /* row */
	int64_t story; /* the row of its first item; its own if it begins one */
	/* The row of the first item with its text, its own if it is that; a correction is one. */
	int64_t text;
	struct str source; /* who published it */
	struct str
		origin; /* who had its text first: the different origins of a story are counted */
	struct str agency; /* that a credit line names; absent: none */
	unsigned relation; /* to the item `of`: enum story_relation */
	int64_t of;	   /* row; 0: none. It may no longer exist */
	int64_t of_text;   /* the first item with its text; not stored */
	struct str
		of_name; /* what that is called: of a new item that joins a story, its first item */
	unsigned share;	 /* per cent of the words in common */
	unsigned run;	 /* words in a row */
	unsigned likeness; /* per cent, to the story; 0: it begins one */
	bool by_headline;  /* there was hardly any text */
	struct store_story_change changes[STORE_STORY_CHANGES_MAX];
	size_t n_changes;
	/* Set by store_story_put(): of the story with this item, and its different ones. */
	int64_t reports, outlets, origins;
	bool new_outlet; /* its source had no report of the story before */
};

/* Adds what an item is, in the transaction that adds the item. */
int store_story_put(struct store *s, struct store_story *story, struct err *e);
/* Strings are in arena. *found: false for an item that was stored before schema 8. */
int store_story_get(struct store *s, int64_t item, struct arena *arena, struct store_story *out,
	bool *found, struct err *e);

/* The reports of a story. */
struct store_report {
	int64_t item; /* row */
	int64_t text; /* as in struct store_story */
	int64_t at;   /* when it was first seen, wall ms */
	struct str source, origin, feed, title;
};
/* Returns the first ones, at most max, in the order in which they arrived, in arena. */
int store_story_reports(struct store *s, int64_t story, size_t max, struct arena *arena,
	struct store_report **out, size_t *n, struct err *e);

/* --- its alerts --- */

/* Sets *id, in arena, to the first alert of the watch that tells the story; absent: none. */
int store_story_first_alert(struct store *s, int64_t story, struct str watch, struct arena *arena,
	struct str *id, struct err *e);
/*
 * Sets v to the alerts of the watch about that text (struct store_story), the oldest first, that
 * were not withdrawn.
 */
#define STORE_STORY_ALERTS_MAX 40
struct store_story_alert {
	int64_t row;
	enum alert_priority priority;
};
int store_story_alerts(struct store *s, int64_t text, struct str watch,
	struct store_story_alert v[STORE_STORY_ALERTS_MAX], size_t *n, struct err *e);
/*
 * Sets *outlets to how many the story of that alert had when it was raised, or its receivers were
 * last told of more; INT64_MAX: it is acknowledged, and they are not told any more.
 */
int store_story_told(struct store *s, int64_t alert, int64_t *outlets, struct err *e);
/* Sets *n to how often a receiver was sent that alerts of the story grew. */
int store_story_grown(struct store *s, int64_t story, struct str notify, int64_t *n, struct err *e);
/* Replaces what is known of the story of the alert with that row, which a is. */
int store_alert_grow(struct store *s, int64_t row, const struct alert *a, struct err *e);

/* --- all items, in the order in which they arrived --- */

/* Sets *first to the first row that was seen at `since` or later; none: the largest number. */
int store_story_first(struct store *s, int64_t since, int64_t *first, struct err *e);
/* Sets ids to the rows from `first` on, at most max. */
int store_story_items(
	struct store *s, int64_t first, int64_t *ids, size_t max, size_t *n, struct err *e);

#endif
