/* SPDX-License-Identifier: MIT */
/*
 * Two hours of the engine, with the n-th allocation of everything under it refused, for every
 * eleventh n (every n with FAULT_ALL=1), once and ten times in a row. It may lose a poll, be late,
 * or say that it must be started anew, and then it is; but it must not crash, hang, or stand still,
 * and at the end every alert must have been received, none twice unless it was started anew.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "conf/conf.h"
#include "desk/desk.h"
#include "engine/engine.h"
#include "lib/memory.h"
#include "store/store.h"
#include "sink/sink.h"

#define EVENTS 256
#define NEVER  INT64_MAX
#define HOURS  (2 * CLOCK_HOUR)
#define ALERTS 5

struct event {
	int64_t at; /* NEVER: free */
	uint64_t order;
	void (*fire)(struct event *e);
	void (*fn)(void *arg);
	void *arg;
	fetch_done_fn *fetched;
	struct parse_request parse;
	parse_done_fn *parsed;
	send_done_fn *sent;
	job_run_fn *run;
	char url[64], etag[8];
	char body[2048];
};

static struct event events[EVENTS];
static uint64_t order;
static struct store *store;
static struct desk *desk;
static bool ended, broken;
static int received[ALERTS];
static int refusals; /* the receiver answers 500 so often first */
static char dir[64];

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

/* Our own part of the world never runs out. */
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

/* --- the receiver --- */

