/* SPDX-License-Identifier: MIT */
/* nightdesk deliveries: the outbox. */
#include <stdio.h>

#include "base/clock.h"
#include "columns.h"
#include "conf/conf.h"
#include "conf_dir.h"
#include "daemon_ask.h"
#include "deliveries_decide.h"
#include "document/delivery.h"
#include "document/document.h"
#include "print.h"
#include "report.h"
#include "store/store.h"

#define HEADLINE_MAX 120
#define WIDTH	     10
#define ASK_MS	     2000

struct deliveries_walk {
	struct columns rows;
	size_t n;	       /* so far */
	const json_t *sending; /* ids that the daemon is sending; NULL: it does not run */
};

/* The daemon knows what it is sending, the database what waits. */
static const char *deliveries_state(const struct deliveries_walk *w, const struct store_delivery *d)
{
	size_t n = d->state == STORE_PENDING ? json_array_size(w->sending) : 0;

	for (size_t i = 0; i < n; i++)
		if (json_integer_value(json_array_get(w->sending, i)) == d->id)
			return "sending";
	return document_delivery_states[d->state];
}

/* --- list and show --- */

/* Why a delivery waits for an operator; NULL: it does not. */
static const char *deliveries_obstacle(enum store_delivery_state state)
{
	switch (state) {
	case STORE_ORPHANED: return "its notify block is not in the configuration";
	case STORE_STOPPED: return "its receiver answered that it does not exist any more";
	case STORE_PENDING:
	case STORE_DELIVERED:
	case STORE_HELD:
	case STORE_DEAD:
	case STORE_FOLDED:
	case STORE_SILENCED:
	case STORE_EXPIRED:
	case STORE_JOINED: break;
	}
	return NULL;
}

static const struct column deliveries_columns[] = {
	{0}, {0}, {0}, {.least = 8}, {.least = 16}, {.least = 48}};

static int deliveries_print_json(void *ctx, const struct store_due *row)
{
	struct deliveries_walk *w = ctx;

	json_t *o = document_delivery(&row->d);

	w->n++;
	json_object_set_new(o, "state", json_string(deliveries_state(w, &row->d)));
	document_print(o, stdout);
	return 0;
}

static int deliveries_add_row(void *ctx, const struct store_due *row)
{
	struct deliveries_walk *w = ctx;
	struct columns *t = &w->rows;
	const struct store_delivery *d = &row->d;
	const char *obstacle = deliveries_obstacle(d->state);

	w->n++;
	buf_printf(&t->text, "%lld", (long long)d->id);
	columns_next(t);
	buf_addz(&t->text, deliveries_state(w, d));
	columns_next(t);
	if (obstacle)
		buf_addz(&t->text, "waits");
	else
		columns_add_stamp(t, store_delivery_waits(d->state) ? d->next_at : d->done_at);
	columns_next(t);
	columns_add(t, d->notify);
	columns_next(t);
	columns_add_headline(t, &row->alert);
	columns_next(t);
	if (obstacle)
		buf_printf(&t->text, "(%s)%s", obstacle, str_present(d->answer) ? "  " : "");
	columns_add(t, d->answer);
	columns_next(t);
	return 0;
}

static int deliveries_show_row(void *ctx, const struct store_due *row)
{
	struct deliveries_walk *w = ctx;
	const struct store_delivery *d = &row->d;

	w->n++;
	printf("%-10s %lld\n", "delivery", (long long)d->id);
	print_line("alert", WIDTH, d->alert_id);
	printf("%-10s ", "headline");
	print_headline(&row->alert, HEADLINE_MAX);
	putchar('\n');
	print_line("notify", WIDTH, d->notify);
	printf("%-10s %s after %u attempt%s\n", "state", deliveries_state(w, d), d->attempts,
		str_plural(d->attempts));
	print_stamp_line("raised", WIDTH, d->created);
	if (store_delivery_waits(d->state))
		print_stamp_line("next", WIDTH, d->next_at);
	else if (d->done_at != STAMP_NONE)
		print_stamp_line("ended", WIDTH, d->done_at);
	if (deliveries_obstacle(d->state))
		print_line("waits", WIDTH, str_of(deliveries_obstacle(d->state)));
	print_line("answer", WIDTH, d->answer);
	return 0;
}

