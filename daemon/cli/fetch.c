/* SPDX-License-Identifier: MIT */
/* nightdesk fetch: one fetch as the daemon would do it, and what it would make of the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "document/document.h"
#include "feed/parse.h"
#include "fetch_print.h"
#include "http_query.h"
#include "report.h"

#define BEGINNING_MAX ((size_t)200)

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
	const struct document_answer *a = f->answer;
	struct schedule_poll always;
	struct schedule_plan plan;
	struct rng rng;

	f->poll = (struct schedule_poll){
		.now = clock_wall(),
		.every = f->feed ? f->feed->every : c->poll.every,
		.every_default = !f->feed || f->feed->every_default,
		.force = f->feed && f->feed->force,
		.failed = !info,
		.failures = !info,
		.gone = !info && a->status == 410,
		.absences = !info && (a->status == 410 || a->status == 404 || a->no_host),
		.retry_after = a->retry_after,
		.max_age = a->max_age,
		.ttl = info ? info->ttl_ms : -1,
		.skip_hours = info ? info->skip_hours : 0,
		.skip_days = info ? info->skip_days : 0,
	};
	rng_seed(&rng, 1); /* the jitter is not shown */
	plan = schedule_next_poll(&f->poll, &rng);
	f->skipped = plan.why == SCHEDULE_SKIPPED ? plan.wait : 0;
	always = f->poll;
	always.skip_hours = 0;
	always.skip_days = 0;
	f->plan = schedule_next_poll(&always, &rng);
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
	.detail = "Prints each redirect with the time of its phases, the server, TLS and its\n"
		  "certificate; the headers, how the body was packed, what it is; how often the\n"
		  "daemon would poll it, and why; without an answer, what to do. A configured\n"
		  "feed, given by its address or its name, is fetched with its login, proxy and\n"
		  "certificates. Private addresses are fetched only if poll { private-networks }\n"
		  "allows them. Nothing is stored.\n"
		  "Exit status: 0 a feed, 1 something else, 69 no answer, 75 a temporary failure.",
};
