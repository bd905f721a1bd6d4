/* SPDX-License-Identifier: MIT */
/* nightdesk parse: feed files as the daemon would parse them. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "command.h"
#include "document/batch.h"
#include "document/document.h"
#include "feed/parse.h"
#include "input.h"
#include "print.h"
#include "report.h"

#define BODY_MAX ((size_t)16 << 20) /* more than the parser accepts */

struct parse {
	const struct cli_options *options;
	struct feed_parse_options feed;
	struct feed_parser *parser;
	struct buf body;
	bool many; /* several files: print their names */
	uint64_t files, items, bytes, problems;
};

static void parse_count(struct parse *p, const struct feed_batch *b)
{
	p->items += b->n_items;
	p->bytes += b->body_bytes;
	p->problems += b->n_problems;
}

/* --- text --- */

static void parse_print_date(const char *name, int64_t ms, bool odd)
{
	char text[STAMP_TEXT_MAX];

	if (ms != STAMP_NONE)
		printf("%s%s%s\n", name, clock_rfc3339(ms, false, text),
			odd ? " (not plausible)" : "");
}

/* The first 160 bytes, or the first line. */
static void parse_print_start(const char *name, struct str s)
{
	size_t n = 0;

	while (n < s.n && n < 160 && s.p[n] != '\n')
		n++;
	while (n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n++;
	if (!n)
		return;
	printf("%s", name);
	utf8_print(stdout, str_slice(s.p, n));
	puts(n < s.n ? " …" : "");
}

static void parse_print_item(const struct feed_item *i)
{
	putchar('\n');
	print_text("  ", i->title.p ? i->title : STR("(no title)"), "\n");
	print_text("    link      ", i->link, "\n");
	print_text("    id        ", i->id, "\n");
	parse_print_date("    published ", i->published, i->date_implausible);
	parse_print_date("    updated   ", i->updated, false);
	print_text("    author    ", i->author.text, "\n");
	for (size_t n = 0; n < i->n_categories; n++)
		print_text("    category  ", i->categories[n], "\n");
	for (size_t n = 0; n < i->n_enclosures; n++)
		print_text("    enclosure ", i->enclosures[n].url, "\n");
	parse_print_start("    text      ", i->content.p ? i->content : i->summary);
}

static void parse_print_batch(const struct parse *p, const char *file, const struct feed_batch *b)
{
	if (p->many)
		print_text("", str_of(file), ":\n");
	print_text("", b->feed.title.p ? b->feed.title : STR("(a feed without a title)"), "\n");
	fputs("  ", stdout);
	print_batch(b);
	print_text("  link      ", b->feed.link, "\n");
	print_text("  language  ", b->feed.language, "\n");
	parse_print_date("  updated   ", b->feed.updated, false);
	for (size_t i = 0; i < b->n_problems; i++) {
		fputs("  problem: ", stdout);
		print_problem(&b->problems[i]);
	}
	for (size_t i = 0; i < b->n_deleted; i++)
		print_text("  deleted   ", b->deleted[i].ref, "\n");
	for (size_t i = 0; i < b->n_children; i++)
		print_text("  sitemap   ", b->children[i].url, "\n");
	for (size_t i = 0; i < b->n_items; i++)
		parse_print_item(&b->items[i]);
	if (p->many)
		putchar('\n');
}

/* --- one file --- */

static int parse_show(struct parse *p, const char *file, struct feed_batch *b, const struct err *e)
{
	if (p->options->json) {
		if (document_print(document_batch(p->many ? file : NULL, b, e), stdout) == 0)
			return 0;
		report_error("%s: out of memory", file);
		return -1;
	}
	if (b && !p->options->count)
		parse_print_batch(p, file, b);
	if (!b)
		report_error("%s: %s", file, e->text);
	return 0;
}

/* Not 0: the file is not a feed, or cannot be read. */
static int parse_file(struct parse *p, const char *file)
{
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};
	int rc;

	buf_clear(&p->body);
	if (input_read_file(file, &p->body))
		return -1;
	feed_parser_reset(p->parser, &p->feed);
	(void)feed_parser_push_whole(p->parser, buf_str(&p->body), &e);
	p->files++;
	rc = feed_parser_finish(p->parser, &b, &e);
	if (b)
		parse_count(p, b);
	if (parse_show(p, file, b, &e))
		rc = -1;
	feed_batch_free(b);
	return rc;
}

static int parse_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct parse p = {.options = o,
		.feed = {.url = str_of(o->url),
			.content_type = str_of(o->content_type),
			.content_language = str_of(o->content_language),
			.sitemaps = true},
		.many = call->n_operands > 1};
	int code = CLI_OK;

	if (o->json && o->count)
		return report_usage(call->command, "--json and --count exclude each other");
	feed_parse_global_init();
	buf_init(&p.body, BODY_MAX);
	p.parser = feed_parser_new(&p.feed);
	if (!p.parser)
		return report_nomem();
	for (size_t i = 0; i < call->n_operands; i++)
		if (parse_file(&p, call->operands[i]))
			code = CLI_FINDINGS;
	if (o->count)
		printf("%" PRIu64 " file%s, %" PRIu64 " item%s, %" PRIu64 " byte%s, %" PRIu64
		       " problem%s\n",
			p.files, str_plural((long long)p.files), p.items,
			str_plural((long long)p.items), p.bytes, str_plural((long long)p.bytes),
			p.problems, str_plural((long long)p.problems));
	feed_parser_free(p.parser);
	buf_release(&p.body);
	feed_parse_global_cleanup();
	return code;
}

static const struct cli_option parse_options[] = {
	CLI_OPTION_JSON,
	{CLI_OPTION(
		"--count", NULL, CLI_FLAG, count, "print one line: files, items, bytes, problems")},
	{CLI_OPTION("--url", "URL", CLI_TEXT, url,
		"the address of the feed; makes relative links absolute")},
	{CLI_OPTION("--content-type", "TYPE", CLI_TEXT, content_type,
		"the Content-Type header of the feed")},
	{CLI_OPTION("--content-location", "URL", CLI_TEXT, content_location,
		"the Content-Location header; ignored (RFC 9110 §8.7)")},
	{CLI_OPTION("--content-language", "LANG", CLI_TEXT, content_language,
		 "the Content-Language header"),
		.values = CLI_LANGUAGES},
	{0},
};

const struct cli_command cmd_parse = {
	.name = "parse",
	.summary = "parse feed files as the daemon would, and show the result",
	.operands = "FILE…",
	.values = CLI_FILES,
	.min = 1,
	.max = CLI_MANY,
	.run = parse_run,
	.options = parse_options,
	.detail =
		"FILE may be - for standard input. Prints format, encoding, the feed, its items,\n"
		"and the problems of the document with their lines. Exit status 1 if a file is\n"
		"not a feed or cannot be read.",
};
