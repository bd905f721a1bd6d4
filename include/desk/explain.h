/* SPDX-License-Identifier: MIT */
/*
 * The way of a stored item through every stage: when it came, how it was edited, which watches
 * match it and where, why others do not, what was raised and told. Reads only; judges by the
 * configuration as it is now.
 */
#ifndef DESK_EXPLAIN_H
#define DESK_EXPLAIN_H

#include "conf/conf.h"
#include "store/alert_walk.h"

/* Why a watch that matches has no alert for the item. */
enum desk_alert_state {
	DESK_ALERTED,	   /* it has one */
	DESK_FIRST_RUN,	   /* it came when its feed was first read, and was kept from the watches */
	DESK_SAME_STORY,   /* the same link of the same source alerted as another item */
	DESK_NOT_RECORDED, /* the watch was another, or none, when the item came */
};

struct desk_verdict {
	const struct conf_watch *watch;
	bool matches;
	uint32_t earlier;	/* bit k: the text before edits[k] matched, too */
	struct watch_hit *hits; /* with matches; offsets in view */
	size_t n_hits;
	bool outside;	/* the item's feed is neither in its feeds nor in its groups */
	bool excluded;	/* but for its exclude it would match */
	struct str why; /* without matches: a line for each part of the query that fails */
	/* The id of its newest alert for the item, or (DESK_SAME_STORY) of that of the other. */
	struct str alert_id;
	enum desk_alert_state alert_state; /* with matches */
};

struct desk_edit {
	int64_t at;			/* when the new text was seen */
	struct str was_title, is_title; /* absent where the title stayed as it was */
	struct str was_text, is_text;	/* the part that differs */
};

struct desk_alert {
	struct str id, watch;
	int64_t created;
	struct store_delivery *deliveries;
	size_t n_deliveries;
};

#define DESK_ALERTS_MAX	 64 /* of one item are told */
#define DESK_REASONS_MAX 50 /* watches that do not match, unless one is named */

struct desk_explanation {
	struct store_item_row item;
	struct watch_view view;		   /* as the watches see it */
	struct store_feed feed;		   /* what is stored of it */
	const struct conf_feed *conf_feed; /* NULL: no longer in the configuration */
	bool first_run;			   /* it came with the first body of its feed, ... */
	bool first_run_guessed;		   /* as far as can be told: it was not noted then */
	struct desk_edit *edits;	   /* newest first */
	size_t n_edits;
	struct desk_verdict *verdicts; /* those that match first, in the order of the files */
	size_t n_verdicts;
	size_t n_matching;
	size_t n_unexplained;	   /* watches that do not match and are not among verdicts */
	struct desk_alert *alerts; /* newest first */
	size_t n_alerts;
};

/*
 * The rows that `name` may mean: "#7" is a row itself; an id, a link, an alert's id. Newest first.
 */
int desk_find_items(struct store *s, const struct conf *c, struct str name, int64_t *rows,
	size_t max, size_t *n, struct err *e);

/*
 * watch: whose verdict and alerts alone are wanted; NULL: all that match, and why others do not.
 * All of *out is in arena, or c's. -ERR_INPUT: there is no such row.
 */
int desk_explain(struct store *s, const struct conf *c, int64_t row, const struct conf_watch *watch,
	struct arena *arena, struct desk_explanation *out, struct err *e);

#endif
