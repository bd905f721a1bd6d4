/* SPDX-License-Identifier: MIT */
/* nightdesk status: how the daemon is, asked of itself, or of its database while it is down. */
#include "base/utf8.h"
#include "command.h"
#include "document/document.h"
#include "document/status.h"
#include "io/control.h"
#include "store/store.h"

#define PATIENCE_MS 10000

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{0},
};

static long long number(const json_t *doc, const char *part, const char *key)
{
	return (long long)json_integer_value(json_object_get(json_object_get(doc, part), key));
}

static const char *text(const json_t *doc, const char *part, const char *key)
{
	const json_t *at = part ? json_object_get(doc, part) : doc;
	const char *z = json_string_value(json_object_get(at, key));

	return z ? z : "never";
}

static void print_running(const json_t *doc)
{
	long long up = (long long)json_integer_value(json_object_get(doc, "uptime_s"));

	printf("nightdesk %s runs as process %lld since %s (%lld h %lld min)\n",
		text(doc, NULL, "version"),
		(long long)json_integer_value(json_object_get(doc, "pid")),
		text(doc, NULL, "started"), up / 3600, up / 60 % 60);
	printf("feeds       %lld configured, %lld failing; last poll %s\n",
		number(doc, "feeds", "configured"), number(doc, "feeds", "failing"),
		text(doc, "polls", "last"));
	printf("since start %lld polls, %lld unchanged, %lld failed; %lld new items, %lld alerts, "
	       "%lld sent\n",
		number(doc, "polls", "done"), number(doc, "polls", "unchanged"),
		number(doc, "polls", "failed"), number(doc, "items", "new"),
		number(doc, "alerts", "raised"), number(doc, "deliveries", "sent"));
}

static void print_refused(const json_t *doc)
{
	const json_t *list = json_object_get(json_object_get(doc, "configuration"), "refused");
	const json_t *v;
	size_t i;

	if (!list)
		return;
	puts("the last reload was refused, the configuration before it is in force:");
	json_array_foreach (list, i, v) {
		fputs("  ", stdout);
		utf8_print(stdout, str_slice(json_string_value(v), json_string_length(v)));
		putchar('\n');
	}
}

static void print_stored(const json_t *doc)
{
	if (!json_object_get(doc, "database"))
		return;
	printf("stored      %lld items, %lld alerts, %lld KiB\n", number(doc, "items", "stored"),
		number(doc, "alerts", "stored"), number(doc, "database", "bytes") / 1024);
	printf("deliveries  %lld waiting, %lld delivered, %lld failed, %lld given up\n",
		number(doc, "deliveries", "pending"), number(doc, "deliveries", "delivered"),
		number(doc, "deliveries", "failed"), number(doc, "deliveries", "dead"));
	if (number(doc, "deliveries", "pending"))
		printf("            the oldest waits since %s\n",
			text(doc, "deliveries", "oldest_pending"));
}

static int print(json_t *doc, bool json)
{
	bool running = json_is_true(json_object_get(doc, "running"));

	if (json) {
		document_print(json_incref(doc), stdout);
	} else {
		if (running)
			print_running(doc);
		else
			puts("nightdesk is not running");
		print_stored(doc);
		print_refused(doc);
	}
	return cli_finish(running ? CLI_OK : CLI_UNAVAILABLE);
}

/* NULL: *code says why not. */
static json_t *ask_database(const char *path, int *code)
{
	struct metrics metrics;
	struct store *s = NULL;
	struct err e;
	int rc = store_open(&s, path, STORE_READ, &e);

	metrics_init(&metrics);
	if (rc == 0)
		rc = store_metrics(s, &metrics, &e);
	store_close(s);
	if (rc) {
		cli_complain("nightdesk is not running, and its database says nothing: %s", e.text);
		*code = CLI_UNAVAILABLE;
		return NULL;
	}
	return document_status(&(struct document_status){.metrics = &metrics});
}

/* Only when nobody listens is the database asked: else a daemon that hangs would look stopped. */
static json_t *ask(const struct cli_places *places, int *code)
{
	json_t *doc = NULL;
	struct err e = {.cls = ERR_TEMP};
	bool nobody = !places->control;

	if (places->control &&
		control_ask_command(places->control, "status", PATIENCE_MS, &doc, &e) == 0)
		return doc;
	nobody = nobody || (e.cls == ERR_TEMP && !control_listening(places->control));
	if (nobody)
		return ask_database(places->state, code);
	cli_complain("%s", e.text);
	*code = e.cls == ERR_PERM ? CLI_NOPERM : CLI_TEMPFAIL;
	return NULL;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	const char *dir = CLI_CONF_DIR;
	struct cli_places places;
	struct cli_args args;
	bool json = false;
	json_t *doc;
	int code;

	cli_args_init(&args, self, argc, argv);
	if (cli_args_conf_json(&args, &dir, &json))
		return CLI_USAGE;
	if (args.next < argc)
		return cli_usage(self, "takes no arguments");
	code = cli_find_places(cli, dir, &places);
	if (code)
		return code;
	doc = ask(&places, &code);
	if (doc)
		code = print(doc, json);
	json_decref(doc);
	cli_places_release(&places);
	return code;
}

const struct cli_command cmd_status = {
	.name = "status",
	.summary = "how the daemon is: feeds, alerts, deliveries",
	.options = options,
	.detail =
		"Asks the running daemon; while it is down, its database, and then exits with 69.",
	.run = run,
};
