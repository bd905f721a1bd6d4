/* SPDX-License-Identifier: MIT */
/* nightdesk backtest: what the watches would have alerted over the archive. */
#include "desk/backtest.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "conf_dir.h"
#include "desk/backtest_summary.h"
#include "document/document.h"
#include "document/match.h"
#include "print.h"
#include "progress.h"
#include "report.h"

#define DAYS_SHOWN  14
#define FEEDS_SHOWN 10
#define NAMES_SHOWN 20
#define STOPPED	    1 /* standard output was closed */

struct backtest_output {
	const struct cli *cli;
	const struct cli_options *options;
	struct backtest_summary *summary;
	struct progress progress;
	struct backtest_result result;
	int64_t us;
};

/* --- during the run --- */

static void backtest_print_alert(const struct backtest_output *x, const struct backtest_alert *a)
{
	print_item(a->row, a->view->body);
	fputs("\n      ", stdout);
	print_snippet(x->cli, a->view, a->hits, a->n_hits);
	putchar('\n');
}

/* A difference between the configurations. */
static void backtest_print_change(const struct backtest_output *x, const struct backtest_alert *a)
{
	bool gained = a->change == BACKTEST_GAINED;

	if (x->options->json) {
		document_print(document_backtest_change(a), stdout);
		return;
	}
	printf("%s %s  ", gained ? "gained" : "lost  ", a->watch->name);
	if (a->folded)
		fputs("(a copy, else folded)  ", stdout);
	backtest_print_alert(x, a);
}

static int backtest_on_alert(void *ctx, const struct backtest_alert *a)
{
	struct backtest_output *x = ctx;

	if (a->change == BACKTEST_GAINED || a->change == BACKTEST_LOST) {
		progress_clear(&x->progress);
		backtest_print_change(x, a);
		if (ferror(stdout))
			return STOPPED;
	}
	return backtest_summary_add(x->summary, a, x->options->against ? 0 : x->options->samples);
}

/* Without memory it counts in the total only. */
static void backtest_on_overrun(void *ctx, const struct conf_watch *watch)
{
	struct backtest_output *x = ctx;

	(void)backtest_summary_add_overrun(x->summary, watch->name);
}

static void backtest_show_progress(void *ctx, uint64_t done, uint64_t of)
{
	struct backtest_output *x = ctx;

	progress_update(&x->progress, x->result.examined, done, of);
}

/* --- the summary --- */

static void backtest_print_count(void *ctx, const char *name, uint64_t n)
{
	(void)ctx;
	print_text("  ", str_of(name), "");
	printf(" %" PRIu64, n);
}

/* Days from the first item to the last. */
static double backtest_days(const struct backtest_output *x)
{
	const struct backtest_result *r = &x->result;

	return r->items ? (double)(r->last - r->first) / (double)CLOCK_DAY : 0;
}

static void backtest_print_counts(const struct backtest_output *x, const struct backtest_watch *w)
{
	uint64_t others;

	if (w->days.n <= DAYS_SHOWN) {
		fputs("  by day ", stdout);
		backtest_each_period(w, BACKTEST_DAY, backtest_print_count, NULL);
	} else {
		fputs("  by month", stdout);
		backtest_each_period(w, BACKTEST_MONTH, backtest_print_count, NULL);
		fputs("\n  most on", stdout);
		backtest_busiest_day(w, backtest_print_count, NULL);
	}
	fputs("\n  by feed", stdout);
	backtest_each_feed(x->summary, w, FEEDS_SHOWN, backtest_print_count, NULL, &others);
	if (others)
		printf("  %zu others %" PRIu64, w->feeds.n - FEEDS_SHOWN, others);
	putchar('\n');
}

/* What the configuration that is tested folds; ends the line. */
static void backtest_print_folded(const struct backtest_watch *w)
{
	if (w->folded)
		printf(", %" PRIu64 " cop%s folded", w->folded, w->folded == 1 ? "y" : "ies");
	putchar('\n');
}

static void backtest_print_watch(const struct backtest_output *x, const struct backtest_watch *w)
{
	printf("%s: ", w->name);
	if (x->options->against) {
		printf("%" PRIu64 " kept, %" PRIu64 " gained, %" PRIu64 " lost", w->kept, w->gained,
			w->lost);
		backtest_print_folded(w);
		return;
	}
	printf("%" PRIu64 " alert%s", w->alerts, str_plural((long long)w->alerts));
	if (w->alerts && backtest_days(x) >= 2)
		printf(", %.*f a day", (double)w->alerts < 10 * backtest_days(x),
			(double)w->alerts / backtest_days(x));
	backtest_print_folded(w);
	if (w->alerts)
		backtest_print_counts(x, w);
	for (size_t k = 0; k < w->n_samples; k++) {
		const struct backtest_sample *s = backtest_sample(w, k);
		const struct backtest_alert a = {
			.row = &s->row, .view = &s->view, .hits = s->hits, .n_hits = s->n_hits};

		fputs("  ", stdout);
		backtest_print_alert(x, &a);
	}
}

/* Watches that are only named. */
struct backtest_rest {
	const char *names[NAMES_SHOWN];
	size_t n;
	uint64_t kept;
};

static void backtest_print_rest(const struct backtest_output *x, const struct backtest_rest *r)
{
	if (!r->n)
		return;
	if (x->options->against)
		printf("%zu watch%s the same alerts in both, %" PRIu64 " alert%s:", r->n,
			r->n == 1 ? " has" : "es have", r->kept, str_plural((long long)r->kept));
	else
		printf("%zu watch%s no alerts:", r->n, r->n == 1 ? " has" : "es have");
	for (size_t i = 0; i < r->n && i < NAMES_SHOWN; i++)
		printf("%s %s", i ? "," : "", r->names[i]);
	if (r->n > NAMES_SHOWN)
		printf(" and %zu others", r->n - NAMES_SHOWN);
	putchar('\n');
}

