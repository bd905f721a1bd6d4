/* SPDX-License-Identifier: MIT */
/* nightdesk backtest: what watches would have told over what is kept. */
#include "desk/backtest.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/archived.h"
#include "cli/stored.h"
#include "cli/tally.h"
#include "conf/form.h"

#define OPT_WATCH   1
#define OPT_SINCE   2
#define OPT_AGAINST 3
#define OPT_SAMPLES 4
#define SAMPLES	    3

struct job {
	const struct cli *cli;
	const struct cli_command *self;
	const char *dir, *against, *watch;
	int64_t since;
	size_t samples;
	bool json;
	struct tally *tally;
	struct backtest_result result;
	int64_t us;
};

/* --- as it goes --- */

static json_t *alert_json(const struct backtest_alert *a)
{
	json_t *o = cli_item_json(a->row);

	cli_set_hits(o, a->view, a->hits, a->n_hits);
	return o;
}

static void put_alert(const struct job *j, const struct backtest_alert *a)
{
	cli_put_item(a->row, a->view->body);
	fputs("\n      ", stdout);
	cli_put_snippet(j->cli, a->view, a->hits, a->n_hits);
	putchar('\n');
}

/* A difference is told at once, item by item. */
static void put_change(const struct job *j, const struct backtest_alert *a)
{
	bool gained = a->change == BACKTEST_GAINED;

	if (j->json) {
		json_t *o = alert_json(a);

		json_object_set_new(o, "change", json_string(gained ? "gained" : "lost"));
		json_object_set_new(o, "watch", json_string(a->watch->name));
		cli_put_json(o);
		return;
	}
	printf("%s %s  ", gained ? "gained" : "lost  ", a->watch->name);
	put_alert(j, a);
}

static int on_alert(void *ctx, const struct backtest_alert *a)
{
	struct job *j = ctx;

	if (a->change != BACKTEST_TOLD)
		put_change(j, a);
	return tally_add(j->tally, a, j->against ? 0 : j->samples);
}

/* --- in the end --- */

static void put_count(void *ctx, const char *name, uint64_t n)
{
	(void)ctx;
	fputs("  ", stdout);
	cli_put_text(stdout, str_of(name));
	printf(" %" PRIu64, n);
}

static void set_count(void *ctx, const char *name, uint64_t n)
{
	json_object_set_new(ctx, name, json_integer((json_int_t)n));
}

static void put_watch_json(const struct job *j, const struct tally_watch *w)
{
	json_t *o = json_pack("{ss sI}", "watch", w->name, "alerts", (json_int_t)w->alerts);
	json_t *days = json_object(), *feeds = json_object(), *samples = json_array();

	if (j->against) {
		json_object_set_new(o, "kept", json_integer((json_int_t)w->kept));
		json_object_set_new(o, "gained", json_integer((json_int_t)w->gained));
		json_object_set_new(o, "lost", json_integer((json_int_t)w->lost));
	}
	tally_each_day(w, set_count, days);
	tally_each_feed(w, set_count, feeds);
	for (size_t k = 0; k < w->n_samples; k++) {
		struct tally_sample *s = tally_sample(w, k);
		const struct backtest_alert a = {
			.row = &s->row, .view = &s->view, .hits = s->hits, .n_hits = s->n_hits};

		json_array_append_new(samples, alert_json(&a));
	}
	json_object_set_new(o, "days", days);
	json_object_set_new(o, "feeds", feeds);
	json_object_set_new(o, "samples", samples);
	cli_put_json(o);
}

static void put_watch(const struct job *j, const struct tally_watch *w)
{
	printf("%s: ", w->name);
	if (j->against)
		printf("%" PRIu64 " kept, %" PRIu64 " gained, %" PRIu64 " lost\n", w->kept,
			w->gained, w->lost);
	else
		printf("%" PRIu64 " alert%s\n", w->alerts, w->alerts == 1 ? "" : "s");
	if (!w->alerts || j->against)
		return;
	fputs("  by day ", stdout);
	tally_each_day(w, put_count, NULL);
	fputs("\n  by feed", stdout);
	tally_each_feed(w, put_count, NULL);
	putchar('\n');
	for (size_t k = 0; k < w->n_samples; k++) {
		struct tally_sample *s = tally_sample(w, k);
		const struct backtest_alert a = {
			.row = &s->row, .view = &s->view, .hits = s->hits, .n_hits = s->n_hits};

		fputs("  ", stdout);
		put_alert(j, &a);
	}
}

static void put_watches(const struct job *j, const struct conf *c, const struct conf *other)
{
	for (size_t k = 0; k < c->n_watches; k++) {
		const struct conf_watch *w = &c->watches[k];
		struct tally_watch none = {.name = w->name};
		const struct tally_watch *t = tally_find(j->tally, w->name);

		if (other && conf_find_watch(other, str_of(w->name)))
			continue;
		if (j->json)
			put_watch_json(j, t ? t : &none);
		else
			put_watch(j, t ? t : &none);
	}
}

