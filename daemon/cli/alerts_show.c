/* SPDX-License-Identifier: MIT */
/* nightdesk alerts show: one alert with its deliveries. */
#include <stdio.h>

#include "alerts.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "document/delivery.h"
#include "document/document.h"
#include "print.h"
#include "report.h"

#define SNIPPET_MAX 600
#define WIDTH	    10
#define STORY_MAX   16384

struct alerts_shown {
	const struct cli_call *call;
	struct store *store;
	size_t n; /* alerts, or deliveries */
};

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
	struct alerts_shown *w = ctx;

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

/* Whose text it has, and who else reports it. */
static void alerts_print_story(const struct alert *a)
{
	struct buf line;

	if (!a->story)
		return;
	if (!str_present(a->cause))
		print_line("text", WIDTH, a->story->why);
	buf_init(&line, STORY_MAX);
	if (a->story->reports > 1)
		buf_printf(&line, "%zu reports · ", a->story->reports);
	alert_put_story(a->story, &line);
	print_line("story", WIDTH, buf_str(&line));
	buf_release(&line);
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
	if (a->of)
		print_line("about", WIDTH, a->of->id);
	print_line("why", WIDTH, a->cause);
	print_line("by", WIDTH, a->by);
	alerts_print_story(a);
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

static void alerts_print_taken(const struct store_alert_row *row)
{
	if (str_present(row->acked_by)) {
		printf("%-10s ", "taken");
		print_stamp(row->acked_at);
		print_text(" by ", row->acked_by, "\n");
	} else if (row->escalates_at != STAMP_NONE) {
		print_stamp_line("escalates", WIDTH, row->escalates_at);
	}
}

static int alerts_show_row(void *ctx, const struct store_alert_row *row)
{
	struct alerts_shown *w = ctx, deliveries = {0};
	const struct store_delivery_filter f = {.alert_id = row->alert.id, .state = -1};
	json_t *list;
	int rc;

	w->n++;
	if (w->call->options.json) {
		list = json_array();
		rc = store_delivery_each(w->store, &f, alerts_add_delivery, list, NULL);
		document_print(document_alert(row, list), stdout);
		return rc;
	}
	alerts_print_alert(w->call->cli, &row->alert);
	alerts_print_taken(row);
	return store_delivery_each(w->store, &f, alerts_print_delivery, &deliveries, NULL);
}

int alerts_show(const struct cli_call *call)
{
	const struct store_alert_filter f = {.id = str_of(call->operands[0]), .since = STAMP_NONE};
	struct alerts_shown w = {.call = call};
	struct err e = {0};
	int code;

	if (call->options.evidence)
		return alerts_evidence(call);
	code = conf_dir_open_database(call->cli, call->options.dir, &w.store);

	if (code == CLI_OK)
		code = report_access(store_alert_each(w.store, &f, alerts_show_row, &w, &e), &e);
	store_close(w.store);
	if (code == CLI_OK && w.n == 0) {
		report_error("there is no alert %s", call->operands[0]);
		code = CLI_FINDINGS;
	}
	return code;
}
