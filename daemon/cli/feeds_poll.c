/* SPDX-License-Identifier: MIT */
/* nightdesk feeds poll: has the running daemon poll feeds now. */
#include <string.h>

#include "base/utf8.h"
#include "conf_dir.h"
#include "daemon_ask.h"
#include "document/document.h"
#include "print.h"
#include "report.h"

#define ANSWER_MS 30000

struct feeds_poll {
	const struct conf *conf;
	bool json, named; /* named: feeds are given, each gets a line */
	size_t asked, under_way, forbidden, unknown;
};

/* What happens with a feed, for people: only the exceptions if all feeds are polled. */
static void feeds_poll_print_text(
	const struct feeds_poll *p, const char *name, const char *result, const char *until)
{
	char text[STAMP_TEXT_MAX];

	if (strcmp(result, "unknown") == 0) {
		conf_dir_report_no_feed(
			p->conf, "the running daemon has no feed", name, "; was it reloaded?");
		return;
	}
	if (!p->named && !until)
		return;
	utf8_print(stdout, str_of(name));
	if (until)
		printf(": not before %s, its server asked for that (Retry-After)\n",
			print_local_text(until, text));
	else
		puts(strcmp(result, "asked") == 0 ? ": is polled now" : ": is being polled");
}

static void feeds_poll_print_feed(struct feeds_poll *p, json_t *feed)
{
	const char *result = json_string_value(json_object_get(feed, "result"));
	const char *name = json_string_value(json_object_get(feed, "name"));

	if (!result)
		result = "unknown";
	p->asked += strcmp(result, "asked") == 0;
	p->under_way += strcmp(result, "under way") == 0;
	p->forbidden += strcmp(result, "forbidden") == 0;
	p->unknown += strcmp(result, "unknown") == 0;
	if (p->json)
		document_print(json_incref(feed), stdout);
	else if (name)
		feeds_poll_print_text(
			p, name, result, json_string_value(json_object_get(feed, "until")));
}

static void feeds_poll_print_sum(const struct feeds_poll *p)
{
	if (p->json || p->named)
		return;
	printf("%zu feed%s polled now, %zu being polled, %zu not yet allowed\n", p->asked,
		p->asked == 1 ? " is" : "s are", p->under_way, p->forbidden);
}

/* The daemon answers for a few hundred feeds at a time. */
static int feeds_poll_ask(struct feeds_poll *p, json_t *names)
{
	json_t *answer, *next, *feed;
	json_int_t from = 0;
	int code = CLI_OK;
	size_t i;

	do {
		answer = daemon_ask(p->conf,
			json_pack("{ss sO sI}", "command", "poll", "feeds", names, "from", from),
			ANSWER_MS, NULL, &code);
		if (!answer)
			return code;
		json_array_foreach (json_object_get(answer, "feeds"), i, feed) {
			feeds_poll_print_feed(p, feed);
		}
		next = json_object_get(answer, "next");
		from = json_integer_value(next);
		json_decref(answer);
	} while (from > 0);
	feeds_poll_print_sum(p);
	if (p->unknown)
		return CLI_FINDINGS;
	return p->named && p->forbidden ? CLI_TEMPFAIL : CLI_OK;
}

int feeds_poll(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct feeds_poll p = {.json = o->json, .named = call->n_operands > 0};
	json_t *names = json_array();
	int code;
	struct conf *c = conf_dir_load_daemon(call->cli, o->dir, &code);

	for (size_t i = 0; i < call->n_operands; i++)
		json_array_append_new(names, json_string(call->operands[i]));
	p.conf = c;
	if (c && json_array_size(names) == call->n_operands)
		code = feeds_poll_ask(&p, names);
	else if (c)
		code = report_usage(call->command, "a name is not UTF-8, or memory is out");
	json_decref(names);
	conf_unref(c);
	return code;
}