static void put_total(const struct job *j)
{
	const struct backtest_result *r = &j->result;
	double seconds = (double)(j->us > 0 ? j->us : 1) / 1e6;
	double rate = (double)r->items / seconds;

	if (j->json) {
		cli_put_json(json_pack("{sI sI sI sI sb sf sf}", "items", (json_int_t)r->items,
			"looked_at", (json_int_t)r->looked, "of_unknown_feeds",
			(json_int_t)r->strange, "overruns", (json_int_t)r->overruns, "narrowed",
			r->narrowed, "seconds", seconds, "items_per_second", rate));
		return;
	}
	printf("%" PRIu64 " items in %.2f s, %.0f items a second", r->items, seconds, rate);
	if (r->narrowed)
		printf("; the index left %" PRIu64 " to look at", r->looked);
	putchar('\n');
	if (r->strange)
		printf("%" PRIu64 " of them are of feeds that %s does not have: passed over\n",
			r->strange, j->dir);
	if (r->overruns)
		printf("a watch ran over its budget %" PRIu64 " times; that counts as no match\n",
			r->overruns);
}

/* --- the command --- */

static int run_on(
	struct job *j, struct store *store, const struct conf *conf, const struct conf *against)
{
	const struct backtest b = {
		.conf = conf, .against = against, .since = j->since, .until = STAMP_NONE};
	struct err e = {0};
	int64_t start = clock_mono_us();
	int rc = desk_backtest(store, &b, on_alert, j, &j->result, &e);

	j->us = clock_mono_us() - start;
	if (rc == -(int)ERR_NOMEM)
		(void)err_nomem(&e);
	if (rc == 0) {
		put_watches(j, conf, NULL);
		if (against)
			put_watches(j, against, conf);
		put_total(j);
	}
	return cli_stored_code(rc, &e);
}

static bool has_watch(const struct job *j, const struct conf *c)
{
	return c && conf_find_watch(c, str_of(j->watch));
}

static int run_job(struct job *j)
{
	struct conf *conf, *against = NULL;
	struct store *store = NULL;
	int code = CLI_OK;

	conf = cli_conf_watch(j->cli, j->dir, j->watch, &code);
	if (conf && j->against)
		against = cli_conf_watch(j->cli, j->against, j->watch, &code);
	if (code == CLI_OK && j->watch && !has_watch(j, conf) && !has_watch(j, against))
		code = cli_no_watch(j->cli, j->dir, j->watch);
	j->tally = tally_new();
	if (code == CLI_OK && !j->tally) {
		cli_complain("out of memory");
		code = CLI_OSERR;
	}
	if (code == CLI_OK)
		code = cli_open_store(j->cli, j->dir, &store);
	if (code == CLI_OK)
		code = run_on(j, store, conf, against);
	store_close(store);
	tally_free(j->tally);
	conf_unref(conf);
	conf_unref(against);
	return code;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct job j = {.cli = cli,
		.self = self,
		.dir = CLI_CONF_DIR,
		.since = STAMP_NONE,
		.samples = SAMPLES};
	struct cli_args args;
	const char *value;
	char *end = NULL;
	int64_t ago;
	int id;

	cli_args_init(&args, self, argc, argv);
	while ((id = cli_args_next(&args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: j.dir = value; break;
		case CLI_OPT_JSON: j.json = true; break;
		case OPT_WATCH: j.watch = value; break;
		case OPT_AGAINST: j.against = value; break;
		case OPT_SINCE:
			if (!conf_form_duration(str_of(value), &ago))
				return cli_usage(self, "--since takes 30m, 2h or 7d");
			j.since = clock_wall() - ago;
			break;
		case OPT_SAMPLES:
			j.samples = strtoul(value, &end, 10);
			if (*end || end == value || j.samples > TALLY_SAMPLES_MAX)
				return cli_usage(self, "--samples takes a number up to %d",
					TALLY_SAMPLES_MAX);
			break;
		}
	}
	if (id < 0)
		return CLI_USAGE;
	if (args.next != args.argc)
		return cli_usage(self, "takes no words; --watch names one watch");
	return cli_finish(run_job(&j));
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_WATCH, "--watch", "NAME", "only this watch"},
	{OPT_SINCE, "--since", "7d", "only items first seen since then"},
	{OPT_AGAINST, "--against", "DIR", "compare with this other configuration"},
	{OPT_SAMPLES, "--samples", "N", "show the last N items of each watch (default 3)"},
	{0},
};

extern const struct cli_command cmd_backtest;
const struct cli_command cmd_backtest = {
	.name = "backtest",
	.summary = "what the watches would have told over the items that are kept",
	.options = options,
	.detail = "With --against, item by item what the other configuration would "
		  "tell and this one\n"
		  "not (gained), and the other way round (lost): what an edit "
		  "does, before it is\n"
		  "reloaded. Reads the database, whether or not the daemon runs.",
	.run = run,
};
