/* SPDX-License-Identifier: MIT */
/*
 * Traces one stored item through every stage: arrival, edits, which watches match it and where, why
 * others do not, alerts and deliveries. Read-only; evaluates the current configuration.
 */
#ifndef DESK_EXPLAIN_H
#define DESK_EXPLAIN_H

#include "conf/conf.h"
#include "store/stories.h"

/* Whether a watch that matches has an alert for the item, and if not, why. */
enum desk_alert_state {
	DESK_ALERTED,	   /* has an alert */
	DESK_FIRST_RUN,	   /* arrived with the first body of its feed, which was not matched */
	DESK_RESURFACED,   /* was older than all its feed held before, and was not matched */
	DESK_SAME_STORY,   /* was folded into the alert of another item with the same link */
	DESK_ONCE,	   /* with sources>=: another report of its story has alerted */
	DESK_SAME_TEXT,	   /* was folded into the alert of another item with the same text */
	DESK_NOT_RECORDED, /* the watch was different, or did not exist, when the item arrived */
};

struct desk_verdict {
	const struct conf_watch *watch;
	bool matches;
	uint32_t earlier;	/* bit k: the text before edits[k] matched */
	struct watch_hit *hits; /* with matches; offsets in view */
	size_t n_hits;
	bool outside;	/* its feeds and groups do not include the item's feed */
	bool excluded;	/* would match without its exclude */
	struct str why; /* if !matches: a line for each part of the query that fails */
	/*
	 * Its newest alert for the item, or the one that it was folded into (DESK_SAME_…), or
	 * that of the other report (DESK_ONCE).
	 */
	struct str alert_id;
	enum desk_alert_state alert_state; /* with matches */
};

struct desk_edit {
	int64_t at; /* when the new version was seen */
	struct alert_change changes[ALERT_PARTS];
	size_t n_changes;
};

struct desk_alert {
	enum alert_kind kind;
	struct str id, watch;
	struct str cause; /* of a correction or withdrawal; absent: none */
	int64_t created;
	struct store_delivery *deliveries;
	size_t n_deliveries;
};

#define DESK_ALERTS_MAX	 64 /* alerts returned for one item */
#define DESK_REASONS_MAX 50 /* watches that do not match, unless one is selected */

struct desk_explanation {
	struct store_item_row item;	   /* its link without strip-parameters */
	struct watch_view view;		   /* as watches are matched with it */
	struct store_feed feed;		   /* its stored state */
	const struct conf_feed *conf_feed; /* NULL: not in the configuration */
	bool first_run;			   /* arrived with the first body of its feed ... */
	bool first_run_guessed;		   /* ... probably: not recorded at that time */
	/* What it was found to be among others when it arrived; item 0: unknown. */
	struct store_story story;
	struct desk_edit *edits; /* newest first */
	size_t n_edits;
	struct desk_verdict *verdicts; /* matching ones first, in configuration order */
	size_t n_verdicts;
	size_t n_matching;
	size_t n_unexplained; /* watches that do not match and have no verdict */
	/* Matches that raised no alert, oldest first; as recorded then, whatever was edited since.
	 */
	struct store_quiet *quiet;
	size_t n_quiet;
	struct desk_alert *alerts; /* newest first */
	size_t n_alerts;
};

/* Finds the rows for a name: "#7" (row 7), an item id, a link or an alert id. Newest first. */
int desk_find_items(struct store *s, const struct conf *c, struct str name, int64_t *rows,
	size_t max, size_t *n, struct err *e);

/*
 * Fills *out, with verdict and alerts of one watch, or (watch NULL) of all that match and with the
 * reasons of those that do not. Pointers in *out are to arena or c. -ERR_INPUT: no such row.
 */
int desk_explain(struct store *s, const struct conf *c, int64_t row, const struct conf_watch *watch,
	struct arena *arena, struct desk_explanation *out, struct err *e);

#endif
