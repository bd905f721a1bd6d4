/* SPDX-License-Identifier: MIT */
/* nightdesk deliveries: the outbox. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "document/delivery.h"
#include "document/document.h"
#include "io/control.h"
#include "print.h"
#include "report.h"
#include "store/store.h"

#define HEADLINE_MAX 60
#define WIDTH	     10
#define ANSWER_MS    30000
#define ARENA_MAX    ((size_t)64 * 1024)

struct deliveries_walk {
	bool json;
	size_t n; /* rows so far */
};

/* --- list and show --- */

static int deliveries_print_row(void *ctx, const struct store_due *row)
{
	struct deliveries_walk *w = ctx;
	const struct store_delivery *d = &row->d;

	w->n++;
	if (w->json) {
		document_print(document_delivery(d), stdout);
		return 0;
	}
	printf("%lld  %s  ", (long long)d->id, document_delivery_states[d->state]);
	print_stamp(d->state == STORE_PENDING ? d->next_at : d->done_at);
	print_text("  ", d->notify, "  ");
	print_headline(&row->alert, HEADLINE_MAX);
	print_text("  ", d->answer, "");
	putchar('\n');
	return 0;
}

static int deliveries_show_row(void *ctx, const struct store_due *row)
{
	struct deliveries_walk *w = ctx;
	const struct store_delivery *d = &row->d;

	if (w->json)
		return deliveries_print_row(ctx, row);
	w->n++;
	printf("%-10s %lld\n", "delivery", (long long)d->id);
	print_line("alert", WIDTH, d->alert_id);
	printf("%-10s ", "headline");
	print_headline(&row->alert, 2 * HEADLINE_MAX);
	putchar('\n');
	print_line("notify", WIDTH, d->notify);
	printf("%-10s %s after %u attempt%s\n", "state", document_delivery_states[d->state],
		d->attempts, d->attempts == 1 ? "" : "s");
	print_stamp_line("raised", WIDTH, d->created);
	if (d->state == STORE_PENDING)
		print_stamp_line("next", WIDTH, d->next_at);
	else
		print_stamp_line("ended", WIDTH, d->done_at);
	print_line("answer", WIDTH, d->answer);
	return 0;
}

static int deliveries_walk(const struct cli_call *call, const struct store_delivery_filter *f,
	store_delivery_fn *fn, struct deliveries_walk *w)
{
	const struct cli_options *o = &call->options;
	struct store *store;
	struct err e = {0};
	int code = conf_dir_open_database(call->cli, o->dir, &store);

	w->json = o->json;
	if (code == CLI_OK)
		code = report_access(store_delivery_each(store, f, fn, w, &e), &e);
	store_close(store);
	return code;
}

static int deliveries_list(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	const struct store_delivery_filter f = {.state = o->state, .limit = o->limit};
	struct deliveries_walk w = {0};
	int code = deliveries_walk(call, &f, deliveries_print_row, &w);

	if (code == CLI_OK && w.n == 0 && !o->json)
		puts("no deliveries");
	return code;
}

/* 0: not the number of a delivery */
static int64_t deliveries_read_id(const char *text)
{
	char *end;
	int64_t id = strtoll(text, &end, 10);

	return end != text && *end == '\0' && id > 0 ? id : 0;
}

static int deliveries_report_none(const char *id)
{
	report_error("there is no delivery %s", id);
	return CLI_FINDINGS;
}

static int deliveries_show(const struct cli_call *call)
{
	const char *id = call->operands[0];
	const struct store_delivery_filter f = {.state = -1, .id = deliveries_read_id(id)};
	struct deliveries_walk w = {0};
	int code = f.id ? deliveries_walk(call, &f, deliveries_show_row, &w) : CLI_OK;

	return code == CLI_OK && w.n == 0 ? deliveries_report_none(id) : code;
}

/* --- retry and drop --- */

struct deliveries_decision {
	const char *text; /* the operand */
	int64_t id;
	enum store_decision what;
	bool json;
};

/* retried: what happens now to a delivery that is retried. */
static int deliveries_print_decided(
	const struct deliveries_decision *d, const struct store_decided *v, const char *retried)
{
	bool retry = d->what == STORE_RETRY;

	if (!v->found)
		return deliveries_report_none(d->text);
	if (v->was == STORE_DELIVERED) {
		report_error("delivery %s was delivered: there is nothing to %s", d->text,
			retry ? "try again" : "drop");
		return CLI_FINDINGS;
	}
	if (d->json) {
		document_print(
			document_decision(d->id, v->notify, retry ? STORE_PENDING : STORE_DEAD),
			stdout);
		return CLI_OK;
	}
	printf("delivery %lld to ", (long long)d->id);
	utf8_print(stdout, v->notify);
	puts(retry ? retried : " is dropped");
	return CLI_OK;
}

