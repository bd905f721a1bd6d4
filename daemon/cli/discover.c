/* SPDX-License-Identifier: MIT */
/* nightdesk discover: the feeds that a web page offers. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "http_query.h"
#include "command.h"
#include "document/document.h"
#include "document/feed.h"
#include "feed/discover.h"
#include "feed/parse.h"

enum { OPT_URL = 1, OPT_CONTENT_TYPE };

struct call {
	struct str url, content_type;
	const char *dir; /* of the configuration; NULL: not given */
	bool json;
	bool asks; /* the page came from the network: guesses are tried there */
};

#define TRIES_MAX 4 /* places where nobody said that there is a feed */

static void print_json(const struct call *c, const struct feed_discovery *d)
{
	for (size_t i = 0; i < d->n_found; i++)
		document_print(document_found_feed(&d->found[i], c->asks), stdout);
}

static void print_text(const struct call *c, const struct feed_discovery *d)
{
	if (d->found[0].offer == FEED_OFFER_GUESS && c->asks)
		puts("The page names no feed, but there is one:");
	else if (d->found[0].offer == FEED_OFFER_GUESS)
		puts("The page names no feed. Feeds often are here; try them with nightdesk "
		     "fetch:");
	for (size_t i = 0; i < d->n_found; i++) {
		utf8_print(stdout, d->found[i].url);
		if (d->found[i].title.p) {
			fputs("  ", stdout);
			utf8_print(stdout, d->found[i].title);
		}
		if (d->found[i].type.p) {
			fputs("  (", stdout);
			utf8_print(stdout, d->found[i].type);
			putchar(')');
		}
		putchar('\n');
	}
}

/* Somebody who has the feed itself in hand need not look further. */
static bool is_feed(const struct call *c, struct str body)
{
	struct feed_parse_options o = {
		.url = c->url, .content_type = c->content_type, .headers_only = true};
	struct feed_batch *b = NULL;
	bool feed;

	feed_parse_global_init();
	feed = feed_parse(body, &o, &b, NULL) == 0;
	if (feed && c->json)
		document_print(document_is_feed(b->feed.format), stdout);
	else if (feed)
		printf("This is a feed itself; nightdesk %s shows it.\n",
			c->asks ? "fetch" : "parse");
	feed_batch_free(b);
	feed_parse_global_cleanup();
	return feed;
}

/*
 * The guesses of a page that names none, asked one by one until one is a feed or the server has had
 * enough: only that one stays.
 */
static int try_guesses(struct http_query *a, struct feed_discovery *d, struct err *e)
{
	const struct http_answer *got;
	struct feed_batch *b = NULL;
	size_t tries = d->n_found < TRIES_MAX ? d->n_found : TRIES_MAX;
	int rc = 0;

	d->n_found = 0;
	feed_parse_global_init();
	for (size_t i = 0; i < tries && !b; i++) {
		struct feed_parse_options o = {.url = d->found[i].url, .headers_only = true};

		rc = http_query_ask(a, d->found[i].url.p, NULL, &got, e);
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

/* a: asks for what the page does not name; NULL: it is only told. */
static int look(const struct call *c, const char *name, struct str body, struct http_query *a)
{
	struct feed_discovery *d = NULL;
	struct err e = {0};
	int code = CLI_OK;

	if (is_feed(c, body))
		return CLI_OK;
	if (feed_discover(body, c->url, c->content_type, &d, &e)) {
		cli_complain("%s: %s", name, e.text);
		return cli_exit_of(&e);
	}
	if (d->n_found && d->found[0].offer == FEED_OFFER_GUESS && a)
		code = try_guesses(a, d, &e) ? cli_exit_of(&e) : CLI_OK;
	if (code) {
		cli_complain("%s: %s", name, e.text);
	} else if (!d->n_found) {
		cli_complain("%s: the page offers no feed%s", name,
			c->url.p ? "" : "; with --url, relative links would be found too");
		code = CLI_FINDINGS;
	} else if (c->json) {
		print_json(c, d);
	} else {
		print_text(c, d);
	}
	feed_discovery_free(d);
	return code;
}

static int look_in_file(const struct call *c, const char *path)
{
	struct buf page;
	int code;

	buf_init(&page, FEED_DISCOVER_BYTES); /* what is behind that is not looked at */
	code = cli_read_file(path, &page);
	if (code == CLI_OK)
		code = look(c, path, buf_str(&page), NULL);
	buf_release(&page);
	return code;
}

static int ask_and_look(struct call *c, struct http_query *a, const char *url)
{
	const struct http_answer *got;
	struct err e = {0};

	if (http_query_ask(a, url, NULL, &got, &e)) {
		cli_complain("%s: %s", url, e.text);
		return cli_exit_of(&e);
	}
	if (got->error.cls != ERR_NONE) {
		cli_complain("%s: %s", url, got->error.text);
		return http_answer_exit(got);
	}
	c->asks = true;
	c->url = str_of(got->hops[got->n - 1].url);
	c->content_type = str_of(got->content_type);
	return look(c, url, got->body, a);
}

static int look_at_url(const struct cli *cli, struct call *c, const char *word)
{
	int code = CLI_OSERR;
	struct conf *conf = cli_conf_or_defaults(cli, c->dir, &code);
	char *url = conf ? http_query_address(word) : NULL;
	struct http_query *a = url ? http_query_new(conf) : NULL;

	if (a)
		code = ask_and_look(c, a, url);
	else if (url)
		cli_complain("out of memory");
	else if (conf)
		code = CLI_USAGE;
	http_query_free(a);
	free(url);
	conf_unref(conf);
	return code;
}

static bool is_url(struct str word)
{
	return str_starts(word, STR("http://")) || str_starts(word, STR("https://")) ||
	       str_starts(word, STR("feed:"));
}

static int run_discover(
	const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct call c = {.json = false};
	struct cli_args args;
	const char *value;
	int id, code;

	cli_args_init(&args, self, argc, argv);
	while ((id = cli_args_next(&args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: c.dir = value; break;
		case CLI_OPT_JSON: c.json = true; break;
		case OPT_URL: c.url = str_of(value); break;
		case OPT_CONTENT_TYPE: c.content_type = str_of(value); break;
		}
	}
	if (id < 0)
		return CLI_USAGE;
	if (args.next + 1 != argc)
		return cli_usage(self, "needs one address or page, or - for standard input");
	if (is_url(str_of(argv[args.next])))
		code = look_at_url(cli, &c, argv[args.next]);
	else
		code = look_in_file(&c, argv[args.next]);
	return cli_finish(code);
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_URL, "--url", "URL",
		"of a file: where the page came from; makes relative links absolute"},
	{OPT_CONTENT_TYPE, "--content-type", "TYPE",
		"of a file: the Content-Type header it came with"},
	{0},
};

extern const struct cli_command cmd_discover;
const struct cli_command cmd_discover = {
	.name = "discover",
	.operands = "URL | FILE",
	.summary = "list the feeds that a web page offers",
	.options = options,
	.detail =
		"A URL is asked for as nightdesk fetch would; FILE may be - for standard input. "
		"Feeds that\n"
		"the page names come first, then links that look like feeds. Where there are none, "
		"a few\n"
		"places where feeds often are: tried at a URL, only told of a file (with --url).\n"
		"Exit 1 when the page offers none.",
	.run = run_discover,
};
