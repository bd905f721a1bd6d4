/* SPDX-License-Identifier: MIT */
/*
 * Life cycle of a world: start, advancing time, crash, stop; at the end nothing may be left over.
 */
#include "scenario/world.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "sink/sink.h"

#define EPOCH	   INT64_C(1790000000000) /* 2026-09-21, a Monday */
#define EVENTS_MAX 2000000
#define STOP_MS	   5000

void world_fail(struct world *w, const char *fmt, ...)
{
	va_list ap;

	printf("# %s:%d: ", w->file, w->line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	w->failed = true;
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
	struct world *w = ctx;
	struct heard *h;

	if (w->driver)
		w->driver->log(w->driver->ctx, level, line);
	if (w->deaf || w->driver)
		return;
	h = calloc(1, sizeof(*h));
	h->level = level;
	h->line = strdup(line);
	TAILQ_INSERT_TAIL(&w->log, h, link);
}

void world_init(struct world *w, const char *file)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	memset(w, 0, sizeof(*w));
	w->file = file;
	w->job_ms = 1;
	w->mailbox = 64;
	TAILQ_INIT(&w->events);
	TAILQ_INIT(&w->replies);
	TAILQ_INIT(&w->answers);
	TAILQ_INIT(&w->requests);
	TAILQ_INIT(&w->sends);
	TAILQ_INIT(&w->bodies);
	TAILQ_INIT(&w->forms);
	TAILQ_INIT(&w->log);
	TAILQ_INIT(&w->held);
	snprintf(w->dir, sizeof(w->dir), "%s/nightdesk-XXXXXX", base);
	if (!mkdtemp(w->dir))
		world_fail(w, "cannot make a directory in %s", base);
	clock_virtual_start(EPOCH);
	clock_virtual_synchronise(true);
	log_configure(&(struct log_options){.level = LOG_LEVEL_DEBUG});
	log_capture(on_log, w);
	disk_set(DISK_OK);
}

void world_write_file(struct world *w, const char *name, const char *text, mode_t mode)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/conf", w->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/conf/credentials", w->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/conf/feeds.d", w->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/conf/%s", w->dir, name);
	f = fopen(path, "w");
	if (!f) {
		world_fail(w, "cannot write %s", path);
		return;
	}
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

bool world_load(struct world *w, struct conf **out)
{
	struct conf_env env = {.state_directory = w->dir,
		.timezone = "UTC",
		.runtime_directory = w->dir,
		.canary = true,
		.notify_types = sink_conf_type};
	struct conf_diags diags;
	char dir[128];
	int rc;

	snprintf(dir, sizeof(dir), "%s/conf", w->dir);
	rc = conf_load(dir, &env, out, &diags);
	for (size_t i = 0; i < diags.n; i++) {
		struct buf b;

		/* Most scenarios have webhooks, from which nobody can acknowledge. */
		if (diags.v[i].help && strstr(diags.v[i].help, "nightdesk alerts ack"))
			continue;
		buf_init(&b, 65536);
		conf_diag_print(&b, &diags.v[i]);
		world_fail(w, "configuration: %s", buf_z(&b));
		buf_release(&b);
	}
	conf_diags_release(&diags);
	return rc == 0;
}

static void on_ended(void *arg)
{
	struct world *w = arg;

	w->ended = true;
}

static void on_fatal(void *arg, const struct err *e)
{
	struct world *w = arg;

	(void)e;
	w->broken = true;
}

void world_start(struct world *w, bool once)
{
	struct engine_options o = {.once = once,
		.seed = 1,
		.hostname = "desk.example",
		.pid = 7,
		.ended = on_ended,
		.fatal = on_fatal,
		.arg = w};
	struct ports ports = world_ports(w);
	char path[128];
	struct err e;

	w->ended = w->broken = w->dead = w->hold_jobs = w->hold_parsing = w->hold_secrets =
		w->deaf = false;
	w->last_job_at = w->last_parse_at = 0;
	snprintf(path, sizeof(path), "%s/nightdesk.db", w->dir);
	if (!world_load(w, &w->conf))
		return;
	if (store_open(&w->store, path, STORE_WRITE, &e) != 0 ||
		desk_new(&w->desk, w->store, &e) != 0) {
		world_fail(w, "store: %s", e.text);
		return;
	}
	if (last_run_open(&w->last_run, path, &e) != 0) {
		world_fail(w, "last run: %s", e.text);
		return;
	}
	last_run_start(w->last_run);
	o.last_run = w->last_run;
	w->engine = engine_new(&ports, w->conf, &o);
	engine_start(w->engine);
}