static int deliveries_print_answer(const struct deliveries_decision *d, const json_t *answer)
{
	const json_t *notify = json_object_get(answer, "notify");
	const char *error = json_string_value(json_object_get(answer, "error"));
	struct store_decided v = {
		.found = json_is_true(json_object_get(answer, "found")),
		.was = json_is_true(json_object_get(answer, "delivered")) ? STORE_DELIVERED
									  : STORE_FAILED,
		.notify = str_slice(json_string_value(notify), json_string_length(notify)),
	};

	if (error || !json_is_string(notify)) {
		report_error("nothing was changed: %s",
			error ? error : "the daemon's answer could not be read");
		return CLI_TEMPFAIL;
	}
	return deliveries_print_decided(d, &v,
		json_is_true(json_object_get(answer, "configured"))
			? " is tried again now"
			: " waits: there is no such notify block in the configuration");
}

/* Opens for reading first: opening for writing creates a missing database. */
static int deliveries_decide_in_database(const struct deliveries_decision *d, const char *path)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct store_decided v;
	struct store *s = NULL;
	struct err e;
	int rc = arena ? store_open(&s, path, STORE_READ, &e) : err_nomem(&e);
	int code;

	store_close(s);
	s = NULL;
	if (rc == 0)
		rc = store_open(&s, path, STORE_WRITE, &e);
	if (rc == 0)
		rc = store_delivery_decide(s, d->id, d->what, clock_wall(), arena, &v, &e);
	code = rc ? report_access(rc, &e)
		  : deliveries_print_decided(d, &v, " is tried again when nightdesk next runs");
	store_close(s);
	arena_free(arena);
	return code;
}

static int deliveries_decide_at(const struct deliveries_decision *d, const struct conf *c)
{
	json_t *answer, *request;
	struct err e;
	int code;

	if (!c->daemon.control)
		return deliveries_decide_in_database(d, c->daemon.state);
	request = json_pack("{ss sI}", "command", d->what == STORE_RETRY ? "retry" : "drop",
		"delivery", (json_int_t)d->id);
	if (control_ask(c->daemon.control, request, ANSWER_MS, &answer, &e)) {
		if (e.cls == ERR_TEMP && !control_listening(c->daemon.control))
			return deliveries_decide_in_database(d, c->daemon.state);
		return report_access(-(int)e.cls, &e);
	}
	code = deliveries_print_answer(d, answer);
	json_decref(answer);
	return code;
}

static int deliveries_decide(const struct cli_call *call, enum store_decision what)
{
	const struct cli_options *o = &call->options;
	const struct deliveries_decision d = {.text = call->operands[0],
		.id = deliveries_read_id(call->operands[0]),
		.what = what,
		.json = o->json};
	int code;
	struct conf *c = conf_dir_load_daemon(call->cli, o->dir, &code);

	if (c)
		code = d.id ? deliveries_decide_at(&d, c) : deliveries_report_none(d.text);
	conf_unref(c);
	return code;
}

static int deliveries_retry(const struct cli_call *call)
{
	return deliveries_decide(call, STORE_RETRY);
}

static int deliveries_drop(const struct cli_call *call)
{
	return deliveries_decide(call, STORE_DROP);
}

static const struct cli_option deliveries_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--state", "STATE", CLI_WORD, state,
		 "list: only pending, delivered, failed or dead ones"),
		.words = document_delivery_states},
	{CLI_OPTION("--limit", "N", CLI_COUNT, limit, "list: at most N, 0 for all"),
		.fallback = "50"},
	{0},
};

const struct cli_command cmd_deliveries = {
	.name = "deliveries",
	.summary = "list, show, retry or drop the deliveries of the outbox",
	.verbs = (const struct cli_verb[]){{"list", NULL, deliveries_list, CLI_ANY, false},
		{"show", "ID", deliveries_show, CLI_DELIVERIES, false},
		{"retry", "ID", deliveries_retry, CLI_DELIVERIES, false},
		{"drop", "ID", deliveries_drop, CLI_DELIVERIES, false}, {0}},
	.options = deliveries_options,
	.detail =
		"The newest comes first. retry makes a delivery that is pending, failed or dead\n"
		"due now, under the same id; drop ends one for good. Both work whether or not the\n"
		"daemon runs.",
};