static void send_fire(struct event *e)
{
	static const char *const titles[] = {
		"Embassy a0", "Embassy a1", "Embassy b0", "Embassy b1"};
	struct sink_answer a = {.retry_after = -1, .status = 200};

	if (refusals > 0) {
		refusals--;
		a.status = 500;
	}
	for (size_t i = 0; i < 4 && a.status == 200; i++)
		received[i] += strstr(e->body, titles[i]) != NULL;
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
	e->run(e->arg, desk, store);
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

static const struct ports ports = {
	.fetch = {.start = fetch_start, .cancel = fetch_cancel},
	.parse = {.start = parse_start, .cancel = parse_cancel},
	.send = {.start = send_start, .cancel = send_cancel},
	.job = {.post = job_post, .busy = job_busy},
	.timer = {.start = timer_start, .cancel = timer_cancel},
};

/* --- a run --- */

static void on_ended(void *arg)
{
	(void)arg;
	ended = true;
}

static void on_fatal(void *arg, const struct err *e)
{
	(void)arg;
	(void)e;
	broken = true;
}

static struct conf *load(const char *feeds)
{
	struct conf_env env = {
		.state_directory = dir, .runtime_directory = dir, .notify_types = sink_conf_type};
	struct conf_diags diags;
	struct conf *conf = NULL;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/nightdesk.conf", dir);
	f = fopen(path, "w");
	fprintf(f,
		"poll { every = '10m' host-gap = '0s' }\n"
		"watch w { query = 'embassy' notify = { hook } }\n"
		"notify hook { type = 'webhook' url = 'http://hook.example/' }\n%s",
		feeds);
	fclose(f);
	if (conf_load(dir, &env, &conf, &diags) != 0)
		_exit(8);
	conf_diags_release(&diags);
	return conf;
}

static bool advance(int64_t ms)
{
	int64_t until = clock_mono() + ms;

	while (!broken) {
		struct event *first = NULL;

		for (size_t i = 0; i < EVENTS; i++) {
			struct event *e = &events[i];

			if (e->at <= until &&
				(!first || e->at < first->at ||
					(e->at == first->at && e->order < first->order)))
				first = e;
		}
		if (!first)
			break;
		if (first->at > clock_mono())
			clock_virtual_advance(first->at - clock_mono());
		fire(first);
	}
	if (clock_mono() < until)
		clock_virtual_advance(until - clock_mono());
	return !broken;
}

static const char one[] = "feed a { url = 'http://a.example/' first-run = 'alert' }\n"
			  "feed gone { url = 'http://a.example/gone' }\n";
static const char two[] = "feed a { url = 'http://a.example/' first-run = 'alert' }\n"
			  "feed b { url = 'http://b.example/old' first-run = 'alert' }\n";

static void open_all(void)
{
	char path[128];
	struct err e;

	for (size_t i = 0; i < EVENTS; i++)
		events[i].at = NEVER;
	ended = broken = false;
	snprintf(path, sizeof(path), "%s/nightdesk.db", dir);
	if (store_open(&store, path, STORE_WRITE, &e) != 0 || desk_new(&desk, store, &e) != 0)
		_exit(7);
}

static struct engine *begin(struct conf *conf)
{
	struct engine_options o = {
		.seed = 3, .hostname = "h", .ended = on_ended, .fatal = on_fatal};
	struct engine *engine;

	memory.armed = true;
	engine = engine_new(&ports, conf, &o);
	if (engine)
		engine_start(engine);
	else
		broken = true;
	return engine;
}

/* False: it asked to be started anew. What it left in memory is the dead process's. */
static bool play(struct conf *a, struct conf *b)
{
	struct engine *engine;

	open_all();
	engine = begin(a);
	if (!broken && advance(20 * CLOCK_MINUTE)) {
		engine_reload(engine, b);
		if (advance(HOURS)) {
			engine_stop(engine);
			if (advance(5 * CLOCK_SECOND) && !ended)
				_exit(6);
		}
	}
	memory.armed = false;
	if (!broken)
		engine_free(engine);
	desk_free(desk);
	store_close(store);
	return !broken;
}

/* Exit status: 0 good, 1 lost, 2 twice. */
static void run(long at, long width)
{
	struct conf *a, *b;
	bool anew = false;
	char command[128];
	int rc = 0;

	snprintf(dir, sizeof(dir), "%s/nightdesk-fault-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir))
		_exit(5);
	clock_virtual_start(INT64_C(1790000000000));
	/* Wall and monotonic time start where the half hours do. */
	clock_virtual_advance(1000 * CLOCK_HOUR - clock_mono() % (1000 * CLOCK_HOUR));
	log_configure(&(struct log_options){.level = LOG_LEVEL_ERROR});
	a = load(one);
	b = load(two);
	refusals = 1;
	memory.at = at;
	memory.width = width;
	while (!play(a, b)) {
		if (anew)
			_exit(4);
		anew = true;
		memory.at = 0;
	}
	conf_unref(a);
	conf_unref(b);
	for (size_t i = 0; i < 4; i++) {
		if (received[i] == 0)
			rc = 1;
		else if (received[i] > 1 && !anew)
			rc = 2;
	}
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		rc = 5;
	if (!memory.fired && at > 0)
		rc = rc ? rc : 100;
	if (rc == 0 && anew)
		rc = 101;
	exit(rc);
}

static int child(long at, long width)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (at > 0)
			(void)!freopen("/dev/null", "w", stderr);
		run(at, width);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int main(void)
{
	static const long widths[] = {1, 10};
	const char *all = getenv("FAULT_ALL");
	int rc;

	memory_install();
	rc = child(0, 0);
	printf("%s - two hours without a fault: %d\n", rc == 0 ? "ok" : "not ok", rc);
	for (size_t w = 0; w < 2 && rc == 0; w++) {
		long n = 1, bad = 0, anew = 0;

		for (;; n += all ? 1 : 11) {
			int end = child(n, widths[w]);

			if (end == 100)
				break;
			anew += end == 101;
			if (end == 0 || end == 101)
				continue;
			printf("# allocation %ld: ended with %d\n", n, end);
			if (++bad > 20)
				break;
		}
		printf("%s - one in %d of %ld allocations refused, %ld at once: %ld bad, %ld "
		       "times started anew\n",
			bad ? "not ok" : "ok", all ? 1 : 11, n, widths[w], bad, anew);
	}
	return rc != 0;
}
