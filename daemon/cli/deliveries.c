/* SPDX-License-Identifier: MIT */
/* nightdesk deliveries: the outbox. */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "document/delivery.h"
#include "document/document.h"
#include "stored.h"
#include "io/control.h"

#define OPT_STATE    1
#define OPT_LIMIT    2
#define LIMIT	     50
#define HEADLINE_MAX 60
#define PATIENCE_MS  30000
#define ARENA_MAX    ((size_t)64 * 1024)

struct shown {
	const struct stored_call *call;
	size_t n;
};

static int list_one(void *ctx, const struct store_due *row)
{
	struct shown *s = ctx;
	const struct store_delivery *d = &row->d;

	s->n++;
	if (s->call->json) {
		document_print(document_delivery(d), stdout);
		return 0;
	}
	printf("%lld  %s  ", (long long)d->id, document_delivery_state(d->state));
	cli_put_stamp(d->state == STORE_PENDING ? d->next_at : d->done_at);
	fputs("  ", stdout);
	utf8_print(stdout, d->notify);
	fputs("  ", stdout);
	cli_put_headline(&row->alert, HEADLINE_MAX);
	if (str_present(d->answer)) {
		fputs("  ", stdout);
		utf8_print(stdout, d->answer);
	}
	putchar('\n');
	return 0;
}

static int list(const struct stored_call *call)
{
	const struct store_delivery_filter f = {.state = call->state, .limit = call->limit};
	struct shown s = {.call = call};
	struct err e = {0};
	int rc = store_delivery_each(call->store, &f, list_one, &s, &e);

	if (rc == 0 && s.n == 0 && !call->json)
		puts("no deliveries");
	return cli_stored_code(rc, &e);
}

/* 0: no number of a delivery */
static int64_t read_id(const char *text)
{
	char *end;
	int64_t id = strtoll(text, &end, 10);

	return end != text && *end == '\0' && id > 0 ? id : 0;
}

static int no_delivery(const char *id)
{
	cli_complain("there is no delivery %s", id);
	return CLI_FINDINGS;
}

static int show_one(void *ctx, const struct store_due *row)
{
	struct shown *s = ctx;
	const struct store_delivery *d = &row->d;

	if (s->call->json)
		return list_one(ctx, row);
	s->n++;
	printf("%-10s %lld\n%-10s ", "delivery", (long long)d->id, "alert");
	utf8_print(stdout, d->alert_id);
	printf("\n%-10s ", "headline");
	cli_put_headline(&row->alert, 2 * HEADLINE_MAX);
	printf("\n%-10s ", "notify");
	utf8_print(stdout, d->notify);
	printf("\n%-10s %s after %u attempt%s\n", "state", document_delivery_state(d->state),
		d->attempts, d->attempts == 1 ? "" : "s");
	cli_put_stamp_line("raised", d->created);
	if (d->state == STORE_PENDING)
		cli_put_stamp_line("next", d->next_at);
	else
		cli_put_stamp_line("ended", d->done_at);
	cli_put_line("answer", d->answer);
	return 0;
}

static int show(const struct stored_call *call)
{
	struct store_delivery_filter f = {.state = -1, .id = read_id(call->id)};
	struct shown s = {.call = call};
	struct err e = {0};
	int rc = 0;

	if (f.id)
		rc = store_delivery_each(call->store, &f, show_one, &s, &e);
	if (rc == 0 && s.n == 0)
		return no_delivery(call->id);
	return cli_stored_code(rc, &e);
}

/* --- retry and drop --- */

struct decision {
	const struct stored_call *call;
	const char *dir;
	enum store_decision what;
	int64_t id;
};

static int print_decided(const struct decision *d, struct str notify, const char *later)
{
	if (d->call->json) {
		document_print(document_decision(d->id, notify,
				       d->what == STORE_RETRY ? STORE_PENDING : STORE_DEAD),
			stdout);
		return CLI_OK;
	}
	printf("delivery %lld to ", (long long)d->id);
	utf8_print(stdout, notify);
	puts(d->what == STORE_RETRY ? later : " is dropped");
	return CLI_OK;
}

