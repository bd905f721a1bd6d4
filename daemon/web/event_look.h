/* SPDX-License-Identifier: MIT */
/*
 * What has changed in the database since the last look, for all streams of events at once: new
 * alerts, changed ones among the newest, and the feed wall. Runs on the thread of the reader.
 */
#ifndef WEB_EVENT_LOOK_H
#define WEB_EVENT_LOOK_H

#include "conf/conf.h"
#include "store/store.h"

#define EVENT_LOOK_NEW_MAX 50  /* new alerts in one look */
#define EVENT_LOOK_RECENT  100 /* newest alerts whose changes are seen */

struct event_look {
	/* Set before each look. */
	struct conf *conf;
	bool read_wall;
	/* Results of one look. */
	struct buf text; /* events of alerts, one after the other */
	struct event_look_part {
		int64_t row; /* of the alert */
		bool fresh;  /* new; else changed */
		size_t end;  /* of its text */
	} parts[EVENT_LOOK_NEW_MAX + EVENT_LOOK_RECENT];
	size_t n_parts;
	bool more;	 /* further new alerts: look again */
	struct buf wall; /* document_wall_read() */
	int64_t wall_ms; /* how long that took */
	/* Kept from look to look. */
	int64_t newest; /* row of the newest alert; -1: before the first look */
	int64_t version;
	struct event_look_recent {
		int64_t row;
		uint64_t hash; /* of what changes */
	} recent[EVENT_LOOK_RECENT];
	size_t n_recent;
};

void event_look_init(struct event_look *l);
void event_look_release(struct event_look *l);
int event_look_run(struct event_look *l, struct store *s, struct err *e);

#endif
