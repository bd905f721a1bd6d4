/* SPDX-License-Identifier: MIT */
/*
 * Watches and priorities that depend on how many independent sources report a story: sources>=n in
 * a query, and in a block raise.
 *
 * A match that lacks only sources is kept, one of each watch and story: the one that needs the
 * fewest. It alerts in the transaction of the report with which the story has them, once. So an
 * alert that is raised here and again after a crash has the same id, and none is lost or doubled.
 */
#ifndef DESK_SOURCES_H
#define DESK_SOURCES_H

#include "ingest.h"

/* A match of a watch. */
struct sources_match {
	const struct conf_watch *watch;
	const struct watch_match *found;
	const struct store_item *state;
};

/* Before an item is matched that begins a story: the number of one that is deleted may return. */
int sources_begin_story(struct ingest *t, struct err *e);
/* Sets t->sources from t->story. */
void sources_know_story(struct ingest *t);
/*
 * Sets *out to *t with an earlier item of the same story in place of that at work, and what is
 * known of the story now. Strings are in item_arena.
 */
int sources_look_at(const struct ingest *t, int64_t item, struct ingest *out, struct err *e);
/* Sets what the watches see of the story of the item, and t->sources. */
int sources_set_view(
	struct ingest *t, const struct store_item *state, struct watch_view *view, struct err *e);
/*
 * Sets *alerts if the match may alert now. If not, it is kept, or another report has alerted, which
 * is recorded.
 */
int sources_judge(struct ingest *t, const struct sources_match *m, bool *alerts, struct err *e);
/*
 * The match alerted: further reports of its story do not, but may raise its priority. row 0: it is
 * a repeat of an earlier alert.
 */
int sources_note_alert(struct ingest *t, const struct sources_match *m, const struct alert *a,
	int64_t row, struct err *e);
#endif
