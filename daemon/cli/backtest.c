/* SPDX-License-Identifier: MIT */
/* nightdesk backtest: what watches would have told over what is kept. */
#include "desk/backtest.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "archived.h"
#include "hits.h"
#include "document/document.h"
#include "document/match.h"
#include "progress.h"
#include "stored.h"
#include "desk/backtest_summary.h"
#include "conf/form.h"

#define OPT_WATCH   1
#define OPT_SINCE   2
#define OPT_AGAINST 3
#define OPT_SAMPLES 4
#define SAMPLES	    3
#define DAYS_SHOWN  14
#define FEEDS_SHOWN 10
#define NAMES_SHOWN 20
#define ENDED	    1 /* nobody reads on */

struct job {
	const struct cli *cli;
	const struct cli_command *self;
	const char *dir, *against, *watch;
	int64_t since;
	size_t samples;
	bool json;
	struct backtest_summary *summary;
	struct progress progress;
	struct backtest_result result;
	int64_t us;
};

/* --- as it goes --- */

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
		document_print(document_backtest_change(a), stdout);
		return;
	}
	printf("%s %s  ", gained ? "gained" : "lost  ", a->watch->name);
	put_alert(j, a);
}

static int on_alert(void *ctx, const struct backtest_alert *a)
{
	struct job *j = ctx;

	if (a->change != BACKTEST_BOTH) {
		progress_clear(&j->progress);
		put_change(j, a);
		if (ferror(stdout))
			return ENDED;
	}
	return backtest_summary_add(j->summary, a, j->against ? 0 : j->samples);
}

/* Without memory it is told in the sum alone. */
static void on_overrun(void *ctx, const struct conf_watch *watch)
{
	struct job *j = ctx;

	(void)backtest_summary_add_overrun(j->summary, watch->name);
}

static void on_progress(void *ctx, uint64_t done, uint64_t of)
{
	struct job *j = ctx;

	progress_at(&j->progress, j->result.examined, done, of);
}

/* --- in the end --- */

static void put_count(void *ctx, const char *name, uint64_t n)
{
	(void)ctx;
	fputs("  ", stdout);
	utf8_print(stdout, str_of(name));
	printf(" %" PRIu64, n);
}

/* Days from the first item to the last. */
static double days_of(const struct job *j)
{
	const struct backtest_result *r = &j->result;

	return r->items ? (double)(r->last - r->first) / (double)CLOCK_DAY : 0;
}

static void put_counts(const struct job *j, const struct backtest_watch *w)
{
	uint64_t others;

	if (w->days.n <= DAYS_SHOWN) {
		fputs("  by day ", stdout);
		backtest_each_day(w, put_count, NULL);
	} else {
		fputs("  by month", stdout);
		backtest_each_month(w, put_count, NULL);
		fputs("\n  most on", stdout);
		backtest_busiest_day(w, put_count, NULL);
	}
	fputs("\n  by feed", stdout);
	backtest_each_feed(j->summary, w, FEEDS_SHOWN, put_count, NULL, &others);
	if (others)
		printf("  %zu others %" PRIu64, w->feeds.n - FEEDS_SHOWN, others);
	putchar('\n');
}

static void put_watch(const struct job *j, const struct backtest_watch *w)
{
	printf("%s: ", w->name);
	if (j->against) {
		printf("%" PRIu64 " kept, %" PRIu64 " gained, %" PRIu64 " lost\n", w->kept,
			w->gained, w->lost);
		return;
	}
	printf("%" PRIu64 " alert%s", w->alerts, w->alerts == 1 ? "" : "s");
	if (w->alerts && days_of(j) >= 2)
		printf(", %.*f a day", (double)w->alerts < 10 * days_of(j),
			(double)w->alerts / days_of(j));
	putchar('\n');
	if (w->alerts)
		put_counts(j, w);
	for (size_t k = 0; k < w->n_samples; k++) {
		const struct backtest_sample *s = backtest_sample(w, k);
		const struct backtest_alert a = {
			.row = &s->row, .view = &s->view, .hits = s->hits, .n_hits = s->n_hits};

		fputs("  ", stdout);
		put_alert(j, &a);
	}
}

/* Watches about which there is nothing to say but their names. */
struct rest {
	const char *names[NAMES_SHOWN];
	size_t n;
	uint64_t kept;
};

static void put_rest(const struct job *j, const struct rest *r)
{
	if (!r->n)
		return;
	if (j->against)
		printf("%zu watch%s the same in both, %" PRIu64 " alert%s:", r->n,
			r->n == 1 ? " tells" : "es tell", r->kept, r->kept == 1 ? "" : "s");
	else
		printf("%zu watch%s nothing:", r->n, r->n == 1 ? " tells" : "es tell");
	for (size_t i = 0; i < r->n && i < NAMES_SHOWN; i++)
		printf("%s %s", i ? "," : "", r->names[i]);
	if (r->n > NAMES_SHOWN)
		printf(" and %zu others", r->n - NAMES_SHOWN);
	putchar('\n');
}

