/* SPDX-License-Identifier: MIT */
/* State of the desk and of one desk_ingest() call, shared by its steps. */
#ifndef DESK_INGEST_H
#define DESK_INGEST_H

#include "desk/desk.h"
#include "flight.h"
#include "flood.h"
#include "referents.h"
#include "route/route.h"
#include "store/stories.h"
#include "story/correction.h"
#include "text/words.h"

struct desk {
	struct store *store;
	struct arena *feed_arena;      /* cleared for each poll */
	struct arena *item_arena;      /* cleared for each item */
	struct watch_scratch *scratch; /* for the watches of generation */
	uint64_t generation;
	bool learnt; /* scratch has counted the words of the newest stored items */
	struct correction_words *corrections; /* of generation */
	struct text_words words;	      /* for headlines */
	struct flight flight;
	size_t waits_put;	  /* see sources.c */
	struct desk_burst *burst; /* NULL: none yet */
	struct desk_story *story;
};

struct followup_told;

struct ingest {
	struct desk *desk;
	const struct conf *conf;
	const struct conf_feed *cf;
	const struct desk_poll *poll;
	struct desk_result *result;
	struct store_feed feed;
	struct store_lookup lookup;
	struct store_item *states; /* lookup.items: one for each item of the batch */
	size_t newest;		   /* index of the newest item of the batch */
	int64_t oldest;		   /* as in struct store_feed, of the batch */
	bool first;		   /* first body of the feed: its items are not news */
	bool has_known;		   /* an item of the batch was known before */
	bool new_row;		   /* the feed is not stored, or with another url */
	struct flood flood;
	struct referents referents;
	struct store_story story;  /* of the item at work; item 0: not known */
	enum correction_kind says; /* what the item at work says of itself */
	struct ingest_sources {
		int64_t item; /* row: of which this is known; 0: none */
		int64_t story;
		uint32_t have; /* independent sources of the story, at least 1 */
	} sources;
	bool writes; /* has new data: needs a commit that waits for the disk */
	int64_t now;
};

/*
 * Items that fill the budget pool which the watches of a poll share: enough for normal items, and
 * many crafted slow items delay other feeds little more than one.
 */
#define INGEST_POOL_ITEMS 50

/* Creates d->scratch for c unless it exists. Returns 0 or -ERR_NOMEM. */
int desk_scratch(struct desk *d, const struct conf *c, struct err *e);

/* What came before an item that is matched. */
struct ingest_earlier {
	const struct store_item_row *old; /* NULL: the item is new */
	const struct followup_told *told; /* watches that got a notice: they do not alert */
};
/* Matches a new item, or a revision of a known one, and stores the alerts. */
int ingest_match(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	const struct ingest_earlier *earlier, struct err *e);

/* An earlier item with matches that waited for sources, and have them now. */
struct ingest_kept {
	const struct store_item_row *row;
	const struct store_item *state;
	struct str *watches; /* that may alert; those that do are set to absent */
	size_t n;
};
/* Matches it again, and stores the alerts. t->sources are those of its story. */
int ingest_match_kept(struct ingest *t, const struct ingest_kept *kept, struct err *e);

/* The earliest date of the items if the list is in date order, either way; else STAMP_NONE. */
int64_t ingest_oldest_date(const struct feed_batch *b);
/*
 * Whether item k slid in at the old end: new, and dated before everything in the last whole body,
 * in a feed that keeps date order, and older than two days.
 */
bool ingest_is_resurfaced(const struct ingest *t, size_t k);
/* The item is that of the canary: it is of no other watch, and its watch of no other item. */
static inline bool ingest_is_canary(const struct ingest *t)
{
	return t->cf == &t->conf->canary_feed;
}
struct str ingest_feed_title(const struct ingest *t);

struct ingest_plans {
	struct store_plan v[ROUTE_MAX]; /* in the order of the watch's notify */
	size_t n;
	bool counts;	      /* for at-most of the watch */
	bool all_held;	      /* there are some, and none is sent at once */
	int64_t escalates_at; /* unless it is acknowledged; STAMP_NONE: never */
};
struct store_plan ingest_store_plan(const struct route_plan *p);
/* Plans the deliveries of an alert of the watch. */
int ingest_plan_deliveries(const struct ingest *t, const struct conf_watch *w,
	const struct alert *a, struct ingest_plans *out, struct err *e);
/* Counts those that are sent, of the alert with that row, for at-most. */
int ingest_count_sent(const struct ingest *t, const struct conf_watch *w,
	const struct ingest_plans *plans, int64_t row, struct err *e);

#endif
