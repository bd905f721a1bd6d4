/* SPDX-License-Identifier: MIT */
/* nightdesk discover: the feeds that a web page offers. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "document/document.h"
#include "document/feed.h"
#include "feed/discover.h"
#include "feed/parse.h"
#include "http_query.h"
#include "input.h"
#include "print.h"
#include "report.h"

#define TRIES_MAX 4 /* guesses that are requested */

struct discover {
	const struct cli_options *options;
	struct str url, content_type; /* of the page */
	bool asks;		      /* the page was fetched: guesses are requested */
};

static void discover_print_json(const struct discover *x, const struct feed_discovery *d)
{
	for (size_t i = 0; i < d->n_found; i++)
		document_print(document_found_feed(&d->found[i], x->asks), stdout);
}

static void discover_print_text(const struct discover *x, const struct feed_discovery *d)
{
	if (d->found[0].offer == FEED_OFFER_GUESS && x->asks)
		puts("The page names no feed, but there is one:");
	else if (d->found[0].offer == FEED_OFFER_GUESS)
		puts("The page names no feed. Feeds often are here; try them with nightdesk "
		     "fetch:");
	for (size_t i = 0; i < d->n_found; i++) {
		utf8_print(stdout, d->found[i].url);
		print_text("  ", d->found[i].title, "");
		print_text("  (", d->found[i].type, ")");
		putchar('\n');
	}
}

/* Prints so if the body is a feed itself. */
static bool discover_is_feed(const struct discover *x, struct str body)
{
	struct feed_parse_options o = {
		.url = x->url, .content_type = x->content_type, .headers_only = true};
	struct feed_batch *b = NULL;
	bool feed;

	feed_parse_global_init();
	feed = feed_parse(body, &o, &b, NULL) == 0;
	if (feed && x->options->json)
		document_print(document_is_feed(b->feed.format), stdout);
	else if (feed)
		printf("This is a feed itself; nightdesk %s shows it.\n",
			x->asks ? "fetch" : "parse");
	feed_batch_free(b);
	feed_parse_global_cleanup();
	return feed;
}

/*
 * The page names no feed: requests the guesses one by one until one is a feed, or the server fails
 * temporarily. Only the feed stays in d.
 */
static int discover_try_guesses(struct http_query *q, struct feed_discovery *d, struct err *e)
{
	const struct document_answer *got;
	struct feed_batch *b = NULL;
	size_t tries = d->n_found < TRIES_MAX ? d->n_found : TRIES_MAX;
	int rc = 0;

	d->n_found = 0;
	feed_parse_global_init();
	for (size_t i = 0; i < tries && !b; i++) {
		struct feed_parse_options o = {.url = d->found[i].url, .headers_only = true};

		rc = http_query_ask(q, d->found[i].url.p, NULL, &got, e);
		if (rc || !got->status || got->error.cls == ERR_TEMP)
			break;
		o.content_type = str_of(got->content_type);
		if (got->error.cls != ERR_NONE || feed_parse(got->body, &o, &b, NULL))
			continue;
		d->found[0].url = arena_str(d->arena, str_of(got->hops[got->n - 1].url));
		d->found[0].title = arena_str(d->arena, b->feed.title);
		d->found[0].type = arena_str(d->arena, o.content_type);
		d->n_found = d->found[0].url.p != NULL;
	}
	feed_batch_free(b);
	feed_parse_global_cleanup();
	return rc;
}

/* q: requests the guesses; NULL: they are only printed. */
static int discover_page(
	const struct discover *x, const char *name, struct str body, struct http_query *q)
{
	struct feed_discovery *d = NULL;
	struct err e = {0};
	int code = CLI_OK;

	if (discover_is_feed(x, body))
		return CLI_OK;
	if (feed_discover(body, x->url, x->content_type, &d, &e)) {
		report_error("%s: %s", name, e.text);
		return report_exit_code(&e);
	}
	if (d->n_found && d->found[0].offer == FEED_OFFER_GUESS && q)
		code = discover_try_guesses(q, d, &e) ? report_exit_code(&e) : CLI_OK;
	if (code) {
		report_error("%s: %s", name, e.text);
	} else if (!d->n_found) {
		report_error("%s: the page offers no feed%s", name,
			x->url.p ? "" : "; with --url, relative links would be found too");
		code = CLI_FINDINGS;
	} else if (x->options->json) {
		discover_print_json(x, d);
	} else {
		discover_print_text(x, d);
	}
	feed_discovery_free(d);
	return code;
}

static int discover_in_file(const struct discover *x, const char *path)
{
	struct buf page;
	int code;

	buf_init(&page, FEED_DISCOVER_BYTES); /* the rest is not searched */
	code = input_read_file(path, &page);
	if (code == CLI_OK)
		code = discover_page(x, path, buf_str(&page), NULL);
	buf_release(&page);
	return code;
}

static int discover_fetch(struct discover *x, struct http_query *q, const char *url)
{
	const struct document_answer *got;
	struct err e = {0};

	if (http_query_ask(q, url, NULL, &got, &e)) {
		report_error("%s: %s", url, e.text);
		return report_exit_code(&e);
	}
	if (got->error.cls != ERR_NONE) {
		report_error("%s: %s", url, got->error.text);
		return http_query_exit(got);
	}
	x->asks = true;
	x->url = str_of(got->hops[got->n - 1].url);
	x->content_type = str_of(got->content_type);
	return discover_page(x, url, got->body, q);
}

static int discover_at_url(const struct cli_call *call, struct discover *x)
{
	struct http_query *q;
	char *url;
	int code = http_query_open(call, &q, &url);

	if (code == CLI_OK)
		code = discover_fetch(x, q, url);
	http_query_free(q);
	free(url);
	return code;
}

static bool discover_is_url(struct str word)
{
	return str_starts(word, STR("http://")) || str_starts(word, STR("https://")) ||
	       str_starts(word, STR("feed:"));
}

static int discover_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	const char *page = call->operands[0];
	struct discover x = {
		.options = o, .url = str_of(o->url), .content_type = str_of(o->content_type)};

	if (discover_is_url(str_of(page)))
		return discover_at_url(call, &x);
	return discover_in_file(&x, page);
}

static const struct cli_option discover_options[] = {
	CLI_OPTION_CONF_IF_ANY,
	CLI_OPTION_JSON,
	{CLI_OPTION("--url", "URL", CLI_TEXT, url,
		"of a file: its address; makes relative links absolute")},
	{CLI_OPTION("--content-type", "TYPE", CLI_TEXT, content_type,
		"of a file: its Content-Type header")},
	{0},
};

const struct cli_command cmd_discover = {
	.name = "discover",
	.summary = "list the feeds that a web page offers",
	.operands = "URL | FILE",
	.min = 1,
	.max = 1,
	.run = discover_run,
	.options = discover_options,
	.detail = "A URL is fetched as nightdesk fetch would; FILE may be - for standard input.\n"
		  "First come the feeds that the page names, then links that look like feeds. If\n"
		  "there are none, common addresses of feeds are requested, or, for a file with\n"
		  "--url, printed.\n"
		  "Exit status 1 if the page offers none.",
};
