/* SPDX-License-Identifier: MIT */
/* nightdesk status: the state of the daemon, from itself, or from its database while it is down. */
#include <stdio.h>

#include "conf_dir.h"
#include "document/document.h"
#include "document/status.h"
#include "io/control.h"
#include "print.h"
#include "report.h"
#include "store/store.h"

#define ANSWER_MS 10000
#define WIDTH	  12

static long long status_number(const json_t *doc, const char *part, const char *key)
{
	return (long long)json_integer_value(json_object_get(json_object_get(doc, part), key));
}

/* "1 alert", "2 alerts" */
static void status_print_count(
	const json_t *doc, const char *part, const char *key, const char *noun)
{
	long long n = status_number(doc, part, key);

	printf("%lld %s%s", n, noun, str_plural(n));
}

static const char *status_text(const json_t *doc, const char *part, const char *key)
{
	const json_t *at = part ? json_object_get(doc, part) : doc;
	const char *z = json_string_value(json_object_get(at, key));

	return z ? z : "never";
}

/* "feeds       9,987 fresh, 9 late, 3 failing, 1 silent": each feed counts once. */
static void status_print_feeds(const json_t *doc)
{
	static const char *const states[][2] = {{"late", "late"}, {"failing", "failing"},
		{"silent", "silent"}, {"stale", "stale"}, {"unread", "not read yet"}};

	fputs("feeds       ", stdout);
	print_count(status_number(doc, "feeds", "fresh"));
	fputs(" fresh", stdout);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		long long n = status_number(doc, "feeds", states[i][0]);

		if (n == 0)
			continue;
		fputs(", ", stdout);
		print_count(n);
		printf(" %s", states[i][1]);
	}
	putchar('\n');
}

static void status_print_running(const json_t *doc)
{
	long long up = (long long)json_integer_value(json_object_get(doc, "uptime_s"));
	char text[STAMP_TEXT_MAX];

	printf("nightdesk %s runs as process %lld since %s (%lld h %lld min)\n",
		status_text(doc, NULL, "version"),
		(long long)json_integer_value(json_object_get(doc, "pid")),
		print_local_text(status_text(doc, NULL, "started"), text), up / 3600, up / 60 % 60);
	status_print_feeds(doc);
	printf("last poll   %s\n", print_local_text(status_text(doc, "polls", "last"), text));
	if (status_number(doc, "feeds", "held") > 0)
		printf("network     down: %lld feed%s wait%s for it\n",
			status_number(doc, "feeds", "held"),
			str_plural(status_number(doc, "feeds", "held")),
			status_number(doc, "feeds", "held") == 1 ? "s" : "");
	fputs("since start ", stdout);
	status_print_count(doc, "polls", "done", "poll");
	printf(", %lld unchanged, %lld failed; ", status_number(doc, "polls", "unchanged"),
		status_number(doc, "polls", "failed"));
	status_print_count(doc, "items", "new", "new item");
	fputs(", ", stdout);
	status_print_count(doc, "alerts", "raised", "alert");
	printf(", %lld sent\n", status_number(doc, "deliveries", "sent"));
}

static void status_print_canary(const json_t *doc)
{
	const json_t *canary = json_object_get(doc, "canary");
	long long lost = status_number(doc, "canary", "lost");
	char text[STAMP_TEXT_MAX];

	if (!json_object_get(canary, "arrived") && !lost)
		return;
	printf("canary      last arrived %s",
		print_local_text(status_text(doc, "canary", "arrived"), text));
	if (lost)
		printf(", %lld lost", lost);
	putchar('\n');
}

static void status_print_refused(const json_t *doc)
{
	const json_t *list = json_object_get(json_object_get(doc, "configuration"), "refused");
	const json_t *v;
	size_t i;

	if (!list)
		return;
	puts("the last reload was refused, the configuration before it is in force:");
	json_array_foreach (list, i, v) {
		print_text("  ", str_slice(json_string_value(v), json_string_length(v)), "\n");
	}
}

static void status_print_stored(const json_t *doc)
{
	char text[STAMP_TEXT_MAX];

	if (!json_object_get(doc, "database"))
		return;
	fputs("stored      ", stdout);
	status_print_count(doc, "items", "stored", "item");
	fputs(", ", stdout);
	status_print_count(doc, "alerts", "stored", "alert");
	printf(", %lld KiB\n", (status_number(doc, "database", "bytes") +
				       status_number(doc, "database", "wal_bytes")) /
				       1024);
	printf("deliveries  %lld waiting, %lld held, %lld delivered, %lld dead\n",
		status_number(doc, "deliveries", "pending"),
		status_number(doc, "deliveries", "held"),
		status_number(doc, "deliveries", "delivered"),
		status_number(doc, "deliveries", "dead"));
	if (status_number(doc, "deliveries", "pending"))
		printf("            the oldest waits since %s\n",
			print_local_text(status_text(doc, "deliveries", "oldest_pending"), text));
}

/* The upper bound of the bucket that has the event at that share of all; -1: the last has none. */
static long long status_quantile(const json_t *histogram, long long total, int percent)
{
	const json_t *counts = json_object_get(histogram, "counts"), *v;
	const json_t *bounds = json_object_get(histogram, "bounds");
	long long n = 0;
	size_t i;

	json_array_foreach (counts, i, v) {
		n += (long long)json_integer_value(v);
		if (n * 100 >= total * percent)
			break;
	}
	v = json_array_get(bounds, i);
	return v ? (long long)json_integer_value(v) : -1;
}

