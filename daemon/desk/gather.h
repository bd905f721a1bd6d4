/* SPDX-License-Identifier: MIT */
/* Gathers alerts into a digest, in the order in which they are added. */
#ifndef DESK_GATHER_H
#define DESK_GATHER_H

#include "alert/alert.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/zone.h"

struct gather {
	struct arena *arena; /* of all strings and arrays */
	struct alert *shorts;
	struct alert_digest list; /* the first ones, as far as a document goes */
	size_t bytes;
	size_t n;	/* of all alerts */
	size_t watches; /* changes of the watch from one to the next: of grouped ones, how many */
	/* id: of the first; priority: the highest; watch and feed where all have the same. */
	struct alert head;
	struct str last_watch;
	int64_t oldest; /* earliest creation; STAMP_NONE: none */
};

/* 0 or -ERR_NOMEM. */
int gather_init(struct gather *d, enum alert_why why, struct arena *arena, struct err *e);
/* Adds an alert, which is copied in its short form. 0 or -ERR_NOMEM. */
int gather_add(struct gather *d, const struct alert *a, struct err *e);
/*
 * Fills *out, a digest for one receiver, or for all if it is absent; zone is of the times in its
 * title. 0 or -ERR_NOMEM.
 */
int gather_finish(const struct gather *d, struct str receiver, const struct zone *zone, int64_t now,
	struct alert *out, struct err *e);

#endif
