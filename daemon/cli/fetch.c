/* SPDX-License-Identifier: MIT */
/* nightdesk fetch: one fetch as the daemon would do it, and what it would make of the answer. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "document/batch.h"
#include "document/document.h"
#include "document/feed.h"
#include "feed/parse.h"
#include "http_query.h"
#include "print.h"
#include "report.h"

#define PROBLEMS_SHOWN 5
#define BEGINNING_MAX  ((size_t)200)
#define WIDTH	       14

/* --- text --- */

static void fetch_print_hop(const struct document_hop *h)
{
	print_url("", str_of(h->url), "\n  ");
	if (h->status)
		printf("answered %ld", h->status);
	else
		fputs("no answer", stdout);
	print_url(", Location: ", str_of(h->location), "");
	printf(" (%" PRId64 " ms, %" PRIu64 " bytes)\n", h->ms, h->wire_bytes);
}

static void fetch_print_headers(const struct document_answer *a)
{
	print_line("Content-Type", WIDTH, str_of(a->content_type));
	print_line("ETag", WIDTH, str_of(a->etag));
	print_line("Last-Modified", WIDTH, str_of(a->last_modified));
	print_line("Cache-Control", WIDTH, str_of(a->cache_control));
	if (a->retry_after >= 0) {
		printf("%-*s ", WIDTH, "Retry-After");
		print_duration(a->retry_after);
		putchar('\n');
	}
}

static void fetch_print_feed(const struct feed_batch *b)
{
	printf("%-*s ", WIDTH, "feed");
	print_batch(b);
	print_line("title", WIDTH, b->feed.title);
	for (size_t i = 0; i < b->n_problems && i < PROBLEMS_SHOWN; i++) {
		printf("%-*s ", WIDTH, "problem");
		print_problem(&b->problems[i]);
	}
	if (b->n_problems > PROBLEMS_SHOWN)
		printf("%-*s and %zu more; nightdesk parse shows them\n", WIDTH, "",
			b->n_problems - PROBLEMS_SHOWN);
}

static void fetch_print_wish(const char *name, int64_t ms)
{
	if (ms <= 0)
		return;
	printf("%-*s ", WIDTH, "it asks for");
	print_duration(ms);
	printf(" (%s)\n", name);
}

static void fetch_print_wishes(const struct schedule_poll *s)
{
	fetch_print_wish("Cache-Control or Expires, less Age", s->max_age);
	fetch_print_wish(s->every_default ? "ttl of the feed, which counts up to an hour"
					  : "ttl of the feed; its own every goes before it",
		s->ttl);
	if (s->skip_hours) {
		printf("%-*s not at the hours (UTC)", WIDTH, "it asks for");
		for (unsigned h = 0; h < 24; h++)
			if (s->skip_hours >> h & 1)
				printf(" %u", h);
		putchar('\n');
	}
	if (s->skip_days) {
		printf("%-*s not on", WIDTH, "it asks for");
		for (unsigned d = 0; d < 7; d++)
			if (s->skip_days >> d & 1)
				printf(" %s", document_weekdays[d]);
		putchar('\n');
	}
}

static void fetch_print_next(const struct document_fetch *f)
{
	const struct schedule_poll *s = &f->poll;

	fetch_print_wishes(s);
	if (s->failed) {
		if (f->floor <= 0)
			return;
		printf("%-*s not before ", WIDTH, "next poll");
		print_duration(f->floor);
		puts(" are over");
		return;
	}
	printf("%-*s would be polled every ", WIDTH, "next poll");
	print_duration(f->floor > s->every ? f->floor : s->every);
	if (f->floor > s->every)
		fputs(", because it asks for that; configured: ", stdout);
	if (f->floor > s->every)
		print_duration(s->every);
	else if (s->force)
		fputs(", whatever it asks for (force)", stdout);
	putchar('\n');
}

static void fetch_print(const struct document_fetch *f)
{
	const struct document_answer *a = f->answer;

	for (unsigned i = 0; i < a->n; i++)
		fetch_print_hop(&a->hops[i]);
	fetch_print_headers(a);
	if (f->feed)
		print_line("configured as", WIDTH, str_of(f->feed->name));
	if (a->error.cls == ERR_NONE)
		printf("%-*s %zu bytes\n", WIDTH, "body", a->body.n);
	if (f->batch && a->cut.cls != ERR_NONE)
		print_line("cut", WIDTH, str_of(a->cut.text));
	if (f->batch)
		fetch_print_feed(f->batch);
	else
		print_line("begins with", WIDTH, f->beginning);
	fetch_print_next(f);
	if (a->error.cls != ERR_NONE)
		report_error("%s", a->error.text);
	else if (!f->batch)
		report_error("%s", f->refusal.text);
}

