/* SPDX-License-Identifier: MIT */
#include "lib/fault_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/secrets.h"
#include "lib/memory.h"
#include "store/store.h"

#define EVENTS 256
#define NEVER  INT64_MAX

struct event {
	int64_t at; /* NEVER: free */
	uint64_t order;
	void (*fire)(struct event *e);
	void (*fn)(void *arg);
	void *arg;
	fetch_done_fn *fetched;
	struct parse_request parse;
	parse_done_fn *parsed;
	struct conf *conf;
	const char *credential;
	secret_done_fn *read;
	send_done_fn *sent;
	job_run_fn *run;
	char url[64], etag[8];
	char body[2048];
};

static struct event events[EVENTS];
static uint64_t order;
struct fault_world fault_world;

static struct event *event_add(int64_t delay, void (*fire)(struct event *))
{
	for (size_t i = 0; i < EVENTS; i++) {
		struct event *e = &events[i];

		if (e->at != NEVER)
			continue;
		*e = (struct event){.at = clock_mono() + delay, .order = order++, .fire = fire};
		return e;
	}
	_exit(9);
}

/* Memory of the test itself is never refused. */
static void fire(struct event *e)
{
	struct event copy = *e;

	e->at = NEVER;
	copy.fire(&copy);
}

static void timer_fire(struct event *e)
{
	e->fn(e->arg);
}

static struct timer_op *timer_start(void *ctx, int64_t delay, timer_fn *fn, void *arg)
{
	struct event *e;

	(void)ctx;
	if (memory_out())
		return NULL;
	e = event_add(delay, timer_fire);
	e->fn = fn;
	e->arg = arg;
	return (struct timer_op *)e;
}

static void cancel(struct event *e)
{
	e->at = NEVER;
}

static void timer_cancel(void *ctx, struct timer_op *op)
{
	(void)ctx;
	cancel((struct event *)op);
}

/* --- the servers: each feed has a new item every half hour --- */

static void feed_body(char out[1024], const char *name, int phase)
{
	int n = snprintf(out, 1024,
		"<rss version=\"2.0\"><channel><title>t</title><link>http://x.example/</link>");

	for (int i = phase; i >= 0; i--)
		n += snprintf(out + n, 1024 - (size_t)n,
			"<item><guid>%s%d</guid><title>Embassy %s%d</title></item>", name, i, name,
			i);
	snprintf(out + n, 1024 - (size_t)n, "</channel></rss>");
}

static void fetch_fire(struct event *e)
{
	struct fetch_answer a = {.retry_after = -1, .max_age = -1, .status = 200};
	int phase = (int)((clock_mono() % (1000 * CLOCK_HOUR)) / (30 * CLOCK_MINUTE));
	char etag[8], body[1024];

	phase = phase > 1 ? 1 : phase;
	snprintf(etag, sizeof(etag), "E%d", phase);
	a.etag = etag;
	if (strcmp(e->url, "http://b.example/old") == 0) {
		a.status = 301;
		a.location = "http://b.example/new";
	} else if (strcmp(e->etag, etag) == 0) {
		a.status = 304;
	} else {
		feed_body(body, strstr(e->url, "a.example") ? "a" : "b", phase);
		a.body = str_of(body);
	}
	e->fetched(e->arg, &a);
}

static struct fetch_op *fetch_start(
	void *ctx, const struct fetch_request *r, fetch_done_fn *done, void *arg)
{
	struct event *e;

	(void)ctx;
	if (memory_out())
		return NULL;
	e = event_add(20, fetch_fire);
	e->fetched = done;
	e->arg = arg;
	snprintf(e->url, sizeof(e->url), "%s", r->url);
	snprintf(e->etag, sizeof(e->etag), "%s", r->etag ? r->etag : "");
	return (struct fetch_op *)e;
}

static void fetch_cancel(void *ctx, struct fetch_op *op)
{
	(void)ctx;
	cancel((struct event *)op);
}

/* --- the parser --- */

static void parse_fire(struct event *e)
{
	struct feed_parse_options o = {.limits = &feed_limits_default};
	struct feed_batch *batch = NULL;
	struct err error;

	o.url = str_of(e->url);
	(void)feed_parse(str_slice(e->parse.body, e->parse.body_len), &o, &batch, &error);
	free(e->parse.body);
	e->parsed(e->arg, batch, batch ? NULL : &error);
}

