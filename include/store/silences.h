/* SPDX-License-Identifier: MIT */
/*
 * Silences: while one lasts, alerts of its watch are stored and not sent; those that were raised
 * before wait for its end. See store.h for errors.
 */
#ifndef STORE_SILENCES_H
#define STORE_SILENCES_H

#include "store/store.h"

#define STORE_SILENCE_MAX (365 * CLOCK_DAY) /* the longest */

struct store_silence {
	int64_t id;
	struct str watch;
	int64_t since, until; /* wall ms */
	struct str author;    /* user name */
	struct str why;	      /* one line */
};

#define STORE_SILENCE_GROUP STR("silence") /* what waits for the end */

/* Stores it under a new id, which is set, and holds what is pending. Not in a transaction. */
int store_silence_add(struct store *s, struct store_silence *v, struct err *e);
/* Holds what is held for the receiver and due at `now`, if its watch is silent. */
int store_silence_put_off(struct store *s, struct str notify, int64_t now, struct err *e);
/* What waits in the group is due when the silences of its watch end as they are now. */
int store_silence_move(struct store *s, struct str notify, int64_t now, struct err *e);
/* Sets *out to the one of the watch that lasts longest. Returns 0 with out->id == 0: none. */
int store_silence_find(struct store *s, struct str watch, int64_t now, struct arena *arena,
	struct store_silence *out, struct err *e);
/* Returns those that last at `now`, the oldest first, in arena. */
int store_silences(struct store *s, int64_t now, struct arena *arena, struct store_silence **out,
	size_t *n, struct err *e);
/*
 * Ends one that lasts at `now`: *out is it as it was; its id is 0 if there is none. What it held is
 * pending, unless another one lasts. Not in a transaction.
 */
int store_silence_end(struct store *s, int64_t id, int64_t now, struct arena *arena,
	struct store_silence *out, struct err *e);
/*
 * Returns those that have ended since the last call, each once, in arena. *next: when the next one
 * ends; STAMP_NONE: none lasts.
 */
int store_silences_over(struct store *s, int64_t now, struct arena *arena,
	struct store_silence **out, size_t *n, int64_t *next, struct err *e);

#endif