static void backtest_print_watches(const struct backtest_output *x, const struct conf *c,
	const struct conf *other, struct backtest_rest *rest)
{
	for (size_t k = 0; k < c->n_watches; k++) {
		const struct conf_watch *w = &c->watches[k];
		const struct backtest_watch none = {.name = w->name};
		const struct backtest_watch *t = backtest_summary_find(x->summary, w->name);

		t = t ? t : &none;
		if (other && conf_find_watch(other, str_of(w->name)))
			continue;
		if (x->options->json) {
			document_print(
				document_backtest_watch(x->summary, t, x->options->against != NULL),
				stdout);
		} else if (x->options->watch || t->overruns ||
			   (x->options->against ? t->gained + t->lost : t->alerts)) {
			backtest_print_watch(x, t);
			if (t->overruns)
				printf("  ran over its budget %" PRIu64
				       " time%s; that counts as no match\n",
					t->overruns, str_plural((long long)t->overruns));
		} else {
			if (rest->n < NAMES_SHOWN)
				rest->names[rest->n] = w->name;
			rest->n++;
			rest->kept += t->kept;
		}
	}
}

static void backtest_print_period(const struct backtest_result *r)
{
	char first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX];

	if (!r->items)
		return;
	clock_rfc3339(r->first, false, first);
	clock_rfc3339(r->last, false, last);
	printf(", first seen %.10s to %.10s,", first, last);
}

static void backtest_print_total(const struct backtest_output *x)
{
	const struct backtest_result *r = &x->result;
	double seconds = (double)(x->us > 0 ? x->us : 1) / 1e6;

	if (x->options->json) {
		document_print(document_backtest(r, seconds), stdout);
		return;
	}
	printf("%" PRIu64 " item%s", r->items, str_plural((long long)r->items));
	backtest_print_period(r);
	printf(" in %.2f s, %.0f items a second", seconds, (double)r->items / seconds);
	if (r->narrowed)
		printf("; the index left %" PRIu64 " to examine", r->examined);
	putchar('\n');
	if (r->unknown_feeds)
		printf("%" PRIu64 " of them are of feeds that %s does not have, and were skipped\n",
			r->unknown_feeds, x->options->dir);
}

/* --- the command --- */

static int backtest_run_on(struct backtest_output *x, struct store *store, const struct conf *conf,
	const struct conf *against)
{
	const struct backtest b = {.conf = conf,
		.against = against,
		.since = x->options->since,
		.until = STAMP_NONE,
		.progress = backtest_show_progress,
		.overran = backtest_on_overrun};
	struct backtest_rest rest = {.n = 0};
	struct err e = {0};
	int64_t start = clock_mono_us();
	int rc;

	progress_init(&x->progress, x->cli);
	rc = desk_backtest(store, &b, backtest_on_alert, x, &x->result, &e);
	progress_clear(&x->progress);
	x->us = clock_mono_us() - start;
	if (rc == STOPPED)
		return CLI_OK; /* report_end() prints why */
	if (rc == -(int)ERR_NOMEM)
		(void)err_nomem(&e);
	if (rc)
		return report_access(rc, &e);
	backtest_print_watches(x, conf, NULL, &rest);
	if (against)
		backtest_print_watches(x, against, conf, &rest);
	backtest_print_rest(x, &rest);
	backtest_print_total(x);
	return CLI_OK;
}

static int backtest_open(
	struct backtest_output *x, const struct conf *conf, const struct conf *against)
{
	const struct cli_options *o = x->options;
	struct store *store;
	int code;

	if (o->watch && !conf_find_watch(conf, str_of(o->watch)) &&
		!(against && conf_find_watch(against, str_of(o->watch))))
		return conf_dir_report_no_watch(x->cli, o->dir, o->watch);
	x->summary = backtest_summary_new();
	if (!x->summary)
		return report_nomem();
	code = conf_dir_open_store(conf, &store);
	if (code == CLI_OK)
		code = backtest_run_on(x, store, conf, against);
	store_close(store);
	backtest_summary_free(x->summary);
	return code;
}

static int backtest_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct backtest_output x = {.cli = call->cli, .options = o};
	struct conf *conf, *against = NULL;
	int code = CLI_OK;

	conf = conf_dir_load_watch(call->cli, o->dir, o->watch, &code);
	if (conf && o->against)
		against = conf_dir_load_watch(call->cli, o->against, o->watch, &code);
	if (code == CLI_OK)
		code = backtest_open(&x, conf, against);
	conf_unref(conf);
	conf_unref(against);
	return code;
}

static const struct cli_option backtest_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--watch", "NAME", CLI_TEXT, watch, "only this watch"), .values = CLI_WATCHES},
	{CLI_OPTION("--since", "7d", CLI_SINCE, since, "only items first seen since then")},
	{CLI_OPTION("--against", "DIR", CLI_TEXT, against, "compare with this other configuration"),
		.values = CLI_DIRECTORIES},
	{CLI_OPTION("--samples", "N", CLI_COUNT, samples, "print the last N items of each watch"),
		.fallback = "3", .max = BACKTEST_SAMPLES_MAX},
	{0},
};

const struct cli_command cmd_backtest = {
	.name = "backtest",
	.summary = "run the watches over the archive",
	.run = backtest_run,
	.options = backtest_options,
	.detail =
		"Prints the alerts that the watches would have raised. With --against, prints\n"
		"item by item what the other configuration would raise and this one not (gained),\n"
		"and the reverse (lost): the effect of an edit before it is reloaded. Reads the\n"
		"database, whether or not the daemon runs.",
};