static struct parse_op *parse_start(
	void *ctx, const struct parse_request *r, parse_done_fn *done, void *arg)
{
	struct event *e;

	(void)ctx;
	if (memory_out()) {
		free(r->body);
		return NULL;
	}
	e = event_add(1, parse_fire);
	e->parse = *r;
	e->parsed = done;
	e->arg = arg;
	snprintf(e->url, sizeof(e->url), "%.*s", STR_ARG(r->options.url));
	return (struct parse_op *)e;
}

static void parse_cancel(void *ctx, struct parse_op *op)
{
	struct event *e = (struct event *)op;

	(void)ctx;
	free(e->parse.body);
	cancel(e);
}

/* --- credentials --- */

static void secret_fire(struct event *e)
{
	struct secrets secrets;
	struct err error;
	int rc = secrets_read(e->conf, &e->credential, 1, &secrets, &error);

	e->read(e->arg, rc == 0 ? &secrets : NULL, rc == 0 ? NULL : &error);
	secrets_wipe(&secrets);
	conf_unref(e->conf);
}

static struct secret_op *secret_start(void *ctx, struct conf *conf, const char *const *names,
	size_t n, secret_done_fn *done, void *arg)
{
	struct event *e;

	(void)ctx;
	(void)n;
	if (memory_out())
		return NULL;
	e = event_add(1, secret_fire);
	e->conf = conf_ref(conf);
	e->credential = names[0];
	e->read = done;
	e->arg = arg;
	return (struct secret_op *)e;
}

static void secret_cancel(void *ctx, struct secret_op *op)
{
	struct event *e = (struct event *)op;

	(void)ctx;
	conf_unref(e->conf);
	cancel(e);
}

/* --- the receiver --- */

static void send_fire(struct event *e)
{
	static const char *const titles[] = {
		"Embassy a0", "Embassy a1", "Embassy b0", "Embassy b1"};
	struct sink_answer a = {.retry_after = -1, .status = 200};

	if (fault_world.refusals > 0) {
		fault_world.refusals--;
		a.status = 500;
	}
	for (size_t i = 0; i < 4 && a.status == 200; i++)
		fault_world.received[i] += strstr(e->body, titles[i]) != NULL;
	e->sent(e->arg, &a);
}

static struct send_op *send_start(
	void *ctx, const struct sink_request *r, send_done_fn *done, void *arg)
{
	struct event *e;

	(void)ctx;
	if (memory_out())
		return NULL;
	e = event_add(20, send_fire);
	e->sent = done;
	e->arg = arg;
	snprintf(e->body, sizeof(e->body), "%.*s", (int)r->body.n, r->body.p);
	return (struct send_op *)e;
}

static void send_cancel(void *ctx, struct send_op *op)
{
	(void)ctx;
	cancel((struct event *)op);
}

/* --- the desk --- */

static void job_fire(struct event *e)
{
	e->run(e->arg, fault_world.desk, fault_world.store);
	e->fn(e->arg);
}

static int job_post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	struct event *e = event_add(1, job_fire);

	(void)ctx;
	e->run = run;
	e->fn = done;
	e->arg = arg;
	return 0;
}

static bool job_busy(void *ctx)
{
	(void)ctx;
	return false;
}

const struct ports fault_ports = {
	.fetch = {.start = fetch_start, .cancel = fetch_cancel},
	.parse = {.start = parse_start, .cancel = parse_cancel},
	.secret = {.start = secret_start, .cancel = secret_cancel},
	.send = {.start = send_start, .cancel = send_cancel},
	.job = {.post = job_post, .busy = job_busy},
	.timer = {.start = timer_start, .cancel = timer_cancel},
};

/* --- time --- */

void fault_world_clear(void)
{
	for (size_t i = 0; i < EVENTS; i++)
		events[i].at = NEVER;
}

bool fault_world_step(int64_t until)
{
	struct event *first = NULL;

	for (size_t i = 0; i < EVENTS; i++) {
		struct event *e = &events[i];

		if (e->at <= until && (!first || e->at < first->at ||
					      (e->at == first->at && e->order < first->order)))
			first = e;
	}
	if (!first)
		return false;
	if (first->at > clock_mono())
		clock_virtual_advance(first->at - clock_mono());
	fire(first);
	return true;
}
