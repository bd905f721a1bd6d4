/* SPDX-License-Identifier: MIT */
/* nightdesk alerts list: the stored alerts and their deliveries. */
#include "alerts.h"

#include <stdio.h>

#include "conf_dir.h"
#include "document/delivery.h"
#include "document/document.h"
#include "report.h"

static const struct column alerts_columns[] = {
	{0}, {0}, {.least = 8}, {.least = 20}, {.least = 8}, {.below = true}, {0}, {.least = 16}};

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

static void alerts_add_ack(struct columns *t, const struct store_alert_row *row)
{
	if (str_present(row->acked_by)) {
		buf_addz(&t->text, "acknowledged by ");
		columns_add(t, row->acked_by);
	} else if (row->escalates_at != STAMP_NONE) {
		buf_addz(&t->text, "escalates at ");
		columns_add_stamp(t, row->escalates_at);
	}
}

void alerts_list_init(struct alerts_list *l, const struct cli_call *call)
{
	l->call = call;
	l->n = 0;
	columns_init(&l->rows, call->cli, alerts_columns, 8);
}

int alerts_list_add(void *list, const struct store_alert_row *row)
{
	struct alerts_list *l = list;
	struct columns *t = &l->rows;
	const struct alert *a = &row->alert;

	l->n++;
	if (l->call->options.json) {
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
	alerts_add_ack(t, row);
	columns_next(t);
	return 0;
}

struct store_alert_filter alerts_list_filter(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;

	return (struct store_alert_filter){.watch = str_of(o->watch),
		.since = o->since,
		.limit = o->limit,
		.priority = o->priority + 1,
		.state = o->state + 1,
		.unacknowledged = o->unacknowledged};
}

int alerts_list(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	const struct store_alert_filter f = alerts_list_filter(call);
	struct store *store;
	struct alerts_list l;
	struct err e = {0};
	int code = conf_dir_open_database(call->cli, o->dir, &store);

	alerts_list_init(&l, call);
	if (code == CLI_OK)
		code = report_access(store_alert_each(store, &f, alerts_list_add, &l, &e), &e);
	if (columns_end(&l.rows) && code == CLI_OK)
		code = report_nomem();
	store_close(store);
	/* No alerts: a misspelt name is an error, that of a former watch is not. */
	if (code == CLI_OK && l.n == 0 && o->watch)
		code = conf_dir_check_watch(call->cli, o->dir, o->watch);
	if (code == CLI_OK && l.n == 0 && !o->json)
		puts("no alerts");
	return code;
}