static int told(const struct decision *d, const struct store_decided *v, const char *later)
{
	if (!v->found)
		return no_delivery(d->call->id);
	if (v->was == STORE_DELIVERED) {
		cli_complain("delivery %s was delivered: there is nothing to %s", d->call->id,
			d->what == STORE_RETRY ? "try again" : "drop");
		return CLI_FINDINGS;
	}
	return print_decided(d, v->notify, later);
}

static int told_by_daemon(const struct decision *d, const json_t *answer)
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
		cli_complain("nothing was changed: %s", error ? error : "no sense in the answer");
		return CLI_TEMPFAIL;
	}
	return told(d, &v,
		json_is_true(json_object_get(answer, "configured"))
			? " is tried again now"
			: " waits: there is no such notify block in the configuration");
}

/* Opened for reading first, because to open for writing makes a database where none is. */
static int decide_in_database(const struct decision *d, const char *path)
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
	code = rc ? cli_stored_code(rc, &e)
		  : told(d, &v, " is tried again when nightdesk next runs");
	store_close(s);
	arena_free(arena);
	return code;
}

static int decide_at(const struct decision *d, const struct cli_places *places)
{
	const char *word = d->what == STORE_RETRY ? "retry" : "drop";
	json_t *answer;
	struct err e;
	int code;

	if (!places->control)
		return decide_in_database(d, places->state);
	if (control_ask(places->control,
		    json_pack("{ss sI}", "command", word, "delivery", (json_int_t)d->id),
		    PATIENCE_MS, &answer, &e)) {
		if (e.cls == ERR_TEMP && !control_listening(places->control))
			return decide_in_database(d, places->state);
		return cli_stored_code(-(int)e.cls, &e);
	}
	code = told_by_daemon(d, answer);
	json_decref(answer);
	return code;
}

static int decide(const struct decision *d)
{
	struct cli_places places;
	int code = cli_find_places(d->call->cli, d->dir, &places);

	if (code)
		return code;
	code = d->id ? decide_at(d, &places) : no_delivery(d->call->id);
	cli_places_release(&places);
	return cli_finish(code);
}

/* --- the command --- */

static bool read_state(const char *name, int *out)
{
	for (int s = STORE_PENDING; s <= STORE_DEAD; s++)
		if (strcmp(name, document_delivery_state((enum store_delivery_state)s)) == 0) {
			*out = s;
			return true;
		}
	return false;
}

static int read_options(struct stored_call *call, struct cli_args *args, const char **dir)
{
	const char *value;
	int id;

	while ((id = cli_args_next(args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: *dir = value; break;
		case CLI_OPT_JSON: call->json = true; break;
		case OPT_STATE:
			if (!read_state(value, &call->state))
				return cli_usage(call->self,
					"--state takes pending, delivered, failed or dead");
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
	struct stored_call call = {.cli = cli, .self = self, .state = -1, .limit = LIMIT};
	const char *dir = CLI_CONF_DIR;
	struct cli_args args;
	const char *verb;
	bool drop;
	int code;

	cli_args_init(&args, self, argc, argv);
	code = read_options(&call, &args, &dir);
	if (code)
		return code;
	verb = args.next < argc ? argv[args.next] : "";
	drop = strcmp(verb, "drop") == 0;
	if (!drop && strcmp(verb, "retry") != 0)
		return cli_stored_run(&call, dir, &args, list, show);
	if (argc - args.next != 2)
		return cli_usage(self, "%s takes one id", verb);
	call.id = argv[args.next + 1];
	return decide(
		&(struct decision){&call, dir, drop ? STORE_DROP : STORE_RETRY, read_id(call.id)});
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_STATE, "--state", "STATE", "list: only pending, delivered, failed or dead ones"},
	{OPT_LIMIT, "--limit", "N", "list: at most so many (default 50; 0: all)"},
	{0},
};

extern const struct cli_command cmd_deliveries;
const struct cli_command cmd_deliveries = {
	.name = "deliveries",
	.operands = "[list | show ID | retry ID | drop ID]",
	.summary = "the outbox: what waits, what was sent, what was answered",
	.options = options,
	.detail = "The newest first. retry makes one that waits, failed or is dead due now, under "
		  "the\n"
		  "same id; drop ends one for good. Both work whether or not the daemon runs.",
	.run = run,
};
