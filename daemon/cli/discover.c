/* SPDX-License-Identifier: MIT */
/* nightdesk discover: the feeds that a web page offers. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "document/document.h"
#include "document/feed.h"
#include "feed/discover.h"
#include "feed/link.h"
#include "feed/parse.h"
#include "http_query.h"
#include "input.h"
#include "print.h"
#include "report.h"

#define TRIES_MAX 4 /* requests for links that may be feeds, and for guesses */
#define PAGE_MAX  ((size_t)2 * 1024 * 1024 * 1024)

struct discover {
	const struct cli_options *options;
	const char *name; /* URL or file */
	struct feed_page page;
	struct http_query *query; /* the page was fetched; NULL: it is a file */
	const char *wall;	  /* see struct fetch_answer */
};

static void discover_print_json(const struct discover *x, const struct feed_discovery *d)
{
	for (size_t i = 0; i < d->n_found; i++)
		document_print(document_found_feed(&d->found[i], x->query != NULL), stdout);
}

static void discover_print_text(const struct discover *x, const struct feed_discovery *d)
{
	if (d->found[0].offer == FEED_OFFER_GUESS && x->query)
		puts("The page names no feed, but there is one:");
	else if (d->found[0].offer == FEED_OFFER_SITEMAP)
		puts("The page names no feed, but its site has sitemaps, which a feed block with\n"
		     "type = \"sitemap\" reads; one of news is the best:");
	else if (d->found[0].offer == FEED_OFFER_GUESS)
		puts("The page names no feed. Feeds often are here; try them with nightdesk "
		     "fetch:");
	for (size_t i = 0; i < d->n_found; i++) {
		const struct feed_found *f = &d->found[i];

		utf8_print(stdout, f->url);
		print_text("  ", f->title, "");
		print_text("  (", f->type, ")");
		puts(f->relative			  ? "  (relative)"
			: f->offer == FEED_OFFER_POSSIBLE ? "  (perhaps)"
							  : "");
	}
}

/* Reports links whose address is not known. Returns the exit code. */
static int discover_report_relative(const struct discover *x, const struct feed_discovery *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_found; i++)
		n += d->found[i].relative;
	fflush(stdout);
	if (n)
		report_error("%s: %zu relative link%s: give the address of the page with --url",
			x->name, n, str_plural((long long)n));
	return n < d->n_found ? CLI_OK : CLI_FINDINGS;
}

static int discover_print(const struct discover *x, const struct feed_discovery *d)
{
	if (!d->n_found && x->wall) {
		report_error("%s: a bot check (%s) answered instead of the page", x->name, x->wall);
		return CLI_FINDINGS;
	}
	if (!d->n_found) {
		report_error("%s: the page offers no feed%s", x->name,
			x->page.url.p ? "" : "; with --url, common addresses of feeds are listed");
		return CLI_FINDINGS;
	}
	if (x->options->json)
		discover_print_json(x, d);
	else
		discover_print_text(x, d);
	return discover_report_relative(x, d);
}

/* Prints so if the page is a feed itself. */
static bool discover_is_feed(const struct discover *x)
{
	struct feed_parse_options o = {.url = x->page.url,
		.content_type = x->page.content_type,
		.headers_only = true,
		.sitemaps = true};
	struct feed_batch *b = NULL;
	bool feed = feed_parse(x->page.html, &o, &b, NULL) == 0;

	if (feed && x->options->json)
		document_print(document_is_feed(b->feed.format), stdout);
	else if (feed)
		printf("This is a %s itself; nightdesk %s shows it.\n",
			b->feed.format == FEED_SITEMAP ? "sitemap" : "feed",
			x->query ? "fetch" : "parse");
	feed_batch_free(b);
	return feed;
}

enum discover_trial {
	DISCOVER_FEED,
	DISCOVER_OTHER,	  /* not a feed, or refused */
	DISCOVER_UNKNOWN, /* the server fails temporarily */
};

