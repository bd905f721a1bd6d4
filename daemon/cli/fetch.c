/* SPDX-License-Identifier: MIT */
/* nightdesk fetch: one polite request as the daemon would make it, and what it would make of it. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "command.h"
#include "document/document.h"
#include "fetch.h"
#include "http_query.h"
#include "feed/parse.h"

#define BEGINNING_MAX ((size_t)200)

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

static void fetch_print_call(const struct fetch_call *c)
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

static int fetch(struct fetch_call *f, struct http_query *a, const char *url)
{
	struct err e = {0};
	int code;

	f->feed = fetch_find_feed(f->conf, url);
	if (http_query_ask(a, url, f->feed, &f->answer, &e)) {
		cli_complain("%s", e.text);
		return cli_exit_of(&e);
	}
	feed_parse_global_init();
	fetch_parse(f);
	fetch_print_call(f);
	code = http_answer_exit(f->answer);
	if (code == CLI_OK && !f->batch)
		code = CLI_FINDINGS;
	feed_batch_free(f->batch);
	feed_parse_global_cleanup();
	return code;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	const char *dir = NULL;
	struct fetch_call f = {0};
	struct http_query *a;
	struct cli_args args;
	char *url;
	int code;

	cli_args_init(&args, self, argc, argv);
	if (cli_args_conf_json(&args, &dir, &f.json))
		return CLI_USAGE;
	if (argc - args.next != 1)
		return cli_usage(self, "needs one address");
	f.conf = cli_conf_or_defaults(cli, dir, &code);
	if (!f.conf)
		return code;
	url = http_query_address(argv[args.next]);
	a = url ? http_query_new(f.conf) : NULL;
	if (a)
		code = fetch(&f, a, url);
	else if (url)
		cli_complain("out of memory");
	if (!a)
		code = url ? CLI_OSERR : CLI_USAGE;
	http_query_free(a);
	free(url);
	conf_unref(f.conf);
	return cli_finish(code);
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{0},
};

extern const struct cli_command cmd_fetch;
const struct cli_command cmd_fetch = {
	.name = "fetch",
	.operands = "URL",
	.summary = "ask for one feed as the daemon would, and tell what came",
	.options = options,
	.detail =
		"Shows each redirect, the headers that matter, what the body is, and how often the "
		"daemon\n"
		"would ask. A feed of the configuration is asked with its login. Private addresses "
		"are\n"
		"reached only where poll { private-networks } lets them through. Nothing is "
		"stored.\n"
		"Exit codes: 0 a feed came; 1 something else did; 69 nobody answers; 75 it may "
		"pass.",
	.run = run,
};
