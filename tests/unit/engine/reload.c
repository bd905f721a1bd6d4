/* SPDX-License-Identifier: MIT */
/*
 * A start, reloads and a stop with many feeds: the work is done in many callbacks, each a small
 * part of it; commands in between find the new configuration.
 */
#include "lib/unit.h"

#include <sys/queue.h>

#include "base/clock.h"
#include "conf/conf.h"
#include "desk/desk.h"
#include "engine/engine.h"
#include "lib/cost.h"
#include "lib/store_fixture.h"
#include "sink/sink.h"

#define FEEDS	 20000
#define PART_MAX 4 /* the longest callback is at most this part of all */

/* --- ports: timers and jobs are called by run(); no server answers --- */

struct event {
	int64_t at;
	void (*fn)(void *arg);
	void *arg;
	TAILQ_ENTRY(event) link;
};

static TAILQ_HEAD(, event) events;
static struct store_fixture *fixture;
static struct desk *desk;
static unsigned reloads;
static bool ended;

static struct event *add(int64_t delay, void (*fn)(void *), void *arg)
{
	struct event *e = calloc(1, sizeof(*e)), *other;

	assert_non_null(e);
	*e = (struct event){.at = clock_mono() + delay, .fn = fn, .arg = arg};
	TAILQ_FOREACH (other, &events, link) {
		if (other->at > e->at)
			break;
	}
	if (other)
		TAILQ_INSERT_BEFORE(other, e, link);
	else
		TAILQ_INSERT_TAIL(&events, e, link);
	return e;
}

static struct timer_op *timer_start(void *ctx, int64_t delay, timer_fn *fn, void *arg)
{
	(void)ctx;
	return (struct timer_op *)add(delay, fn, arg);
}

static void timer_cancel(void *ctx, struct timer_op *op)
{
	struct event *e = (struct event *)op;

	(void)ctx;
	TAILQ_REMOVE(&events, e, link);
	free(e);
}

static int job_post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	(void)ctx;
	run(arg, desk, fixture->store);
	add(0, done, arg);
	return 0;
}

static bool job_is_busy(void *ctx)
{
	(void)ctx;
	return false;
}

static struct fetch_op *fetch_start(
	void *ctx, const struct fetch_request *r, fetch_done_fn *done, void *arg)
{
	(void)ctx;
	(void)r;
	(void)done;
	return (struct fetch_op *)arg;
}

static void fetch_cancel(void *ctx, struct fetch_op *op)
{
	(void)ctx;
	(void)op;
}

static const struct ports ports = {
	.fetch = {.start = fetch_start, .cancel = fetch_cancel},
	.job = {.post = job_post, .busy = job_is_busy},
	.timer = {.start = timer_start, .cancel = timer_cancel},
};

static void on_reloaded(void *arg)
{
	(void)arg;
	reloads++;
}

static void on_ended(void *arg)
{
	(void)arg;
	ended = true;
}

static void on_fatal(void *arg, const struct err *e)
{
	(void)arg;
	fail_msg("%s", e->text);
}

/* --- configurations --- */

static struct conf *load(const char *name, const char *path)
{
	struct conf_env env = {.state_directory = fixture->dir,
		.runtime_directory = fixture->dir,
		.notify_types = sink_conf_type};
	struct conf *conf = NULL;
	struct conf_diags diags;
	char file[128];
	FILE *f;

	snprintf(file, sizeof(file), "%s/nightdesk.conf", fixture->dir);
	f = fopen(file, "w");
	assert_non_null(f);
	for (int i = 0; i < FEEDS; i++)
		fprintf(f, "feed %s%d { url = 'http://a.example/%s%d' }\n", name, i, path, i);
	fclose(f);
	assert_int_equal(conf_load(fixture->dir, &env, &conf, &diags), 0);
	unlink(file);
	conf_diags_release(&diags);
	return conf;
}

/* --- cost --- */

struct cost {
	int64_t start, longest, all; /* µs */
};

