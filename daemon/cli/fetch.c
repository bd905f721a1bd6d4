/* SPDX-License-Identifier: MIT */
/* nightdesk fetch: one fetch as the daemon would do it, and what it would make of the answer. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf_dir.h"
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

/* "90 s", "5 min", "30 h", "2 d" */
static void fetch_print_duration(int64_t ms)
{
	int64_t s = ms / CLOCK_SECOND;

	if (s < 120)
		printf("%" PRId64 " s", s);
	else if (s < 2 * 3600)
		printf("%" PRId64 " min", (s + 30) / 60);
	else if (s < 48 * 3600)
		printf("%" PRId64 " h", (s + 1800) / 3600);
	else
		printf("%" PRId64 " d", (s + 43200) / 86400);
}

static void fetch_print_hop(const struct document_hop *h)
{
	utf8_print(stdout, str_of(h->url));
	fputs("\n  ", stdout);
	if (h->status)
		printf("answered %ld", h->status);
	else
		fputs("no answer", stdout);
	if (h->location) {
		fputs(", Location: ", stdout);
		utf8_print(stdout, str_of(h->location));
	}
	printf(" (%" PRId64 " ms, %" PRIu64 " bytes)\n", h->ms, h->wire_bytes);
}

static void fetch_print_headers(const struct document_fetch *f)
{
	print_line("Content-Type", WIDTH, str_of(f->content_type));
	print_line("ETag", WIDTH, str_of(f->etag));
	print_line("Last-Modified", WIDTH, str_of(f->last_modified));
	print_line("Cache-Control", WIDTH, str_of(f->cache_control));
	if (f->poll.retry_after >= 0) {
		printf("%-*s ", WIDTH, "Retry-After");
		fetch_print_duration(f->poll.retry_after);
		putchar('\n');
	}
}

static void fetch_print_feed(const struct feed_batch *b)
{
	printf("%-*s %s", WIDTH, "feed", document_format_name(b->feed.format));
	if (str_present(b->feed.format_version)) {
		putchar(' ');
		utf8_print(stdout, b->feed.format_version);
	}
	fputs(", ", stdout);
	utf8_print(stdout, b->feed.encoding);
	printf(", %zu item%s%s\n", b->n_items, b->n_items == 1 ? "" : "s",
		b->complete ? "" : ", broken or cut off");
	print_line("title", WIDTH, b->feed.title);
	for (size_t i = 0; i < b->n_problems && i < PROBLEMS_SHOWN; i++) {
		printf("%-*s ", WIDTH, "problem");
		if (b->problems[i].line)
			printf("line %" PRIu32 ": ", b->problems[i].line);
		utf8_print(stdout, b->problems[i].text);
		putchar('\n');
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
	fetch_print_duration(ms);
	printf(" (%s)\n", name);
}

static void fetch_print_wishes(const struct schedule_poll *s)
{
	fetch_print_wish("Cache-Control", s->max_age);
	fetch_print_wish("ttl or update period of the feed", s->ttl);
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
		fetch_print_duration(f->floor);
		puts(" are over");
		return;
	}
	printf("%-*s would be polled every ", WIDTH, "next poll");
	fetch_print_duration(f->floor > s->every ? f->floor : s->every);
	if (f->floor > s->every)
		fputs(", because it asks for that; configured: ", stdout);
	if (f->floor > s->every)
		fetch_print_duration(s->every);
	else if (s->force)
		fputs(", whatever it asks for (force)", stdout);
	putchar('\n');
}

static void fetch_print(const struct document_fetch *f)
{
	for (size_t i = 0; i < f->n_hops; i++)
		fetch_print_hop(&f->hops[i]);
	fetch_print_headers(f);
	if (f->feed)
		print_line("configured as", WIDTH, str_of(f->feed->name));
	if (f->error->cls == ERR_NONE)
		printf("%-*s %zu bytes\n", WIDTH, "body", f->body.n);
	if (f->batch)
		fetch_print_feed(f->batch);
	else
		print_line("begins with", WIDTH, f->beginning);
	fetch_print_next(f);
	if (f->error->cls != ERR_NONE)
		report_error("%s", f->error->text);
	else if (!f->batch)
		report_error("%s", f->refusal->text);
}

/* --- the command --- */

struct fetch_call {
	struct conf *conf;
	const struct conf_feed *feed; /* configured with this address; NULL: none */
	const struct http_answer *answer;
	struct feed_batch *batch; /* NULL: no body came, or it is not a feed */
	struct err refusal;	  /* then why not */
	bool json;
};

