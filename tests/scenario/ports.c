/* SPDX-License-Identifier: MIT */
/* The six ports, scripted: everything is an event at a virtual time. */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/secrets.h"

#define CONNECT_MS 10 /* of replies that connect early */

static void event_insert(struct world *w, struct event *e, int64_t delay)
{
	struct event *other;

	e->at = delay == INT64_MAX ? INT64_MAX : clock_mono() + delay;
	TAILQ_FOREACH_REVERSE(other, &w->events, event_list, link)
	{
		if (other->at <= e->at) {
			TAILQ_INSERT_AFTER(&w->events, other, e, link);
			return;
		}
	}
	TAILQ_INSERT_HEAD(&w->events, e, link);
}

struct event *event_add(struct world *w, enum event_kind kind, int64_t delay)
{
	struct event *e = calloc(1, sizeof(*e));

	e->kind = kind;
	event_insert(w, e, delay);
	return e;
}

/* The input of a parse. */
struct parsing {
	struct arena *arena;
	struct feed_parse_options options;
	char *body;
	size_t body_len;
	struct last_run *last_run;
	struct str feed; /* in arena */
	parse_done_fn *done;
};

static void parsing_free(struct parsing *p)
{
	if (!p)
		return;
	free(p->body);
	arena_free(p->arena);
	free(p);
}

/* A request for secrets. */
struct secret_reading {
	struct conf *conf;
	const char *names[SECRETS_MAX];
	size_t n;
	secret_done_fn *done;
};

static void reading_free(struct secret_reading *r)
{
	if (!r)
		return;
	conf_unref(r->conf);
	free(r);
}

static void event_drop(struct world *w, struct event *e)
{
	TAILQ_REMOVE(&w->events, e, link);
	if (e->kind == EVENT_FETCH)
		w->at_once--;
	if (w->driver && e->reply)
		reply_free(e->reply);
	parsing_free(e->parsing);
	reading_free(e->reading);
	free(e);
}

static int64_t reply_delay(const struct reply *r)
{
	return !r ? 50 : r->status == -1 ? INT64_MAX : r->delay;
}

/* --- timer --- */

static struct timer_op *timer_start(void *ctx, int64_t delay, timer_fn *fn, void *arg)
{
	struct event *e = event_add(ctx, EVENT_TIMER, delay < 0 ? 0 : delay);

	e->fn = fn;
	e->arg = arg;
	return (struct timer_op *)e;
}

static void timer_cancel(void *ctx, struct timer_op *op)
{
	event_drop(ctx, (struct event *)op);
}

/* --- fetch --- */

static struct fetch_op *fetch_start(
	void *ctx, const struct fetch_request *q, fetch_done_fn *done, void *arg)
{
	struct world *w = ctx;
	struct reply *reply = reply_to_request(w, q);
	struct event *e;
	bool early;

	early = reply && reply->connects;
	e = event_add(w, EVENT_FETCH, early ? CONNECT_MS : reply_delay(reply));
	e->connected = early ? q->connected : NULL;
	e->rest = reply_delay(reply) - CONNECT_MS;
	e->reply = reply;
	e->fetched = done;
	e->arg = arg;
	e->refused = reply && reply->private_host &&
		     (q->learnt || q->policy->private_networks == CONF_PRIVATE_DENY);
	e->matched = reply && reply->conditional && q->etag && reply->etag &&
		     strcmp(q->etag, reply->etag) == 0;
	if (++w->at_once > w->most_at_once)
		w->most_at_once = w->at_once;
	return (struct fetch_op *)e;
}

static void fetch_cancel(void *ctx, struct fetch_op *op)
{
	event_drop(ctx, (struct event *)op);
}

static void fetch_fire(struct world *w, struct event *e)
{
	const struct reply *r = e->reply;
	struct fetch_answer a = {.retry_after = -1, .max_age = -1, .near = r && r->private_host};

	w->at_once--;
	if (!r || e->refused) {
		err_set(&a.error, ERR_PERM, "%s",
			r ? "the address is private; see private-networks" : "no reply");
	} else if (r->status == 0) {
		a.crowded = r->crowded;
		err_set(&a.error, r->error, "%s", r->text ? r->text : "connection refused");
		a.reach = r->reach;
		a.no_host = r->no_host;
	} else {
		a.status = e->matched ? 304 : r->status;
		a.etag = r->etag;
		a.last_modified = r->modified;
		a.location = r->location;
		a.im = r->im;
		a.vary = r->vary;
		a.content_type = r->type;
		a.retry_after = r->retry_after;
		a.max_age = r->max_age;
		a.date = r->no_date ? 0 : clock_wall() - w->stepped + r->date_off;
		if (r->text)
			err_set(&a.cut, ERR_TEMP, "%s", r->text);
		if (r->body && !e->matched) {
			a.body_owned = malloc(r->body_len + 1);
			memcpy(a.body_owned, r->body, r->body_len);
			a.body = str_slice(a.body_owned, r->body_len);
		}
	}
	e->fetched(e->arg, &a);
	free(a.body_owned);
}

