/* SPDX-License-Identifier: MIT */
/* nightdesk alerts: what was raised, and whether it was told. */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "document/delivery.h"
#include "document/document.h"
#include "stored.h"

#define OPT_WATCH    1
#define OPT_SINCE    2
#define OPT_LIMIT    3
#define LIMIT	     50
#define HEADLINE_MAX 100
#define SNIPPET_MAX  600

struct shown {
	const struct stored_call *call;
	size_t n;
};

static void put_told(const struct store_alert_row *row)
{
	if (row->deliveries == 0)
		fputs("told nobody", stdout);
	else if (row->delivered == row->deliveries)
		fputs("delivered", stdout);
	else if (row->pending)
		printf("%lld waiting", (long long)row->pending);
	else
		printf("%lld failed", (long long)(row->deliveries - row->delivered));
}

static int list_one(void *ctx, const struct store_alert_row *row)
{
	struct shown *s = ctx;
	const struct alert *a = &row->alert;

	s->n++;
	if (s->call->json) {
		document_print(document_alert_row(row), stdout);
		return 0;
	}
	cli_put_stamp(a->created);
	fputs("  ", stdout);
	fputs(alert_priority_name(a->priority), stdout);
	fputs("  ", stdout);
	utf8_print(stdout, a->watch);
	fputs("  ", stdout);
	cli_put_headline(a, HEADLINE_MAX);
	fputs("  (", stdout);
	utf8_print(stdout, a->feed);
	fputs(", ", stdout);
	put_told(row);
	fputs(")\n    ", stdout);
	utf8_print(stdout, a->id);
	putchar('\n');
	return 0;
}

static int list(const struct stored_call *call)
{
	const struct store_alert_filter f = {
		.watch = str_of(call->watch), .since = call->since, .limit = call->limit};
	struct shown s = {.call = call};
	struct err e = {0};
	int rc = store_alert_each(call->store, &f, list_one, &s, &e);
	int code = CLI_OK;

	/* A name that was mistyped is not a watch without alerts; one that is gone may have some.
	 */
	if (rc == 0 && s.n == 0 && call->watch)
		code = cli_check_watch(call->cli, call->dir, call->watch);
	if (rc == 0 && s.n == 0 && !call->json && code == CLI_OK)
		puts("no alerts");
	return rc ? cli_stored_code(rc, &e) : code;
}

static void put_hits(const struct alert *a)
{
	for (size_t k = 0; k < a->n_hits; k++) {
		printf("%-10s ", k ? "" : "matched");
		printf("%s: ", query_field_name(a->hits[k].field));
		utf8_print(stdout, a->hits[k].text);
		fputs("   (", stdout);
		utf8_print(stdout, a->hits[k].term);
		fputs(")\n", stdout);
	}
}

static void put_escaped(struct buf *out, struct str s)
{
	utf8_escape(out, s, s.n, false);
}

static void put_snippet(const struct stored_call *call, const struct alert *a)
{
	const struct watch_marks marks = {
		call->cli->color ? "\033[1m" : "", call->cli->color ? "\033[0m" : "", put_escaped};
	struct buf b;

	buf_init(&b, 16 * SNIPPET_MAX);
	alert_snippet(a, SNIPPET_MAX, &marks, &b);
	fwrite(buf_z(&b), 1, b.len, stdout);
	putchar('\n');
	buf_release(&b);
}

static int show_delivery(void *ctx, const struct store_due *row)
{
	struct shown *s = ctx;
	const struct store_delivery *d = &row->d;

	printf("%-10s ", s->n++ ? "" : "told");
	utf8_print(stdout, d->notify);
	printf(": %s", document_delivery_state(d->state));
	if (d->state != STORE_PENDING || d->attempts) {
		fputs(d->state == STORE_PENDING ? ", again at " : " at ", stdout);
		cli_put_stamp(d->state == STORE_PENDING ? d->next_at : d->done_at);
	}
	if (str_present(d->answer)) {
		fputs(", ", stdout);
		utf8_print(stdout, d->answer);
	}
	printf(" (delivery %lld)\n", (long long)d->id);
	return 0;
}

static int add_delivery(void *ctx, const struct store_due *row)
{
	return json_array_append_new(ctx, document_delivery(&row->d)) ? -(int)ERR_NOMEM : 0;
}

static int show_one(void *ctx, const struct store_alert_row *row)
{
	struct shown *s = ctx;
	const struct alert *a = &row->alert;
	const struct store_delivery_filter f = {.alert_id = a->id, .state = -1};
	struct shown deliveries = {.call = s->call};

	s->n++;
	if (s->call->json) {
		json_t *list_of = json_array();
		int rc = store_delivery_each(s->call->store, &f, add_delivery, list_of, NULL);

		document_print(document_alert(a, list_of), stdout);
		return rc;
	}
	cli_put_line("alert", a->id);
	cli_put_stamp_line("raised", a->created);
	cli_put_line("watch", str_present(a->watch_title) ? a->watch_title : a->watch);
	cli_put_line("priority", str_of(alert_priority_name(a->priority)));
	cli_put_line("title", a->title);
	cli_put_line("link", a->link);
	cli_put_line("author", a->author);
	if (a->published != STAMP_NONE)
		cli_put_stamp_line("published", a->published);
	cli_put_line("feed", str_present(a->feed_title) ? a->feed_title : a->feed);
	cli_put_line("source", a->source);
	put_hits(a);
	putchar('\n');
	put_snippet(s->call, a);
	putchar('\n');
	return store_delivery_each(s->call->store, &f, show_delivery, &deliveries, NULL);
}

static int show(const struct stored_call *call)
{
	const struct store_alert_filter f = {.id = str_of(call->id), .since = STAMP_NONE};
	struct shown s = {.call = call};
	struct err e = {0};
	int rc = store_alert_each(call->store, &f, show_one, &s, &e);

	if (rc == 0 && s.n == 0) {
		cli_complain("there is no alert %s", call->id);
		return CLI_FINDINGS;
	}
	return cli_stored_code(rc, &e);
}

static int read_options(struct stored_call *call, struct cli_args *args, const char **dir)
{
	const char *value;
	int id;

	while ((id = cli_args_next(args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: *dir = value; break;
		case CLI_OPT_JSON: call->json = true; break;
		case OPT_WATCH: call->watch = value; break;
		case OPT_SINCE:
			if (cli_read_since(call->self, value, &call->since))
				return CLI_USAGE;
			break;
		case OPT_LIMIT:
			if (cli_read_limit(call->self, value, &call->limit))
				return CLI_USAGE;
			break;
		}
	}
	return id < 0 ? CLI_USAGE : CLI_OK;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct stored_call call = {.cli = cli, .self = self, .since = STAMP_NONE, .limit = LIMIT};
	const char *dir = CLI_CONF_DIR;
	struct cli_args args;
	int code;

	cli_args_init(&args, self, argc, argv);
	code = read_options(&call, &args, &dir);
	return code ? code : cli_stored_run(&call, dir, &args, list, show);
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_WATCH, "--watch", "NAME", "list: only of this watch"},
	{OPT_SINCE, "--since", "2d", "list: only what was raised since then"},
	{OPT_LIMIT, "--limit", "N", "list: at most so many (default 50; 0: all)"},
	{0},
};

extern const struct cli_command cmd_alerts;
const struct cli_command cmd_alerts = {
	.name = "alerts",
	.operands = "[list | show ID]",
	.summary = "what was raised, and whether it was told",
	.options = options,
	.detail = "The newest first. Reads the database, whether or not the daemon runs.",
	.run = run,
};
