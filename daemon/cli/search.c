/* SPDX-License-Identifier: MIT */
/* nightdesk search: words in the archive. */
#include <stdio.h>

#include "conf_dir.h"
#include "document/document.h"
#include "document/match.h"
#include "feed/link.h"
#include "print.h"
#include "progress.h"
#include "report.h"
#include "store/archive.h"

#define WORDS_MAX ((size_t)64 * 1024)
#define FEED_MAX  ((size_t)1024 * 1024)
#define LINK_MAX  ((size_t)64 * 1024)
#define STOPPED	  1 /* standard output was closed */

struct search {
	const struct cli *cli;
	const struct conf_list *strip; /* strip-parameters */
	struct arena *arena;
	bool json;
	size_t found;
	uint64_t examined; /* items */
	struct progress progress;
};

static int search_print(void *ctx, const struct archive_found *found)
{
	struct search *s = ctx;
	struct archive_found shown = *found, *f = &shown;
	const struct watch_view v = {.title = f->row.item.title, .body = f->body};

	arena_clear(s->arena);
	f->row.item.link = feed_link_shown(s->arena, f->row.item.link, s->strip->v, s->strip->n);
	s->found++;
	progress_clear(&s->progress);
	if (s->json) {
		document_print(document_found(f), stdout);
		return ferror(stdout) ? STOPPED : 0;
	}
	print_item(&f->row, f->body);
	fputs("\n    ", stdout);
	print_snippet(s->cli, &v, f->hits, f->n_hits);
	print_text("\n    ", f->row.item.link, "");
	putchar('\n');
	return ferror(stdout) ? STOPPED : 0;
}

static void search_on_progress(void *ctx, uint64_t done, uint64_t of)
{
	struct search *s = ctx;

	progress_update(&s->progress, s->examined++, done, of);
}

static int search_read_words(const struct cli_call *call, struct archive_terms **out, struct err *e)
{
	struct buf words;
	int rc;

	buf_init(&words, WORDS_MAX);
	for (size_t i = 0; i < call->n_operands; i++) {
		buf_addz(&words, call->operands[i]);
		buf_addc(&words, ' ');
	}
	rc = buf_failed(&words) ? err_set(e, ERR_INPUT, "these are too many words")
				: archive_terms_new(out, buf_str(&words), e);
	buf_release(&words);
	return rc;
}

/* Is there a feed of that name? A misspelt name is an error. */
static int search_check_feed(const struct conf *c, struct store *store, const char *name)
{
	struct arena *arena = arena_new(FEED_MAX);
	struct store_feed feed = {.id = 0};
	struct err e = {0};
	int rc = arena ? store_feed_get(store, str_of(name), arena, &feed, &e) : err_nomem(&e);

	arena_free(arena);
	if (rc || feed.id)
		return report_access(rc, &e);
	return conf_dir_report_no_feed(
		c, "nothing was ever read of a feed", name, "; nightdesk feeds lists them all");
}

static int search_archive(const struct cli_call *call, const struct archive_terms *terms)
{
	const struct cli_options *o = &call->options;
	const struct archive_query query = {.terms = terms,
		.feed = str_of(o->feed),
		.since = o->since,
		.limit = o->limit,
		.progress = search_on_progress};
	struct search s = {.cli = call->cli, .json = o->json};
	struct store *store = NULL;
	struct err e = {0};
	int code, rc = 0;
	struct conf *c = conf_dir_load_daemon(call->cli, o->dir, &code);

	if (!c)
		return code;
	s.strip = &c->daemon.strip_parameters;
	s.arena = arena_new(LINK_MAX);
	code = s.arena ? conf_dir_open_store(c, &store) : report_nomem();
	if (code == CLI_OK && o->feed)
		code = search_check_feed(c, store, o->feed);
	progress_init(&s.progress, call->cli);
	if (code == CLI_OK)
		rc = archive_search(store, &query, search_print, &s, &e);
	progress_clear(&s.progress);
	if (rc < 0)
		code = report_access(rc, &e);
	if (code == CLI_OK && s.found == 0 && !o->json)
		puts("nothing found");
	store_close(store);
	arena_free(s.arena);
	conf_unref(c);
	return code;
}

static int search_run(const struct cli_call *call)
{
	struct archive_terms *terms = NULL;
	struct err e = {0};
	int code;

	if (search_read_words(call, &terms, &e))
		return report_usage(call->command, "%s", e.text);
	code = search_archive(call, terms);
	archive_terms_free(terms);
	return code;
}

static const struct cli_option search_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--since", "2d", CLI_SINCE, since, "only items first seen since then")},
	{CLI_OPTION("--feed", "NAME", CLI_TEXT, feed, "only items of this feed"),
		.values = CLI_FEEDS},
	{CLI_OPTION("--limit", "N", CLI_COUNT, limit, "at most N, 0 for all"), .fallback = "50"},
	{0},
};

const struct cli_command cmd_search = {
	.name = "search",
	.summary = "search the archive for items that contain all words",
	.operands = "WORD…",
	.min = 1,
	.max = CLI_MANY,
	.run = search_run,
	.options = search_options,
	.detail =
		"The newest comes first. relocat* is every word that begins so; '\"draw down\"'\n"
		"is a phrase. Case and diacritics are ignored. Reads the database, whether or not\n"
		"the daemon runs.",
};