static void status_print_within(const char *share, long long ms)
{
	if (ms < 0)
		printf("%s after more than a day", share);
	else
		printf("%s within %g s", share, (double)ms / (double)CLOCK_SECOND);
}

/* From the end of the transfer that had the item, of alerts that nothing held. */
static void status_print_delay(const json_t *doc)
{
	const json_t *h = json_object_get(json_object_get(doc, "deliveries"), "seen_to_delivered");
	const json_t *v;
	long long total = 0;
	size_t i;

	json_array_foreach (json_object_get(h, "counts"), i, v) {
		total += (long long)json_integer_value(v);
	}
	if (total == 0)
		return;
	printf("%*s", WIDTH, "");
	status_print_within("half of the alerts arrived", status_quantile(h, total, 50));
	status_print_within(", 99 %", status_quantile(h, total, 99));
	putchar('\n');
}

static void status_print_over_limit(const json_t *doc)
{
	long long n = status_number(doc, "feeds", "over_limit");

	if (n)
		printf("left out    old items of %lld feed%s with more items than are taken of one "
		       "document\n",
			n, str_plural(n));
}

static struct str status_str(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return str_slice(json_string_value(v), json_string_length(v));
}

/* "            foreign-desk, since 2026-09-21 13:00:00Z: HTTP 500" */
static void status_print_trouble(const json_t *trouble)
{
	char text[STAMP_TEXT_MAX];

	printf("%*s", WIDTH, "");
	print_text("", status_str(trouble, "subject"), ", ");
	print_text(
		"since ", str_of(print_local_text(status_text(trouble, NULL, "since"), text)), "");
	print_text(": ", status_str(trouble, "detail"), "");
	putchar('\n');
}

static void status_print_troubles(const json_t *doc)
{
	const json_t *kind, *trouble;
	size_t i, k;

	json_array_foreach (json_object_get(doc, "troubles"), i, kind) {
		long long more = (long long)json_integer_value(json_object_get(kind, "left_out"));

		print_text("trouble     ", status_str(kind, "title"), "\n");
		json_array_foreach (json_object_get(kind, "troubles"), k, trouble) {
			status_print_trouble(trouble);
		}
		if (more)
			printf("%*sand %lld more\n", WIDTH, "", more);
		printf("%*s", WIDTH, "");
		print_text("what to do: ", status_str(kind, "advice"), "\n");
	}
}

static int status_exit_code(const json_t *doc)
{
	if (!json_is_true(json_object_get(doc, "running")))
		return CLI_UNAVAILABLE;
	return json_is_true(json_object_get(doc, "ok")) ? CLI_OK : CLI_FINDINGS;
}

static void status_print_lost_log(const json_t *doc)
{
	long long n = status_number(doc, "log", "lost");

	if (n)
		printf("log         %lld line%s lost, because standard error was not read\n", n,
			str_plural(n));
}

static int status_print(json_t *doc, bool json)
{
	bool running = json_is_true(json_object_get(doc, "running"));

	if (json) {
		document_print(json_incref(doc), stdout);
	} else {
		if (running)
			status_print_running(doc);
		else
			puts("nightdesk is not running");
		status_print_stored(doc);
		status_print_delay(doc);
		status_print_canary(doc);
		status_print_over_limit(doc);
		status_print_troubles(doc);
		status_print_lost_log(doc);
		status_print_refused(doc);
	}
	return status_exit_code(doc);
}

/* NULL: *code says why not. */
static json_t *status_ask_database(const char *path, int *code)
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
		report_error(
			"nightdesk is not running, and its database cannot be read: %s", e.text);
		*code = CLI_UNAVAILABLE;
		return NULL;
	}
	return document_status(&(struct document_status){.metrics = &metrics});
}

/* The database answers only if no daemon listens: one that hangs must not look stopped. */
static json_t *status_ask(const struct conf *c, int *code)
{
	json_t *doc = NULL;
	struct err e = {.cls = ERR_TEMP};
	bool down = !c->daemon.control;

	if (c->daemon.control &&
		control_ask_command(c->daemon.control, "status", ANSWER_MS, &doc, &e) == 0)
		return doc;
	down = down || (e.cls == ERR_TEMP && !control_listening(c->daemon.control));
	if (down)
		return status_ask_database(c->daemon.state, code);
	report_error("%s", e.text);
	*code = e.cls == ERR_PERM ? CLI_NOPERM : CLI_TEMPFAIL;
	return NULL;
}

static int status_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	int code;
	struct conf *c = conf_dir_load_daemon(call->cli, o->dir, &code);
	json_t *doc = c ? status_ask(c, &code) : NULL;

	if (doc)
		code = status_print(doc, o->json);
	json_decref(doc);
	conf_unref(c);
	return code;
}

const struct cli_command cmd_status = {
	.name = "status",
	.summary = "show the state of the daemon: feeds, alerts, deliveries",
	.run = status_run,
	.options = cli_plain_options,
	.detail =
		"Asks the running daemon. Exits with 1 while there is a trouble that a person must "
		"mend. While the daemon is down, reads its database and exits with 69.",
};
