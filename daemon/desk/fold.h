/* SPDX-License-Identifier: MIT */
/*
 * One text, one alert. A copy of a text joins the alert that a receiver got, or will get, for it;
 * other receivers get the copy as an alert of its own, and so do all if it is more urgent. The same
 * text with one or two other facts is told as a correction of that alert; with more it is another
 * item of a template, an alert like any other.
 */
#ifndef DESK_FOLD_H
#define DESK_FOLD_H

#include "ingest.h"

enum fold_kind { FOLD_NONE, FOLD_COPY, FOLD_CORRECTION };

struct fold {
	enum fold_kind kind;
	bool silenced; /* a silence holds for the watch */
	int64_t row;   /* the first alert of the watch about that text */
	struct alert_earlier of;
	struct ingest_plans theirs; /* FOLD_CORRECTION: of the receivers that have an alert */
	struct store_story_alert alerts[STORE_STORY_ALERTS_MAX]; /* all about that text */
	size_t n_alerts;
};

/*
 * Of a new item, and the alert that the watch raises for it: moves from *plans the deliveries that
 * fold or correct. Strings of *out are in item_arena. FOLD_NONE: *plans are as they were.
 */
int fold_look(const struct ingest *t, const struct alert *a, struct ingest_plans *plans,
	struct fold *out, struct err *e);
/* Sets *out to what is known of the story of the item, for its alert; NULL: nothing. */
int fold_describe(const struct ingest *t, const struct conf_watch *w, struct str id,
	const struct alert_story **out, struct err *e);
/* The copy joined them: the alerts grow, and their receivers see that at a few steps. */
int fold_grow(const struct ingest *t, const struct fold *f, struct err *e);

#endif
