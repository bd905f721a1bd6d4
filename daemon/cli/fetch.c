/* SPDX-License-Identifier: MIT */
/* nightdesk fetch: one polite request as the daemon would make it, and what it would make of it. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "command.h"
#include "fetch.h"
#include "feed/parse.h"

static void ask_schedule(struct fetched *f)
{
	const struct feed_info *info = f->batch ? &f->batch->feed : NULL;
	const struct conf *c = f->conf;

	f->poll = (struct schedule_poll){
		.now = clock_wall(),
		.every = f->feed ? f->feed->every : c->poll.every,
		.force = f->feed && f->feed->force,
		.failed = f->asked->error.cls != ERR_NONE || !info,
		.retry_after = f->asked->retry_after,
		.max_age = f->asked->max_age,
		.ttl = info ? info->ttl_ms : -1,
		.skip_hours = info ? info->skip_hours : 0,
		.skip_days = info ? info->skip_days : 0,
	};
	f->floor = schedule_floor(&f->poll);
}

static void parse(struct fetched *f)
{
	const struct asked *a = f->asked;
	struct feed_limits limits = feed_limits_default;
	const struct feed_parse_options o = {
		.url = str_of(a->hops[a->n - 1].url),
		.content_type = str_of(a->content_type),
		.content_location = str_of(a->content_location),
		.content_language = str_of(a->content_language),
		.limits = &limits,
	};

	limits.body_bytes = f->conf->poll.max_body;
	if (a->error.cls == ERR_NONE)
		(void)feed_parse(a->body, &o, &f->batch, &f->refusal);
}

static const struct conf_feed *feed_of(const struct conf *c, const char *url)
{
	for (size_t i = 0; i < c->n_feeds; i++)
		if (strcmp(c->feeds[i].url, url) == 0)
			return &c->feeds[i];
	return NULL;
}

static int fetch(struct fetched *f, struct asking *a, const char *url, bool json)
{
	struct err e = {0};
	int code;

	f->feed = feed_of(f->conf, url);
	if (asking_ask(a, url, f->feed, &f->asked, &e)) {
		cli_complain("%s", e.text);
		return cli_exit_of(&e);
	}
	feed_parse_global_init();
	parse(f);
	ask_schedule(f);
	if (json)
		fetch_print_json(f);
	else
		fetch_print(f);
	code = asked_exit(f->asked);
	if (code == CLI_OK && !f->batch)
		code = CLI_FINDINGS;
	feed_batch_free(f->batch);
	feed_parse_global_cleanup();
	return code;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	const char *dir = NULL;
	struct fetched f = {0};
	struct asking *a;
	struct cli_args args;
	bool json = false;
	char *url;
	int code;

	cli_args_init(&args, self, argc, argv);
	if (cli_args_conf_json(&args, &dir, &json))
		return CLI_USAGE;
	if (argc - args.next != 1)
		return cli_usage(self, "needs one address");
	f.conf = cli_conf_or_defaults(cli, dir, &code);
	if (!f.conf)
		return code;
	url = asking_address(argv[args.next]);
	a = url ? asking_new(f.conf) : NULL;
	if (a)
		code = fetch(&f, a, url, json);
	else if (url)
		cli_complain("out of memory");
	if (!a)
		code = url ? CLI_OSERR : CLI_USAGE;
	asking_free(a);
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