/* --- parse: in order, parse_ms for each body --- */

/* Returns when the parser will finish a body that starts now. */
static int64_t parse_delay(struct world *w)
{
	int64_t now = clock_mono();

	if (w->hold_parsing)
		return INT64_MAX;
	w->last_parse_at = (w->last_parse_at > now ? w->last_parse_at : now) + w->parse_ms;
	return w->last_parse_at - now;
}

static struct parse_op *parse_start(
	void *ctx, const struct parse_request *q, parse_done_fn *done, void *arg)
{
	struct world *w = ctx;
	struct parsing *p = calloc(1, sizeof(*p));
	struct event *e;

	p->arena = arena_new(65536);
	if (feed_parse_options_copy(p->arena, &q->options, &p->options) != 0)
		world_fail(w, "the options of a parse could not be copied");
	p->body = q->body;
	p->body_len = q->body_len;
	p->done = done;
	p->last_run = q->last_run;
	p->feed = arena_str(p->arena, q->feed);
	if (w->hold_parsing)
		last_run_begin(p->last_run, LAST_RUN_PARSE, p->feed);
	e = event_add(w, EVENT_PARSE, parse_delay(w));
	e->parsing = p;
	e->arg = arg;
	return (struct parse_op *)e;
}

static void parse_cancel(void *ctx, struct parse_op *op)
{
	event_drop(ctx, (struct event *)op);
}

void world_release_parsing(struct world *w)
{
	struct event *e, *next;

	w->hold_parsing = false;
	for (e = TAILQ_FIRST(&w->events); e; e = next) {
		next = TAILQ_NEXT(e, link);
		if (e->kind == EVENT_PARSE && e->at == INT64_MAX) {
			TAILQ_REMOVE(&w->events, e, link);
			event_insert(w, e, parse_delay(w));
		}
	}
}

static void parse_fire(struct world *w, struct event *e)
{
	struct parsing *p = e->parsing;
	struct feed_batch *batch = NULL;
	struct err error;

	last_run_begin(p->last_run, LAST_RUN_PARSE, p->feed);
	if (w->parse_error.cls != ERR_NONE)
		err_set(&error, w->parse_error.cls, "%s", w->parse_error.text);
	else
		(void)feed_parse(str_slice(p->body, p->body_len), &p->options, &batch, &error);
	last_run_end(p->last_run, LAST_RUN_PARSE);
	p->done(e->arg, batch, batch ? NULL : &error);
	parsing_free(p);
}

/* --- secret: the file is read when the event runs --- */

static struct secret_op *secret_start(void *ctx, struct conf *conf, const char *const *names,
	size_t n, secret_done_fn *done, void *arg)
{
	struct world *w = ctx;
	struct secret_reading *r = calloc(1, sizeof(*r));
	struct event *e = event_add(w, EVENT_SECRET, w->hold_secrets ? INT64_MAX : w->secret_ms);

	r->conf = conf_ref(conf);
	r->n = n;
	memcpy(r->names, names, n * sizeof(*names));
	r->done = done;
	e->reading = r;
	e->arg = arg;
	return (struct secret_op *)e;
}

static void secret_cancel(void *ctx, struct secret_op *op)
{
	event_drop(ctx, (struct event *)op);
}

void world_release_secrets(struct world *w)
{
	struct event *e, *next;

	w->hold_secrets = false;
	for (e = TAILQ_FIRST(&w->events); e; e = next) {
		next = TAILQ_NEXT(e, link);
		if (e->kind == EVENT_SECRET && e->at == INT64_MAX) {
			TAILQ_REMOVE(&w->events, e, link);
			event_insert(w, e, w->secret_ms);
		}
	}
}

