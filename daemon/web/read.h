/* SPDX-License-Identifier: MIT */
/*
 * Reads of the database for pages and the API: a thread with a read-only connection of its own, so
 * that none of them runs on the loop or delays the desk thread. Reads run one after the other; each
 * has a limit of time, and the queue one of length.
 */
#ifndef WEB_READ_H
#define WEB_READ_H

#include "io/worker.h"
#include "store/store.h"

#define WEB_READ_WAITING 64		    /* reads in the queue, at most */
#define WEB_READ_MS	 (5 * CLOCK_SECOND) /* of one read */

/* Embedded in the object that waits for it. */
struct web_read {
	/*
	 * On the thread of the reader, with no transaction open. Returns 0, or a negative class
	 * with *e set.
	 */
	int (*run)(void *arg, struct store *store, struct err *e);
	/*
	 * On the loop, once. rc and e: of run, or of what prevented it (the database cannot be
	 * opened; the reader is freed: -ERR_TEMP). May free the read.
	 */
	void (*done)(void *arg, int rc, const struct err *e);
	void *arg;
	/* The following belong to read.c. */
	struct worker_job job;
	struct web_reader *reader;
	int rc;
	struct err error;
};

struct web_reader;

/* database: its path, copied; it is opened by the first read. NULL: no memory, or no thread. */
struct web_reader *web_reader_new(struct loop *l, const char *database);
/* Returns 0, or -ERR_TEMP if too many wait: then done is not called. */
int web_reader_post(struct web_reader *w, struct web_read *r, struct err *e);
/* Joins the thread; ends what is not done. NULL is fine. */
void web_reader_free(struct web_reader *w);

#endif
