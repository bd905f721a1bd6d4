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
	bool json, named; /* named: feeds are given, each gets a line */
	size_t asked, under_way, forbidden, unknown;
};

/* What happens with a feed, for people: only the exceptions if all feeds are polled. */
static void feeds_poll_print_text(struct feeds_poll *p, const json_t *feed, const char *result)
{
	const json_t *name = json_object_get(feed, "name");
	const char *until = json_string_value(json_object_get(feed, "until"));
	bool unknown = strcmp(result, "unknown") == 0;
	char text[STAMP_TEXT_MAX];

	if (!p->named && !until && !unknown)
		return;
	utf8_print(unknown ? stderr : stdout,
		str_slice(json_string_value(name), json_string_length(name)));
	if (unknown)
		fputs(": the running daemon has no such feed\n", stderr);
	else if (until)
		printf(": not before %s, its server asked for that (Retry-After)\n",
			print_local_text(until, text));
	else
		puts(strcmp(result, "asked") == 0 ? ": is polled now" : ": is being polled");
}

static void feeds_poll_print_feed(struct feeds_poll *p, json_t *feed)
{
	const char *result = json_string_value(json_object_get(feed, "result"));

	if (!result)
		result = "unknown";
	p->asked += strcmp(result, "asked") == 0;
	p->under_way += strcmp(result, "under way") == 0;
	p->forbidden += strcmp(result, "forbidden") == 0;
	p->unknown += strcmp(result, "unknown") == 0;
	if (p->json)
		document_print(json_incref(feed), stdout);
	else
		feeds_poll_print_text(p, feed, result);
}

static void feeds_poll_print_sum(const struct feeds_poll *p)
{
	if (p->json || p->named)
		return;
	printf("%zu feed%s polled now, %zu being polled, %zu not yet allowed\n", p->asked,
		p->asked == 1 ? " is" : "s are", p->under_way, p->forbidden);
}

/* The daemon answers for a few hundred feeds at a time. */
static int feeds_poll_ask(const struct conf *c, json_t *names, struct feeds_poll *p)
{
	json_t *answer, *next, *feed;
	json_int_t from = 0;
	int code = CLI_OK;
	size_t i;

	do {
		answer = daemon_ask(c,
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
	if (c && json_array_size(names) == call->n_operands)
		code = feeds_poll_ask(c, names, &p);
	else if (c)
		code = report_usage(call->command, "a name is not UTF-8, or memory is out");
	json_decref(names);
	conf_unref(c);
	return code;
}