static void put_watches(
	const struct job *j, const struct conf *c, const struct conf *other, struct rest *rest)
{
	for (size_t k = 0; k < c->n_watches; k++) {
		const struct conf_watch *w = &c->watches[k];
		const struct backtest_watch none = {.name = w->name};
		const struct backtest_watch *t = backtest_summary_find(j->summary, w->name);

		t = t ? t : &none;
		if (other && conf_find_watch(other, str_of(w->name)))
			continue;
		if (j->json) {
			document_print(
				document_backtest_watch(j->summary, t, j->against != NULL), stdout);
		} else if (j->watch || (j->against ? t->gained + t->lost : t->alerts)) {
			put_watch(j, t);
		} else {
			if (rest->n < NAMES_SHOWN)
				rest->names[rest->n] = w->name;
			rest->n++;
			rest->kept += t->kept;
		}
	}
}

/* Those of conf, or those that only it has. */
static uint64_t put_overruns(
	const struct job *j, const struct conf *c, const struct conf *other, size_t *lines)
{
	uint64_t told = 0;

	for (size_t k = 0; c && k < c->n_watches && *lines < NAMES_SHOWN; k++) {
		const char *name = c->watches[k].name;
		const struct backtest_watch *t = backtest_summary_find(j->summary, name);

		if (!t || !t->overruns || (other && conf_find_watch(other, str_of(name))))
			continue;
		printf("watch %s ran over its budget %" PRIu64 " time%s; that counts as no match\n",
			name, t->overruns, t->overruns == 1 ? "" : "s");
		told += t->overruns;
		++*lines;
	}
	return told;
}

static void put_all_overruns(const struct job *j, const struct conf *c, const struct conf *other)
{
	size_t lines = 0;
	uint64_t told = put_overruns(j, c, NULL, &lines);

	told += put_overruns(j, other, c, &lines);
	if (told < j->result.overruns)
		printf("other watches did so %" PRIu64 " times\n", j->result.overruns - told);
}

static void put_period(const struct backtest_result *r)
{
	char first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX];

	if (!r->items)
		return;
	clock_rfc3339(r->first, false, first);
	clock_rfc3339(r->last, false, last);
	printf(", first seen %.10s to %.10s,", first, last);
}

static void put_total(const struct job *j)
{
	const struct backtest_result *r = &j->result;
	double seconds = (double)(j->us > 0 ? j->us : 1) / 1e6;

	if (j->json) {
		document_print(document_backtest(r, seconds), stdout);
		return;
	}
	printf("%" PRIu64 " item%s", r->items, r->items == 1 ? "" : "s");
	put_period(r);
	printf(" in %.2f s, %.0f items a second", seconds, (double)r->items / seconds);
	if (r->narrowed)
		printf("; the index left %" PRIu64 " to look at", r->examined);
	putchar('\n');
	if (r->unknown_feeds)
		printf("%" PRIu64 " of them are of feeds that %s does not have: passed over\n",
			r->unknown_feeds, j->dir);
}

/* --- the command --- */

static int run_on(
	struct job *j, struct store *store, const struct conf *conf, const struct conf *against)
{
	const struct backtest b = {.conf = conf,
		.against = against,
		.since = j->since,
		.until = STAMP_NONE,
		.progress = on_progress,
		.overran = on_overrun};
	struct rest rest = {.n = 0};
	struct err e = {0};
	int64_t start = clock_mono_us();
	int rc;

	progress_init(&j->progress, j->cli);
	rc = desk_backtest(store, &b, on_alert, j, &j->result, &e);
	progress_clear(&j->progress);
	j->us = clock_mono_us() - start;
	if (rc == ENDED)
		return CLI_OK; /* cli_finish() tells why */
	if (rc == -(int)ERR_NOMEM)
		(void)err_nomem(&e);
	if (rc == 0) {
		put_watches(j, conf, NULL, &rest);
		if (against)
			put_watches(j, against, conf, &rest);
		put_rest(j, &rest);
		put_total(j);
		if (!j->json)
			put_all_overruns(j, conf, against);
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
	j->summary = backtest_summary_new();
	if (code == CLI_OK && !j->summary) {
		cli_complain("out of memory");
		code = CLI_OSERR;
	}
	if (code == CLI_OK)
		code = cli_open_store(j->cli, j->dir, &store);
	if (code == CLI_OK)
		code = run_on(j, store, conf, against);
	store_close(store);
	backtest_summary_free(j->summary);
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
	int64_t samples;
	int id;

	cli_args_init(&args, self, argc, argv);
	while ((id = cli_args_next(&args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: j.dir = value; break;
		case CLI_OPT_JSON: j.json = true; break;
		case OPT_WATCH: j.watch = value; break;
		case OPT_AGAINST: j.against = value; break;
		case OPT_SINCE:
			if (cli_read_since(self, value, &j.since))
				return CLI_USAGE;
			break;
		case OPT_SAMPLES:
			if (!conf_form_count(str_of(value), &samples) ||
				samples > BACKTEST_SAMPLES_MAX)
				return cli_usage(self, "--samples takes a number up to %d",
					BACKTEST_SAMPLES_MAX);
			j.samples = (size_t)samples;
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
