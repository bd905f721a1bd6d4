/* SPDX-License-Identifier: MIT */
/*
 * What one stream of events has missed, a piece at a time: after a new connection that resumes, or
 * where a client took too little to get the events with the others.
 */
#ifndef WEB_EVENT_RESUME_H
#define WEB_EVENT_RESUME_H

#include "read.h"

#define EVENT_ID_MAX	    64	/* bytes, with the NUL: ids of alerts are shorter */
#define EVENT_RESUME_MAX    500 /* alerts; who misses more must load all */
#define EVENT_RESUME_REPEAT 20	/* older alerts that a client who was away gets again */

struct event_resume {
	struct web_read read;
	char after[EVENT_ID_MAX]; /* id of the last alert that the client has; "": see seen */
	int64_t repeat;		  /* older alerts that come again: they may have changed */
	int64_t seen;		  /* its row; known after the first piece */
	bool lost;		  /* too much was missed, and the client must hear that */
	int64_t row;		  /* all alerts up to it have been sent; -1: to be found */
	/* Results. */
	struct buf text;
	int64_t next; /* row of the last alert in text */
	bool more;    /* another piece follows */
};

/* after "": seen is the row of the last alert that was sent. */
void event_resume_init(struct event_resume *r, struct str after, int64_t seen);
int event_resume_run(struct event_resume *r, struct store *s, struct err *e);
void event_resume_accept(struct event_resume *r); /* text was sent; else it comes again */
void event_resume_release(struct event_resume *r);

#endif