void world_advance(struct world *w, int64_t ms)
{
	int64_t until = clock_mono() + ms;
	struct event *e;

	for (size_t n = 0; (e = TAILQ_FIRST(&w->events)) != NULL && e->at <= until; n++) {
		if (n > EVENTS_MAX) {
			world_fail(w, "events without end");
			break;
		}
		if (e->at > clock_mono())
			clock_virtual_advance(e->at - clock_mono());
		event_fire(w, e);
	}
	if (clock_mono() < until)
		clock_virtual_advance(until - clock_mono());
}

static void close_all(struct world *w)
{
	struct event *e;

	engine_free(w->engine);
	w->engine = NULL;
	while ((e = TAILQ_FIRST(&w->events)) != NULL) {
		world_fail(w, "the engine did not end an operation of kind %d", (int)e->kind);
		TAILQ_REMOVE(&w->events, e, link);
		free(e);
	}
	desk_free(w->desk);
	store_close(w->store);
	conf_unref(w->conf);
	if (!w->dead)
		last_run_finish(w->last_run, true);
	last_run_free(w->last_run);
	w->last_run = NULL;
	w->desk = NULL;
	w->store = NULL;
	w->conf = NULL;
	w->jobs = 0;
	w->at_once = 0;
}

void world_stop(struct world *w)
{
	if (!w->engine)
		return;
	if (w->ended) {
		close_all(w); /* a single run that is over */
		return;
	}
	world_release_jobs(w);
	engine_stop(w->engine);
	if (w->ended && !w->dead)
		world_fail(w, "ended inside the call to stop");
	for (int64_t ms = 0; !w->ended && ms < STOP_MS; ms += 10)
		world_advance(w, 10);
	if (!w->ended)
		world_fail(w, "the engine did not end within %d s", STOP_MS / 1000);
	close_all(w);
}

/*
 * As if the process was killed now: no job or callback runs any more. The engine is torn down in an
 * orderly way only to free its memory.
 */
void world_crash(struct world *w)
{
	w->dead = w->deaf = true;
	world_stop(w);
}

static void nothing_left(struct world *w)
{
	struct reply *r;
	struct record *q;
	struct heard *h;

	TAILQ_FOREACH (r, &w->replies, link) {
		if (r->left > 0)
			world_fail(w, "%d replies of %s were never asked for", r->left, r->url);
	}
	TAILQ_FOREACH (r, &w->answers, link) {
		if (r->left > 0)
			world_fail(w, "%d answers of %s were never wanted", r->left, r->url);
	}
	TAILQ_FOREACH (q, &w->requests, link)
		world_fail(w, "an unexpected request: %s", q->url);
	TAILQ_FOREACH (q, &w->sends, link)
		world_fail(w, "an unexpected message to %s: %.300s", q->url, q->body);
	TAILQ_FOREACH (h, &w->log, link) {
		if (!h->expected && h->level <= LOG_LEVEL_WARN)
			world_fail(w, "logged unexpectedly: %s", h->line);
	}
}

void world_end(struct world *w)
{
	world_stop(w);
	nothing_left(w);
}

void reply_free(struct reply *r)
{
	free(r->url);
	free(r->body);
	free(r->etag);
	free(r->modified);
	free(r->location);
	free(r->im);
	free(r->vary);
	free(r->type);
	free(r->text);
	free(r->publisher);
	free(r);
}

void record_free(struct record *r)
{
	free(r->url);
	free(r->etag);
	free(r->modified);
	free(r->user);
	free(r->headers);
	free(r->id);
	free(r->body);
	free(r);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

#define FREE_ALL(list, type, free_fn)                                                              \
	do {                                                                                       \
		struct type *x;                                                                    \
		while ((x = TAILQ_FIRST(list)) != NULL) {                                          \
			TAILQ_REMOVE(list, x, link);                                               \
			free_fn(x);                                                                \
		}                                                                                  \
	} while (0)

static void heard_free(struct heard *h)
{
	free(h->line);
	free(h);
}

static void body_free(struct body *b)
{
	free(b->name);
	free(b->text);
	free(b);
}

void world_release(struct world *w)
{
	free(w->parse_error.text);
	FREE_ALL(&w->replies, reply, reply_free);
	FREE_ALL(&w->answers, reply, reply_free);
	FREE_ALL(&w->requests, record, record_free);
	FREE_ALL(&w->sends, record, record_free);
	FREE_ALL(&w->log, heard, heard_free);
	FREE_ALL(&w->bodies, body, body_free);
	hub_release(w);
	for (size_t i = 0; i < NAMES_MAX; i++) {
		free(w->names[i][0]);
		free(w->names[i][1]);
	}
	nftw(w->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	log_capture(NULL, NULL);
	clock_virtual_stop();
}