static int deliveries_walk(const struct cli_call *call, const struct store_delivery_filter *f,
	store_delivery_fn *fn, struct deliveries_walk *w)
{
	const struct cli_options *o = &call->options;
	struct store *store = NULL;
	struct err e = {0};
	int code;
	struct conf *c = conf_dir_load_daemon(call->cli, o->dir, &code);
	json_t *answer;

	if (!c)
		return code;
	/* Asked first: what ends after that is shown as ended. */
	answer = daemon_ask_quietly(c, json_pack("{ss}", "command", "sending"), ASK_MS);
	w->sending = json_object_get(answer, "deliveries");
	code = conf_dir_open_store(c, &store);
	columns_init(&w->rows, call->cli, deliveries_columns, 6);
	if (o->json)
		fn = deliveries_print_json;
	if (code == CLI_OK)
		code = report_access(store_delivery_each(store, f, fn, w, &e), &e);
	if (columns_end(&w->rows) && code == CLI_OK)
		code = report_nomem();
	store_close(store);
	json_decref(answer);
	conf_unref(c);
	return code;
}

static int deliveries_list(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	const struct store_delivery_filter f = {.state = o->state,
		.notify = str_of(o->notify),
		.since = o->since,
		.limit = o->limit};
	struct deliveries_walk w = {0};
	int code = deliveries_walk(call, &f, deliveries_add_row, &w);

	if (code == CLI_OK && w.n == 0 && !o->json)
		puts("no deliveries");
	return code;
}

static int deliveries_show(const struct cli_call *call)
{
	const char *id = call->operands[0];
	const struct store_delivery_filter f = {.state = -1, .id = deliveries_read_id(id)};
	struct deliveries_walk w = {0};
	int code = f.id ? deliveries_walk(call, &f, deliveries_show_row, &w) : CLI_OK;

	return code == CLI_OK && w.n == 0 ? deliveries_report_none(id) : code;
}

static const struct cli_option deliveries_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--state", "STATE", CLI_WORD, state, "only those in this state"),
		.words = document_delivery_states},
	{CLI_OPTION("--notify", "NAME", CLI_TEXT, notify, "only those to this receiver"),
		.values = CLI_RECEIVERS},
	{CLI_OPTION("--since", "2d", CLI_SINCE, since, "only those that were raised since then")},
	{CLI_OPTION("--limit", "N", CLI_COUNT, limit, "list: at most N, 0 for all"),
		.fallback = "50"},
	{CLI_OPTION("--from", "NAME", CLI_TEXT, from, "move: the receiver they wait for"),
		.values = CLI_RECEIVERS},
	{CLI_OPTION("--to", "NAME", CLI_TEXT, to, "move: the receiver that gets them instead"),
		.values = CLI_RECEIVERS},
	{0},
};

const struct cli_command cmd_deliveries = {
	.name = "deliveries",
	.summary = "list, show, retry, drop or move the deliveries of the outbox",
	.verbs = (const struct cli_verb[]){{"list", NULL, deliveries_list, CLI_ANY, false},
		{"show", "ID", deliveries_show, CLI_DELIVERIES, false},
		{"retry", "ID…", deliveries_retry, CLI_DELIVERIES, true},
		{"drop", "ID…", deliveries_drop, CLI_DELIVERIES, true},
		{"move", NULL, deliveries_move, CLI_ANY, false}, {0}},
	.options = deliveries_options,
	.detail = "The newest comes first. What the daemon is sending at the moment is shown as\n"
		  "sending; it is pending until the answer is stored. An orphaned delivery waits\n"
		  "because its notify block is not configured, a stopped one because its receiver\n"
		  "answered 410 Gone. retry makes deliveries that wait or are dead due now, under\n"
		  "the same id; drop ends them for good. Both take IDs, or --notify, --state and\n"
		  "--since, and print how many were changed. move sends all that waits for one\n"
		  "receiver to another. They work whether or not the daemon runs.",
};