/* Requests the URL of f and completes f if it is a feed. */
static int discover_try(const struct discover *x, struct arena *a, struct feed_found *f,
	enum discover_trial *trial, struct err *e)
{
	const struct document_answer *got;
	struct feed_parse_options o = {.url = f->url, .headers_only = true};
	struct feed_batch *b = NULL;
	int rc = http_query_ask(x->query, f->url.p, NULL, &got, e);

	*trial = DISCOVER_UNKNOWN;
	if (rc || !got->status || got->error.cls == ERR_TEMP)
		return rc;
	o.content_type = str_of(got->content_type);
	*trial = DISCOVER_OTHER;
	if (got->error.cls == ERR_NONE && feed_parse(got->body, &o, &b, NULL) == 0) {
		f->url = arena_str(a, str_of(got->hops[got->n - 1].url));
		if (!f->title.p)
			f->title = arena_str(a, b->feed.title);
		if (!f->type.p)
			f->type = arena_str(a, o.content_type);
		*trial = f->url.p ? DISCOVER_FEED : DISCOVER_OTHER;
	}
	feed_batch_free(b);
	return 0;
}

/* Requests the feeds that may be something else, and drops those that are. */
static int discover_try_possible(const struct discover *x, struct feed_discovery *d, struct err *e)
{
	size_t kept = 0, tries = 0;
	int rc = 0;

	for (size_t i = 0; i < d->n_found && !rc; i++) {
		struct feed_found f = d->found[i];
		enum discover_trial trial = DISCOVER_UNKNOWN;

		if (f.offer == FEED_OFFER_POSSIBLE && tries++ < TRIES_MAX)
			rc = discover_try(x, d->arena, &f, &trial, e);
		if (trial == DISCOVER_FEED)
			f.offer = FEED_OFFER_NAMED;
		if (trial != DISCOVER_OTHER)
			d->found[kept++] = f;
	}
	d->n_found = kept;
	return rc;
}

/*
 * The page names no feed: requests the guesses one by one until one is a feed, or the server fails
 * temporarily. Only the feed stays in d.
 */
static int discover_try_guesses(const struct discover *x, struct feed_discovery *d,
	enum discover_trial *trial, struct err *e)
{
	size_t tries = d->n_found < TRIES_MAX ? d->n_found : TRIES_MAX;
	int rc = 0;

	*trial = DISCOVER_OTHER;
	d->n_found = 0;
	for (size_t i = 0; i < tries && !rc && *trial == DISCOVER_OTHER; i++) {
		rc = discover_try(x, d->arena, &d->found[i], trial, e);
		if (*trial == DISCOVER_FEED)
			d->found[d->n_found++] = d->found[i];
	}
	return rc;
}

/* Asks for the robots.txt of the site. */
static int discover_take_robots(const struct discover *x, struct feed_discovery *d, struct err *e)
{
	struct str url = feed_link_resolve(d->arena, d->url, STR("/robots.txt"));
	const struct document_answer *got;
	int rc = url.p ? http_query_ask(x->query, url.p, NULL, &got, e) : 0;

	if (url.p && !rc && got->error.cls == ERR_NONE)
		feed_discovery_take_robots(d, got->body);
	return rc;
}

static int discover_search(const struct discover *x, struct feed_discovery **d, struct err *e)
{
	int rc = feed_discover(&x->page, d, e);
	enum discover_trial trial;

	if (rc == 0 && x->query)
		rc = discover_try_possible(x, *d, e);
	if (rc || (*d)->n_found)
		return rc;
	feed_discovery_guess(*d);
	if (x->query)
		rc = discover_try_guesses(x, *d, &trial, e);
	if (rc == 0 && x->query && trial == DISCOVER_OTHER)
		rc = discover_take_robots(x, *d, e);
	return rc;
}

