/* SPDX-License-Identifier: MIT */
/* nightdesk search: words in all that is kept. */
#include "base/utf8.h"
#include "archived.h"
#include "hits.h"
#include "document/document.h"
#include "document/match.h"
#include "progress.h"
#include "stored.h"
#include "store/archive.h"

#define OPT_SINCE 1
#define OPT_FEED  2
#define OPT_LIMIT 3
#define LIMIT	  50
#define WORDS_MAX ((size_t)64 * 1024)
#define FEED_MAX  ((size_t)1024 * 1024)
#define ENDED	  1 /* nobody reads on */

struct search {
	const struct cli *cli;
	const struct cli_command *self;
	const char *dir;
	struct archive_query query;
	bool json;
	size_t found;
	uint64_t looked;
	struct progress progress;
};

static int show(void *ctx, const struct archive_found *f)
{
	struct search *s = ctx;
	const struct watch_view v = {.title = f->row.item.title, .body = f->body};

	s->found++;
	progress_clear(&s->progress);
	if (s->json) {
		document_print(document_found(f), stdout);
		return ferror(stdout) ? ENDED : 0;
	}
	cli_put_item(&f->row, f->body);
	fputs("\n    ", stdout);
	cli_put_snippet(s->cli, &v, f->hits, f->n_hits);
	if (str_present(f->row.item.link)) {
		fputs("\n    ", stdout);
		utf8_print(stdout, f->row.item.link);
	}
	putchar('\n');
	return ferror(stdout) ? ENDED : 0;
}

static void on_progress(void *ctx, uint64_t done, uint64_t of)
{
	struct search *s = ctx;

	progress_at(&s->progress, s->looked++, done, of);
}

static int read_options(struct search *s, struct cli_args *args)
{
	const char *value;
	int id;

	while ((id = cli_args_next(args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: s->dir = value; break;
		case CLI_OPT_JSON: s->json = true; break;
		case OPT_FEED: s->query.feed = str_of(value); break;
		case OPT_SINCE:
			if (cli_read_since(s->self, value, &s->query.since))
				return CLI_USAGE;
			break;
		case OPT_LIMIT:
			if (cli_read_limit(s->self, value, &s->query.limit))
				return CLI_USAGE;
			break;
		}
	}
	return id < 0 ? CLI_USAGE : CLI_OK;
}

static int read_words(const struct cli_args *args, struct archive_terms **out, struct err *e)
{
	struct buf words;
	int rc;

	buf_init(&words, WORDS_MAX);
	for (int i = args->next; i < args->argc; i++) {
		buf_addz(&words, args->argv[i]);
		buf_addc(&words, ' ');
	}
	rc = buf_failed(&words) ? err_set(e, ERR_INPUT, "these are too many words")
				: archive_terms_new(out, buf_str(&words), e);
	buf_release(&words);
	return rc;
}

/* A name that was mistyped is not a feed without news. */
static int check_feed(const struct search *s, struct store *store)
{
	struct arena *arena = arena_new(FEED_MAX);
	struct store_feed feed = {.id = 0};
	struct err e = {0};
	int rc = arena ? store_feed_get(store, s->query.feed, arena, &feed, &e) : err_nomem(&e);

	arena_free(arena);
	if (rc || feed.id)
		return cli_stored_code(rc, &e);
	cli_complain("nothing was ever read of a feed %.*s; nightdesk feeds lists them all",
		STR_ARG(s->query.feed));
	return CLI_FINDINGS;
}

static int search(struct search *s)
{
	struct store *store;
	struct err e = {0};
	int code = cli_open_store(s->cli, s->dir, &store), rc = 0;

	if (code)
		return code;
	if (str_present(s->query.feed))
		code = check_feed(s, store);
	progress_init(&s->progress, s->cli);
	if (code == CLI_OK)
		rc = archive_search(store, &s->query, show, s, &e);
	progress_clear(&s->progress);
	if (rc < 0)
		code = cli_stored_code(rc, &e);
	if (code == CLI_OK && s->found == 0 && !s->json)
		puts("nothing found");
	store_close(store);
	return code;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct search s = {.cli = cli,
		.self = self,
		.dir = CLI_CONF_DIR,
		.query = {.since = STAMP_NONE, .limit = LIMIT, .progress = on_progress}};
	struct archive_terms *terms = NULL;
	struct cli_args args;
	struct err e = {0};
	int code;

	cli_args_init(&args, self, argc, argv);
	code = read_options(&s, &args);
	if (code)
		return code;
	if (args.next == args.argc)
		return cli_usage(self, "what is to be looked for?");
	if (read_words(&args, &terms, &e))
		return cli_usage(self, "%s", e.text);
	s.query.terms = terms;
	code = search(&s);
	archive_terms_free(terms);
	return cli_finish(code);
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_SINCE, "--since", "2d", "only items first seen since then"},
	{OPT_FEED, "--feed", "NAME", "only items of this feed"},
	{OPT_LIMIT, "--limit", "N", "at most so many (default 50; 0: all)"},
	{0},
};

extern const struct cli_command cmd_search;
const struct cli_command cmd_search = {
	.name = "search",
	.operands = "WORD…",
	.summary = "the archive: items that have all these words, the newest first",
	.options = options,
	.detail = "relocat* is every word that begins so; '\"draw down\"' is words in a row. Case\n"
		  "and marks do not count. Reads the database, whether or not the daemon runs.",
	.run = run,
};