/* --- the command --- */

static void fetch_parse(const struct conf *c, struct document_fetch *f)
{
	const struct document_answer *a = f->answer;
	struct feed_limits limits = feed_limits_default;
	const struct feed_parse_options o = {
		.url = str_of(a->hops[a->n - 1].url),
		.content_type = str_of(a->content_type),
		.content_language = str_of(a->content_language),
		.limits = &limits,
		.sitemaps = true,
	};

	limits.body_bytes = c->poll.max_body;
	if (a->error.cls != ERR_NONE)
		return;
	(void)feed_parse(a->body, &o, &f->batch, &f->refusal);
	if (a->cut.cls != ERR_NONE && (!f->batch || !f->batch->complete)) {
		feed_batch_free(f->batch);
		f->batch = NULL;
		f->refusal = a->cut;
	}
	if (!f->batch && a->wall)
		(void)feed_request_refused(a->status, a->wall, &f->refusal);
}

/* The beginning of the body, without secrets. */
static void fetch_keep_beginning(
	const struct http_query *q, struct document_fetch *f, char out[BEGINNING_MAX + 1])
{
	struct str s = utf8_cut(str_trim(f->answer->body), BEGINNING_MAX);

	if (f->answer->error.cls != ERR_NONE || s.n == 0)
		return;
	snprintf(out, BEGINNING_MAX + 1, "%.*s", STR_ARG(s));
	http_query_hide(q, out);
	f->beginning = str_of(out);
}

static void fetch_ask_schedule(const struct conf *c, struct document_fetch *f)
{
	const struct feed_info *info = f->batch ? &f->batch->feed : NULL;
	enum schedule_reason why;

	f->poll = (struct schedule_poll){
		.now = clock_wall(),
		.every = f->feed ? f->feed->every : c->poll.every,
		.every_default = !f->feed || f->feed->every_default,
		.force = f->feed && f->feed->force,
		.failed = !info,
		.retry_after = f->answer->retry_after,
		.max_age = f->answer->max_age,
		.ttl = info ? info->ttl_ms : -1,
		.skip_hours = info ? info->skip_hours : 0,
		.skip_days = info ? info->skip_days : 0,
	};
	f->floor = schedule_floor(&f->poll, &why);
}

static const struct conf_feed *fetch_find_feed(const struct conf *c, const char *url)
{
	for (size_t i = 0; i < c->n_feeds; i++)
		if (strcmp(c->feeds[i].url, url) == 0)
			return &c->feeds[i];
	return NULL;
}

static int fetch_url(struct http_query *q, const char *url, bool json)
{
	const struct conf *c = http_query_conf(q);
	struct document_fetch f = {.feed = fetch_find_feed(c, url)};
	char beginning[BEGINNING_MAX + 1];
	struct err e = {0};
	int code;

	if (http_query_ask(q, url, f.feed, &f.answer, &e)) {
		report_error("%s", e.text);
		return report_exit_code(&e);
	}
	feed_parse_global_init();
	fetch_parse(c, &f);
	http_query_hide(q, f.refusal.text);
	fetch_keep_beginning(q, &f, beginning);
	fetch_ask_schedule(c, &f);
	if (json)
		document_print(document_fetch(&f), stdout);
	else
		fetch_print(&f);
	code = http_query_exit(f.answer);
	if (code == CLI_OK && !f.batch)
		code = CLI_FINDINGS;
	feed_batch_free(f.batch);
	feed_parse_global_cleanup();
	return code;
}

static int fetch_run(const struct cli_call *call)
{
	struct http_query *q;
	char *url;
	int code = http_query_open(call, &q, &url);

	if (code == CLI_OK)
		code = fetch_url(q, url, call->options.json);
	http_query_free(q);
	free(url);
	return code;
}

static const struct cli_option fetch_options[] = {
	CLI_OPTION_CONF_IF_ANY,
	CLI_OPTION_JSON,
	{0},
};

const struct cli_command cmd_fetch = {
	.name = "fetch",
	.summary = "fetch one feed as the daemon would, and show the answer",
	.operands = "URL | NAME",
	.values = CLI_FEEDS,
	.min = 1,
	.max = 1,
	.run = fetch_run,
	.options = fetch_options,
	.detail =
		"Prints each redirect, the relevant headers, what the body is, and how often the\n"
		"daemon would poll it. A configured feed, given by its address or its name, is\n"
		"fetched with its login, proxy and certificates. Private addresses are fetched\n"
		"only if poll { private-networks } allows them. Nothing is stored.\n"
		"Exit status: 0 a feed, 1 something else, 69 no answer, 75 a temporary failure.",
};