static int discover_page(const struct discover *x)
{
	struct feed_discovery *d = NULL;
	struct err e = {0};
	int code = CLI_OK;

	feed_parse_global_init();
	if (!discover_is_feed(x)) {
		if (discover_search(x, &d, &e)) {
			report_error("%s: %s", x->name, e.text);
			code = report_exit_code(&e);
		} else {
			code = discover_print(x, d);
		}
	}
	feed_discovery_free(d);
	feed_parse_global_cleanup();
	return code;
}

static int discover_in_file(struct discover *x)
{
	struct buf page;
	int code;

	buf_init(&page, FEED_DISCOVER_BYTES); /* the rest is not searched */
	code = input_read_file(x->name, &page);
	x->page.html = buf_str(&page);
	if (code == CLI_OK)
		code = discover_page(x);
	buf_release(&page);
	return code;
}

static int discover_fetch(struct discover *x, const char *url)
{
	const struct document_answer *got;
	struct err e = {0};
	struct arena *a;
	int code;

	if (http_query_ask(x->query, url, NULL, &got, &e)) {
		report_error("%s: %s", url, e.text);
		return report_exit_code(&e);
	}
	if (got->error.cls != ERR_NONE) {
		report_error("%s: %s", url, got->error.text);
		return http_query_exit(got);
	}
	x->wall = got->wall;
	/* Another request releases the answer. */
	a = arena_new(PAGE_MAX);
	if (!a)
		return report_nomem();
	x->page = (struct feed_page){
		.html = arena_str(a, got->body),
		.url = arena_str(a, str_of(got->hops[got->n - 1].url)),
		.content_type = arena_str(a, str_of(got->content_type)),
		.link = arena_str(a, str_of(got->link)),
	};
	code = discover_page(x);
	arena_free(a);
	return code;
}

static int discover_at_url(const struct cli_call *call, struct discover *x)
{
	char *url;
	int code = http_query_open(call, &x->query, &url);

	if (code == CLI_OK) {
		x->name = url;
		code = discover_fetch(x, url);
	}
	http_query_free(x->query);
	free(url);
	return code;
}

static bool discover_is_url(struct str word)
{
	return str_starts_nocase(word, STR("http://")) ||
	       str_starts_nocase(word, STR("https://")) || str_starts_nocase(word, STR("feed:"));
}

static int discover_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct discover x = {.options = o, .name = call->operands[0]};

	if (discover_is_url(str_of(x.name)))
		return discover_at_url(call, &x);
	x.page.url = str_of(o->url);
	x.page.content_type = str_of(o->content_type);
	return discover_in_file(&x);
}

static const struct cli_option discover_options[] = {
	CLI_OPTION_CONF_IF_ANY,
	CLI_OPTION_JSON,
	{CLI_OPTION("--url", "URL", CLI_TEXT, url,
		"of a file: its address, to which relative links belong")},
	{CLI_OPTION("--content-type", "TYPE", CLI_TEXT, content_type,
		"of a file: its Content-Type header")},
	{0},
};

const struct cli_command cmd_discover = {
	.name = "discover",
	.summary = "list the feeds that a web page offers",
	.operands = "URL | FILE",
	.values = CLI_FILES,
	.min = 1,
	.max = 1,
	.run = discover_run,
	.options = discover_options,
	.detail =
		"A URL is fetched as nightdesk fetch would; FILE may be - for standard input.\n"
		"First come the feeds that the page names, in its HTML or in the HTTP header\n"
		"Link, then links that look like feeds; feeds of comments are last. An alternate\n"
		"of type JSON or XML may be anything: it is requested and listed if it is a feed;\n"
		"of a file, it is listed as possible. If there are none, common addresses of\n"
		"feeds are requested, or, for a file with --url, printed. Relative links of a\n"
		"file without --url are listed as written. A site without any feed may have\n"
		"sitemaps: those in its robots.txt are listed.\n"
		"Exit status 1 if the page offers no feed, or none with a known address.",
};
