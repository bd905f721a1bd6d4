/* SPDX-License-Identifier: MIT */
#include "read.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct web_reader {
	struct worker *worker;
	char *path;
	struct store *store;  /* of the thread; NULL: not open */
	atomic_bool stopping; /* what waits is not read any more: a stop is limited to seconds */
};

/* --- on the thread --- */

/* After such an error the connection may be useless: the next read opens another one. */
static bool read_must_reopen(int rc)
{
	return rc == -(int)ERR_IO || rc == -(int)ERR_INPUT || rc == -(int)ERR_BUG;
}

static void read_run(void *arg)
{
	struct web_read *r = arg;
	struct web_reader *w = r->reader;

	if (w->stopping)
		return;
	if (!w->store)
		r->rc = store_open(&w->store, w->path, STORE_READ, &r->error);
	if (!w->store)
		return;
	store_limit_time(w->store, clock_mono() + WEB_READ_MS);
	r->rc = r->run(r->arg, w->store, &r->error);
	if (store_in_transaction(w->store))
		store_rollback(w->store);
	if (!read_must_reopen(r->rc))
		return;
	store_close(w->store);
	w->store = NULL;
}

/* --- on the loop --- */

static void read_end(void *arg)
{
	struct web_read *r = arg;

	r->done(r->arg, r->rc, &r->error);
}

static void read_drop(void *arg)
{
	struct web_read *r = arg;
	struct err e;

	r->done(r->arg, err_set(&e, ERR_TEMP, "nightdesk is stopping"), &e);
}

int web_reader_post(struct web_reader *w, struct web_read *r, struct err *e)
{
	if (worker_waiting(w->worker) >= WEB_READ_WAITING)
		return err_set(e, ERR_TEMP, "too many requests wait for the database; try again");
	r->reader = w;
	r->rc = 0;
	r->error = (struct err){.cls = ERR_NONE};
	r->job =
		(struct worker_job){.run = read_run, .done = read_end, .drop = read_drop, .arg = r};
	worker_post(w->worker, &r->job);
	return 0;
}

struct web_reader *web_reader_new(struct loop *l, const char *database)
{
	struct web_reader *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->path = strdup(database);
	w->worker = w->path ? worker_new(l) : NULL;
	if (w->worker)
		return w;
	web_reader_free(w);
	return NULL;
}

void web_reader_free(struct web_reader *w)
{
	if (!w)
		return;
	w->stopping = true;
	worker_free(w->worker);
	store_close(w->store);
	free(w->path);
	free(w);
}