static void fetch_parse(struct fetch_call *c)
{
	const struct http_answer *a = c->answer;
	struct feed_limits limits = feed_limits_default;
	const struct feed_parse_options o = {
		.url = str_of(a->hops[a->n - 1].url),
		.content_type = str_of(a->content_type),
		.content_location = str_of(a->content_location),
		.content_language = str_of(a->content_language),
		.limits = &limits,
	};

	limits.body_bytes = c->conf->poll.max_body;
	if (a->error.cls == ERR_NONE)
		(void)feed_parse(a->body, &o, &c->batch, &c->refusal);
}

/* The first bytes of a body that is not a feed, so that the user sees what it is. */
static struct str fetch_beginning(const struct http_answer *a)
{
	struct str s = str_trim(a->body);

	if (a->error.cls != ERR_NONE || s.n == 0)
		return STR_NONE;
	return s.n > BEGINNING_MAX ? utf8_cut(s, BEGINNING_MAX) : s;
}

static void fetch_print_result(const struct fetch_call *c)
{
	const struct http_answer *a = c->answer;
	const struct feed_info *info = c->batch ? &c->batch->feed : NULL;
	struct document_fetch f = {
		.hops = a->hops,
		.n_hops = a->n,
		.content_type = a->content_type,
		.etag = a->etag,
		.last_modified = a->last_modified,
		.cache_control = a->cache_control,
		.status = a->status,
		.feed = c->feed,
		.error = &a->error,
		.body = a->body,
		.batch = c->batch,
		.refusal = &c->refusal,
		.beginning = fetch_beginning(a),
		.poll = {.now = clock_wall(),
			.every = c->feed ? c->feed->every : c->conf->poll.every,
			.force = c->feed && c->feed->force,
			.failed = a->error.cls != ERR_NONE || !info,
			.retry_after = a->retry_after,
			.max_age = a->max_age,
			.ttl = info ? info->ttl_ms : -1,
			.skip_hours = info ? info->skip_hours : 0,
			.skip_days = info ? info->skip_days : 0},
	};

	f.floor = schedule_floor(&f.poll);
	if (c->json)
		document_print(document_fetch(&f), stdout);
	else
		fetch_print(&f);
}

static const struct conf_feed *fetch_find_feed(const struct conf *c, const char *url)
{
	for (size_t i = 0; i < c->n_feeds; i++)
		if (strcmp(c->feeds[i].url, url) == 0)
			return &c->feeds[i];
	return NULL;
}

static int fetch_url(struct fetch_call *c, struct http_query *q, const char *url)
{
	struct err e = {0};
	int code;

	c->feed = fetch_find_feed(c->conf, url);
	if (http_query_ask(q, url, c->feed, &c->answer, &e)) {
		report_error("%s", e.text);
		return report_exit_code(&e);
	}
	feed_parse_global_init();
	fetch_parse(c);
	fetch_print_result(c);
	code = http_answer_exit(c->answer);
	if (code == CLI_OK && !c->batch)
		code = CLI_FINDINGS;
	feed_batch_free(c->batch);
	feed_parse_global_cleanup();
	return code;
}

static int fetch_run(const struct cli_call *call)
{
	const struct cli_plain_options *o = call->options;
	struct fetch_call c = {.json = o->json};
	struct http_query *q;
	char *url;
	int code;

	c.conf = conf_dir_load_or_default(call->cli, o->dir, &code);
	if (!c.conf)
		return code;
	url = http_query_address(call->operands[0]);
	q = url ? http_query_new(c.conf) : NULL;
	if (q)
		code = fetch_url(&c, q, url);
	else
		code = url ? report_nomem() : CLI_USAGE;
	http_query_free(q);
	free(url);
	conf_unref(c.conf);
	return code;
}

static const struct cli_option fetch_options[] = {
	CLI_OPTION_CONF_IF_ANY(struct cli_plain_options),
	CLI_OPTION_JSON(struct cli_plain_options),
	{0},
};

const struct cli_command cmd_fetch = {
	.name = "fetch",
	.summary = "fetch one feed as the daemon would, and show the answer",
	.operands = "URL",
	.min = 1,
	.max = 1,
	.run = fetch_run,
	.options = fetch_options,
	.options_size = sizeof(struct cli_plain_options),
	.detail =
		"Prints each redirect, the relevant headers, what the body is, and how often the\n"
		"daemon would poll it. A configured feed is fetched with its login. Private\n"
		"addresses are fetched only if poll { private-networks } allows them. Nothing is\n"
		"stored.\n"
		"Exit status: 0 a feed, 1 something else, 69 no answer, 75 a temporary failure.",
};
