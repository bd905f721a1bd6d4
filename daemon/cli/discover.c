/* SPDX-License-Identifier: MIT */
/* nightdesk discover: the feeds that a web page offers. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/feed_json.h"
#include "feed/discover.h"
#include "feed/parse.h"

enum { OPT_URL = 1, OPT_CONTENT_TYPE };

struct call {
	struct str url, content_type;
	bool json;
};

static const char *offer_name(enum feed_offer offer)
{
	switch (offer) {
	case FEED_OFFER_NAMED: return "named";
	case FEED_OFFER_LINKED: return "linked";
	case FEED_OFFER_GUESS: return "guess";
	}
	return "";
}

static void put(json_t *to, const char *key, struct str s)
{
	if (s.p)
		json_object_set_new(to, key, json_stringn(s.p, s.n));
}

static void print_json(const struct feed_discovery *d)
{
	for (size_t i = 0; i < d->n_found; i++) {
		json_t *line = json_object();

		put(line, "url", d->found[i].url);
		put(line, "title", d->found[i].title);
		put(line, "type", d->found[i].type);
		put(line, "offer", str_of(offer_name(d->found[i].offer)));
		json_dumpf(line, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(line);
	}
}

static void print_text(const struct feed_discovery *d)
{
	if (d->n_found && d->found[0].offer == FEED_OFFER_GUESS)
		puts("The page names no feed. Feeds often are here; try them with nightdesk "
		     "fetch:");
	for (size_t i = 0; i < d->n_found; i++) {
		cli_put_text(stdout, d->found[i].url);
		if (d->found[i].title.p) {
			fputs("  ", stdout);
			cli_put_text(stdout, d->found[i].title);
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
		printf("{\"itself\":true,\"format\":\"%s\"}\n", cli_feed_format(b->feed.format));
	else if (feed)
		puts("This is a feed itself; nightdesk parse shows it.");
	feed_batch_free(b);
	feed_parse_global_cleanup();
	return feed;
}

static int look(const struct call *c, const char *name, struct str body)
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
	if (!d->n_found) {
		cli_complain("%s: the page offers no feed%s", name,
			c->url.p ? "" : "; with --url, relative links would be found too");
		code = CLI_FINDINGS;
	} else if (c->json) {
		print_json(d);
	} else {
		print_text(d);
	}
	feed_discovery_free(d);
	return code;
}

static int read_page(const char *path, struct buf *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	char step[16384];
	size_t n;
	int rc = 0;

	while (f && !buf_failed(out) && (n = fread(step, 1, sizeof(step), f)) > 0)
		buf_add(out, step, n);
	if (!f || ferror(f)) {
		cli_complain("%s: %s", path, strerror(errno));
		rc = CLI_FINDINGS;
	}
	if (f && f != stdin)
		fclose(f);
	return rc;
}

static int run_discover(
	const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct call c = {.json = false};
	struct cli_args args;
	const char *value;
	struct buf page;
	int id, code;

	(void)cli;
	cli_args_init(&args, self, argc, argv);
	while ((id = cli_args_next(&args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_JSON: c.json = true; break;
		case OPT_URL: c.url = str_of(value); break;
		case OPT_CONTENT_TYPE: c.content_type = str_of(value); break;
		}
	}
	if (id < 0)
		return CLI_USAGE;
	if (args.next + 1 != argc)
		return cli_usage(self, "needs one page, or - for standard input");
	buf_init(&page, FEED_DISCOVER_BYTES); /* what is behind that is not looked at */
	code = read_page(argv[args.next], &page);
	if (code == CLI_OK)
		code = look(&c, argv[args.next], buf_str(&page));
	buf_release(&page);
	return cli_finish(code);
}

static const struct cli_option options[] = {
	CLI_OPTION_JSON,
	{OPT_URL, "--url", "URL", "where the page came from; relative links are made absolute"},
	{OPT_CONTENT_TYPE, "--content-type", "TYPE", "the Content-Type header it came with"},
	{0},
};

extern const struct cli_command cmd_discover;
const struct cli_command cmd_discover = {
	.name = "discover",
	.operands = "FILE",
	.summary = "list the feeds that a web page offers",
	.options = options,
	.detail =
		"FILE may be - for standard input. Feeds that the page names come first, then "
		"links "
		"that look\n"
		"like feeds; where there are none and --url is given, the places where feeds often "
		"are.\n"
		"Exit 1 when the page offers none.",
	.run = run_discover,
};
