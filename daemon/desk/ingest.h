/* SPDX-License-Identifier: MIT */
/* Inside the desk: one poll on its way through, and what the steps hand each other. */
#ifndef DESK_INGEST_H
#define DESK_INGEST_H

#include "desk/desk.h"

struct desk {
	struct store *store;
	struct arena *feed_arena;      /* for one poll */
	struct arena *item_arena;      /* for one item */
	struct watch_scratch *scratch; /* for watches of generation */
	uint64_t generation;
	bool learnt; /* scratch has seen the newest items of the archive */
};

struct ingest {
	struct desk *desk;
	const struct conf *conf;
	const struct conf_feed *cf;
	const struct desk_poll *poll;
	struct desk_result *result;
	struct store_feed feed;
	struct store_item *states; /* one for each item of the batch */
	size_t newest;		   /* item of the batch */
	bool first;		   /* what the feed holds now was there before us */
	bool new_row;		   /* the feed is not stored yet, or with another url */
	bool writes;		   /* something is new: the disk must have it before we say so */
	int64_t now;
};

/* Makes d->scratch fit c: 0 or -ERR_NOMEM. */
int desk_scratch(struct desk *d, const struct conf *c, struct err *e);

/* Matches a new item, or a revision of a known one (old != NULL), and raises what is to be told. */
int ingest_match(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	const struct store_item_row *old, struct err *e);

#endif