static void secret_fire(struct event *e)
{
	struct secret_reading *r = e->reading;
	struct secrets secrets;
	struct err error;
	int rc = secrets_read(r->conf, r->names, r->n, &secrets, &error);

	r->done(e->arg, rc == 0 ? &secrets : NULL, rc == 0 ? NULL : &error);
	secrets_wipe(&secrets);
	reading_free(r);
}

/* --- send --- */

static struct send_op *send_start(
	void *ctx, const struct sink_request *q, send_done_fn *done, void *arg)
{
	struct world *w = ctx;
	struct reply *reply = reply_to_message(w, q);
	struct event *e;

	e = event_add(w, EVENT_SEND, reply_delay(reply));
	e->reply = reply;
	e->sent = done;
	e->arg = arg;
	return (struct send_op *)e;
}

static void send_cancel(void *ctx, struct send_op *op)
{
	event_drop(ctx, (struct event *)op);
}

static void send_fire(struct event *e)
{
	const struct reply *r = e->reply;
	struct sink_answer a = {.retry_after = -1};

	if (!r || r->status == 0) {
		a.error = r ? r->error : ERR_TEMP;
		a.error_text = str_of(r && r->text ? r->text : "connection refused");
		a.sent = r && r->sent;
	} else {
		a.status = r->status;
		a.retry_after = r->retry_after;
		a.body = str_slice(r->body ? r->body : "", r->body_len);
	}
	e->sent(e->arg, &a);
}

/* --- job --- */

static void job_line_up(struct world *w, struct event *e)
{
	int64_t now = clock_mono(), at = w->last_job_at > now ? w->last_job_at : now;
	struct event *placed;

	w->last_job_at = at + w->job_ms;
	placed = event_add(w, EVENT_JOB, w->last_job_at - now);
	placed->run = e->run;
	placed->fn = e->fn;
	placed->arg = e->arg;
	free(e);
}

static int job_post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	struct world *w = ctx;
	struct event *e;

	if (w->jobs >= w->mailbox)
		return -ERR_TEMP;
	w->jobs++;
	e = calloc(1, sizeof(*e));
	e->run = run;
	e->fn = done;
	e->arg = arg;
	if (w->hold_jobs)
		TAILQ_INSERT_TAIL(&w->held, e, link);
	else
		job_line_up(w, e);
	return 0;
}

static bool job_busy(void *ctx)
{
	const struct world *w = ctx;

	return w->mailbox > 0 && w->jobs * 4 >= w->mailbox * 3;
}

void world_release_jobs(struct world *w)
{
	struct event *e;

	w->hold_jobs = false;
	while ((e = TAILQ_FIRST(&w->held)) != NULL) {
		TAILQ_REMOVE(&w->held, e, link);
		job_line_up(w, e);
	}
}

static void job_fire(struct world *w, struct event *e)
{
	if (!w->dead)
		e->run(e->arg, w->desk, w->store);
	w->jobs--;
	e->fn(e->arg);
}

/* --- all --- */

void event_fire(struct world *w, struct event *e)
{
	struct event copy_of = *e;

	TAILQ_REMOVE(&w->events, e, link);
	if (e->connected) {
		e->connected = NULL;
		event_insert(w, e, e->rest);
		copy_of.connected(copy_of.arg, false);
		return;
	}
	free(e);
	switch (copy_of.kind) {
	case EVENT_TIMER: copy_of.fn(copy_of.arg); break;
	case EVENT_FETCH: fetch_fire(w, &copy_of); break;
	case EVENT_PARSE: parse_fire(w, &copy_of); break;
	case EVENT_SECRET: secret_fire(&copy_of); break;
	case EVENT_SEND: send_fire(&copy_of); break;
	case EVENT_JOB: job_fire(w, &copy_of); break;
	}
	if (w->driver && copy_of.reply)
		reply_free(copy_of.reply);
}

struct ports world_ports(struct world *w)
{
	return (struct ports){
		.fetch = {.ctx = w, .start = fetch_start, .cancel = fetch_cancel},
		.parse = {.ctx = w, .start = parse_start, .cancel = parse_cancel},
		.secret = {.ctx = w, .start = secret_start, .cancel = secret_cancel},
		.send = {.ctx = w, .start = send_start, .cancel = send_cancel},
		.job = {.ctx = w, .post = job_post, .busy = job_busy},
		.timer = {.ctx = w, .start = timer_start, .cancel = timer_cancel},
	};
}
