/* SPDX-License-Identifier: MIT */
/* nightdesk deliveries: the outbox. */
#include <string.h>

#include "cli/stored.h"

#define OPT_STATE    1
#define OPT_LIMIT    2
#define LIMIT	     50
#define HEADLINE_MAX 60

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
		cli_put_json(cli_delivery_json(d));
		return 0;
	}
	printf("%lld  %s  ", (long long)d->id, cli_delivery_state(d->state));
	cli_put_stamp(d->state == STORE_PENDING ? d->next_at : d->done_at);
	fputs("  ", stdout);
	cli_put_text(stdout, d->notify);
	fputs("  ", stdout);
	cli_put_headline(&row->alert, HEADLINE_MAX);
	if (str_present(d->answer)) {
		fputs("  ", stdout);
		cli_put_text(stdout, d->answer);
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

static void put_stamp_line(const char *name, int64_t ms)
{
	printf("%-10s ", name);
	cli_put_stamp(ms);
	putchar('\n');
}

static int show_one(void *ctx, const struct store_due *row)
{
	struct shown *s = ctx;
	const struct store_delivery *d = &row->d;

	if (s->call->json)
		return list_one(ctx, row);
	s->n++;
	printf("%-10s %lld\n%-10s ", "delivery", (long long)d->id, "alert");
	cli_put_text(stdout, d->alert_id);
	printf("\n%-10s ", "headline");
	cli_put_headline(&row->alert, 2 * HEADLINE_MAX);
	printf("\n%-10s ", "notify");
	cli_put_text(stdout, d->notify);
	printf("\n%-10s %s after %u attempts\n", "state", cli_delivery_state(d->state),
		d->attempts);
	put_stamp_line("raised", d->created);
	if (d->state == STORE_PENDING)
		put_stamp_line("next", d->next_at);
	else
		put_stamp_line("ended", d->done_at);
	if (str_present(d->answer)) {
		printf("%-10s ", "answer");
		cli_put_text(stdout, d->answer);
		putchar('\n');
	}
	return 0;
}

static int show(const struct stored_call *call)
{
	struct store_delivery_filter f = {.state = -1};
	struct shown s = {.call = call};
	struct err e = {0};
	char *end;
	int rc = 0;

	f.id = strtoll(call->id, &end, 10);
	if (end != call->id && *end == '\0' && f.id > 0)
		rc = store_delivery_each(call->store, &f, show_one, &s, &e);
	if (rc == 0 && s.n == 0) {
		cli_complain("there is no delivery %s", call->id);
		return CLI_FINDINGS;
	}
	return cli_stored_code(rc, &e);
}

static bool read_state(const char *name, int *out)
{
	for (int s = STORE_PENDING; s <= STORE_DEAD; s++)
		if (strcmp(name, cli_delivery_state((enum store_delivery_state)s)) == 0) {
			*out = s;
			return true;
		}
	return false;
}

static int read_options(struct stored_call *call, struct cli_args *args, const char **dir)
{
	const char *value;
	char *end = NULL;
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
			call->limit = strtoul(value, &end, 10);
			if (*end || end == value)
				return cli_usage(call->self, "--limit takes a number");
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
	int code;

	cli_args_init(&args, self, argc, argv);
	code = read_options(&call, &args, &dir);
	return code ? code : cli_stored_run(&call, dir, &args, list, show);
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
	.operands = "[list | show ID]",
	.summary = "the outbox: what waits, what was sent, what was answered",
	.options = options,
	.detail = "The newest first. Reads the database, whether or not the daemon runs.",
	.run = run,
};
