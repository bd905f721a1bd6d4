/* SPDX-License-Identifier: MIT */
/* nightdesk alerts: the stored alerts and their deliveries. */
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "columns.h"
#include "conf_dir.h"
#include "document/delivery.h"
#include "document/document.h"
#include "print.h"
#include "report.h"
#include "store/store.h"

#define SNIPPET_MAX 600
#define WIDTH	    10

struct alerts_walk {
	const struct cli_call *call;
	struct store *store;
	struct columns rows;
	size_t n; /* so far */
};

static const struct column alerts_columns[] = {
	{0}, {0}, {.least = 8}, {.least = 20}, {.least = 8}, {.below = true}, {0}};

static int alerts_walk(const struct cli_call *call, const struct store_alert_filter *f,
	store_alert_fn *fn, struct alerts_walk *w)
{
	struct err e = {0};
	int code = conf_dir_open_database(call->cli, call->options.dir, &w->store);

	w->call = call;
	columns_init(&w->rows, call->cli, alerts_columns, 7);
	if (code == CLI_OK)
		code = report_access(store_alert_each(w->store, f, fn, w, &e), &e);
	if (columns_end(&w->rows) && code == CLI_OK)
		code = report_nomem();
	store_close(w->store);
	return code;
}

/* --- list --- */

static void alerts_add_deliveries(struct buf *out, const struct store_alert_row *row)
{
	int64_t waiting = row->deliveries[STORE_PENDING] + row->deliveries[STORE_HELD];
	const char *words = "no deliveries";

	if (waiting) {
		buf_printf(out, "%lld waiting", (long long)waiting);
		return;
	}
	if (row->deliveries[STORE_DEAD]) {
		buf_printf(out, "%lld dead", (long long)row->deliveries[STORE_DEAD]);
		return;
	}
	for (int i = 0; i < STORE_STATES_STORED; i++)
		if (row->deliveries[i])
			words = document_delivery_states[i];
	buf_addz(out, words);
}

static int alerts_add_row(void *ctx, const struct store_alert_row *row)
{
	struct alerts_walk *w = ctx;
	struct columns *t = &w->rows;
	const struct alert *a = &row->alert;

	w->n++;
	if (w->call->options.json) {
		document_print(document_alert_row(row), stdout);
		return 0;
	}
	columns_add_stamp(t, a->created);
	columns_next(t);
	buf_addz(&t->text, alert_priority_words[a->priority]);
	columns_next(t);
	columns_add(t, a->watch);
	columns_next(t);
	columns_add_headline(t, a);
	columns_next(t);
	columns_add(t, a->feed);
	columns_next(t);
	columns_add(t, a->id);
	columns_next(t);
	alerts_add_deliveries(&t->text, row);
	columns_next(t);
	return 0;
}

static int alerts_list(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	const struct store_alert_filter f = {
		.watch = str_of(o->watch), .since = o->since, .limit = o->limit};
	struct alerts_walk w = {0};
	int code = alerts_walk(call, &f, alerts_add_row, &w);

	/* No alerts: a misspelt name is an error, that of a former watch is not. */
	if (code == CLI_OK && w.n == 0 && o->watch)
		code = conf_dir_check_watch(call->cli, o->dir, o->watch);
	if (code == CLI_OK && w.n == 0 && !o->json)
		puts("no alerts");
	return code;
}

/* --- show --- */

static void alerts_escape(struct buf *out, struct str s)
{
	utf8_escape(out, s, s.n, false);
}

static void alerts_print_snippet(const struct cli *cli, const struct alert *a)
{
	const struct watch_marks marks = {
		cli->color ? "\033[1m" : "[[", cli->color ? "\033[0m" : "]]", alerts_escape, "\n"};
	struct buf b;

	buf_init(&b, 16 * SNIPPET_MAX);
	alert_snippet(a, SNIPPET_MAX, &marks, &b);
	printf("\n%.*s\n\n", (int)b.len, buf_z(&b));
	buf_release(&b);
}