static void cost_start(struct cost *c)
{
	c->start = cost_now();
}

static void cost_end(struct cost *c)
{
	int64_t us = cost_now() - c->start;

	c->all += us;
	c->longest = us > c->longest ? us : c->longest;
}

/* All that is due now. */
static void run(struct cost *c)
{
	struct event *e, copy;

	while ((e = TAILQ_FIRST(&events)) && e->at <= clock_mono()) {
		copy = *e;
		timer_cancel(NULL, (struct timer_op *)e);
		cost_start(c);
		copy.fn(copy.arg);
		cost_end(c);
	}
}

static void assert_parted(const char *what, const struct cost *c)
{
	if (getenv("VERBOSE"))
		print_message("%s: %lld us, longest %lld us\n", what, (long long)c->all,
			(long long)c->longest);
	if (c->longest > COST_LEAST && c->longest > c->all / PART_MAX)
		fail_msg("%s: one callback took %lld of %lld us", what, (long long)c->longest,
			(long long)c->all);
}

static void reload(struct engine *engine, struct conf *conf, const char *what)
{
	struct cost c = {0};
	unsigned before = reloads;

	cost_start(&c);
	engine_reload(engine, conf);
	cost_end(&c);
	run(&c);
	assert_int_equal(reloads, before + 1);
	assert_parted(what, &c);
}

static void expect_feeds(struct engine *engine, int64_t configured)
{
	struct metrics m;

	metrics_init(&m);
	engine_metrics(engine, &m);
	assert_int_equal(m.feeds_configured, configured);
	assert_int_equal(m.feeds_waiting + m.feeds_fetching, configured);
}

static void many_feeds_take_many_callbacks(void **state)
{
	struct engine_options o = {
		.seed = 1, .reloaded = on_reloaded, .ended = on_ended, .fatal = on_fatal};
	struct conf *first, *moved, *other;
	struct engine *engine;
	struct cost c = {0};
	int64_t until;

	fixture = *state;
	assert_int_equal(desk_new(&desk, fixture->store, &fixture->e), 0);
	first = load("a", "1/");
	moved = load("a", "2/");
	other = load("b", "2/");
	engine = engine_new(&ports, first, &o);
	assert_non_null(engine);

	cost_start(&c);
	engine_start(engine);
	cost_end(&c);
	run(&c);
	assert_parted("start", &c);
	expect_feeds(engine, FEEDS);
	reload(engine, first, "nothing changed");
	reload(engine, moved, "all urls changed");
	expect_feeds(engine, FEEDS);
	reload(engine, other, "all feeds replaced");
	expect_feeds(engine, FEEDS);

	/* Commands find the new configuration before its steps have come so far. */
	engine_reload(engine, first);
	assert_int_equal(engine_ask_feed(engine, "a19999", &until), ENGINE_ASKED);
	assert_int_equal(engine_ask_feed(engine, "b0", &until), ENGINE_NO_FEED);
	/* A reload that does not wait for the end of the last one. */
	engine_reload(engine, moved);
	run(&c);
	expect_feeds(engine, FEEDS);

	c = (struct cost){.all = c.all};
	cost_start(&c);
	engine_stop(engine);
	cost_end(&c);
	run(&c);
	assert_parted("stop", &c);
	assert_true(ended);
	engine_free(engine);
	assert_true(TAILQ_EMPTY(&events));
	desk_free(desk);
	conf_unref(first);
	conf_unref(moved);
	conf_unref(other);
}

static int setup(void **state)
{
	TAILQ_INIT(&events);
	log_configure(&(struct log_options){.level = LOG_LEVEL_ERROR});
	clock_virtual_start(INT64_C(1790000000000));
	return store_fixture_open(state);
}

static int teardown(void **state)
{
	clock_virtual_stop();
	return store_fixture_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(many_feeds_take_many_callbacks, setup, teardown),
	};

	return cmocka_run_group_tests_name("engine reload", tests, NULL, NULL);
}