static int alerts_print_delivery(void *ctx, const struct store_due *row)
{
	struct alerts_walk *w = ctx;

	printf("%-10s ", w->n++ ? "" : "deliveries");
	print_delivery(&row->d);
	return 0;
}

static int alerts_add_delivery(void *list, const struct store_due *row)
{
	return json_array_append_new(list, document_delivery(&row->d)) ? -(int)ERR_NOMEM : 0;
}

static void alerts_print_digest(const struct alert_digest *d)
{
	if (!d)
		return;
	print_line("why", WIDTH, str_of(alert_why_texts[d->why]));
	for (size_t i = 0; i < d->n; i++) {
		printf("%-10s ", i ? "" : "alerts");
		print_text("", d->alerts[i].id, "  ");
		print_text("", d->alerts[i].title, "\n");
	}
	if (d->left_out)
		printf("%-10s and %zu more\n", "", d->left_out);
}

static void alerts_print_alert(const struct cli *cli, const struct alert *a)
{
	print_line("alert", WIDTH, a->id);
	print_stamp_line("raised", WIDTH, a->created);
	print_line("watch", WIDTH, str_present(a->watch_title) ? a->watch_title : a->watch);
	print_line("priority", WIDTH, str_of(alert_priority_words[a->priority]));
	print_line("title", WIDTH, a->title);
	print_line("link", WIDTH, a->link);
	print_line("author", WIDTH, a->author);
	if (a->published != STAMP_NONE)
		print_stamp_line("published", WIDTH, a->published);
	print_line("feed", WIDTH, str_present(a->feed_title) ? a->feed_title : a->feed);
	print_line("source", WIDTH, a->source);
	alerts_print_digest(a->digest);
	for (size_t i = 0; i < a->n_changes; i++)
		print_change(&a->changes[i]);
	for (size_t i = 0; i < a->n_hits; i++) {
		printf("%-10s ", i ? "" : "matched");
		print_hit(&a->hits[i]);
	}
	if (alert_is_notice(a))
		print_text("\n", a->body, "");
	else if (a->kind != ALERT_DIGEST)
		alerts_print_snippet(cli, a);
}

static int alerts_show_row(void *ctx, const struct store_alert_row *row)
{
	struct alerts_walk *w = ctx, deliveries = {0};
	const struct store_delivery_filter f = {.alert_id = row->alert.id, .state = -1};
	json_t *list;
	int rc;

	w->n++;
	if (w->call->options.json) {
		list = json_array();
		rc = store_delivery_each(w->store, &f, alerts_add_delivery, list, NULL);
		document_print(document_alert(&row->alert, list), stdout);
		return rc;
	}
	alerts_print_alert(w->call->cli, &row->alert);
	return store_delivery_each(w->store, &f, alerts_print_delivery, &deliveries, NULL);
}

static int alerts_show(const struct cli_call *call)
{
	const struct store_alert_filter f = {.id = str_of(call->operands[0]), .since = STAMP_NONE};
	struct alerts_walk w = {0};
	int code = alerts_walk(call, &f, alerts_show_row, &w);

	if (code == CLI_OK && w.n == 0) {
		report_error("there is no alert %s", call->operands[0]);
		code = CLI_FINDINGS;
	}
	return code;
}

static const struct cli_option alerts_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--watch", "NAME", CLI_TEXT, watch, "list: only of this watch"),
		.values = CLI_WATCHES},
	{CLI_OPTION("--since", "2d", CLI_SINCE, since, "list: only those raised since then")},
	{CLI_OPTION("--limit", "N", CLI_COUNT, limit, "list: at most N, 0 for all"),
		.fallback = "50"},
	{0},
};

const struct cli_command cmd_alerts = {
	.name = "alerts",
	.summary = "list alerts, or show one with its deliveries",
	.verbs = (const struct cli_verb[]){{"list", NULL, alerts_list, CLI_ANY, false},
		{"show", "ID", alerts_show, CLI_ALERTS, false}, {0}},
	.options = alerts_options,
	.detail = "The newest comes first. Reads the database, whether or not the daemon runs.",
};
