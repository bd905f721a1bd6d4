/* SPDX-License-Identifier: MIT */
/* nightdesk parse: what a feed file says, as the daemon would understand it. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "command.h"
#include "document/batch.h"
#include "document/document.h"
#include "feed/parse.h"

enum {
	OPT_COUNT = 1,
	OPT_CONTENT_TYPE,
	OPT_CONTENT_LOCATION,
	OPT_CONTENT_LANGUAGE,
	OPT_URL,
};

#define STEP ((size_t)64 << 10)

struct job {
	struct feed_parse_options options;
	struct feed_parser *parser;
	bool json, count, many;
	bool missing; /* a file could not be read */
	uint64_t files, items, bytes, problems;
};

static void count_in(struct job *j, const struct feed_batch *b)
{
	j->items += b->n_items;
	j->bytes += b->body_bytes;
	j->problems += b->n_problems;
}

/* --- for people ------------------------------------------------------------------------------- */

static void put_field(const char *name, struct str s)
{
	if (!s.p)
		return;
	printf("%s", name);
	utf8_print(stdout, s);
	putchar('\n');
}

static void put_date(const char *name, int64_t ms, bool odd)
{
	char text[STAMP_TEXT_MAX];

	if (ms != STAMP_NONE)
		printf("%s%s%s\n", name, clock_rfc3339(ms, false, text),
			odd ? " (not plausible)" : "");
}

/* The first words of a long text. */
static void put_start(const char *name, struct str s)
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

static void print_item(const struct feed_item *i)
{
	putchar('\n');
	put_field("  ", i->title.p ? i->title : STR("(no title)"));
	put_field("    link      ", i->link);
	put_field("    id        ", i->id);
	put_date("    published ", i->published, i->date_implausible);
	put_date("    updated   ", i->updated, false);
	put_field("    author    ", i->author.text);
	for (size_t n = 0; n < i->n_categories; n++)
		put_field("    category  ", i->categories[n]);
	for (size_t n = 0; n < i->n_enclosures; n++)
		put_field("    enclosure ", i->enclosures[n].url);
	put_start("    text      ", i->content.p ? i->content : i->summary);
}

static void print_problems(const struct feed_batch *b)
{
	for (size_t i = 0; i < b->n_problems; i++) {
		if (b->problems[i].line)
			printf("  problem: line %u: ", b->problems[i].line);
		else
			printf("  problem: ");
		utf8_print(stdout, b->problems[i].text);
		putchar('\n');
	}
}

static void print_batch(const struct job *j, const char *file, const struct feed_batch *b)
{
	if (j->many) {
		utf8_print(stdout, str_of(file));
		puts(":");
	}
	put_field("", b->feed.title.p ? b->feed.title : STR("(a feed without a title)"));
	printf("  %s%s", document_format_name(b->feed.format), b->feed.format_version.p ? " " : "");
	utf8_print(stdout, b->feed.format_version);
	printf(", %s, %zu item%s%s\n", b->feed.encoding.p, b->n_items, b->n_items == 1 ? "" : "s",
		b->complete ? "" : ", broken or cut off");
	put_field("  link      ", b->feed.link);
	put_field("  language  ", b->feed.language);
	put_date("  updated   ", b->feed.updated, false);
	print_problems(b);
	for (size_t i = 0; i < b->n_items; i++)
		print_item(&b->items[i]);
	if (j->many)
		putchar('\n');
}

/* --- one file --------------------------------------------------------------------------------- */

static int feed_file(struct job *j, FILE *f, const char *name)
{
	static char step[STEP];
	struct err e = {.cls = ERR_NONE};
	size_t n;

	while ((n = fread(step, 1, sizeof(step), f)) > 0)
		if (feed_parser_push(j->parser, step, n, &e))
			break;
	if (ferror(f)) {
		cli_complain("%s: %s", name, strerror(errno));
		j->missing = true;
		return -1;
	}
	return 0;
}

static int show(struct job *j, const char *file, struct feed_batch *b, const struct err *e)
{
	if (j->json) {
		if (document_print(document_batch(j->many ? file : NULL, b, e), stdout) == 0)
			return 0;
		cli_complain("%s: out of memory", file);
		return -1;
	}
	if (b && !j->count)
		print_batch(j, file, b);
	if (!b)
		cli_complain("%s: %s", file, e->text);
	return 0;
}

/* 0, or that this file is no feed. */
static int parse_file(struct job *j, const char *file)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "rbe");
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};
	int rc;

	if (!f) {
		cli_complain("%s: %s", file, strerror(errno));
		j->missing = true;
		return -1;
	}
	feed_parser_reset(j->parser, &j->options);
	rc = feed_file(j, f, file);
	if (f != stdin)
		fclose(f);
	if (rc)
		return rc;
	j->files++;
	rc = feed_parser_finish(j->parser, &b, &e);
	if (b)
		count_in(j, b);
	if (show(j, file, b, &e))
		rc = -1;
	feed_batch_free(b);
	return rc;
}

static int read_options(struct job *j, struct cli_args *a)
{
	const char *value;
	int id;

	while ((id = cli_args_next(a, &value)) > 0) {
		switch (id) {
		case CLI_OPT_JSON: j->json = true; break;
		case OPT_COUNT: j->count = true; break;
		case OPT_CONTENT_TYPE: j->options.content_type = str_of(value); break;
		case OPT_CONTENT_LOCATION: j->options.content_location = str_of(value); break;
		case OPT_CONTENT_LANGUAGE: j->options.content_language = str_of(value); break;
		case OPT_URL: j->options.url = str_of(value); break;
		}
	}
	return id;
}

static int run_parse(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct job j = {.json = false};
	struct cli_args args;
	int rc = 0;

	(void)cli;
	cli_args_init(&args, self, argc, argv);
	if (read_options(&j, &args) < 0)
		return CLI_USAGE;
	if (args.next == argc)
		return cli_usage(self, "needs a feed file, or - for standard input");
	if (j.json && j.count)
		return cli_usage(self, "--json and --count exclude each other");
	j.many = argc - args.next > 1;
	feed_parse_global_init();
	j.parser = feed_parser_new(&j.options);
	if (!j.parser) {
		cli_complain("out of memory");
		return CLI_OSERR;
	}
	for (int i = args.next; i < argc; i++)
		if (parse_file(&j, argv[i]))
			rc = CLI_FINDINGS;
	if (j.count)
		printf("%" PRIu64 " files, %" PRIu64 " items, %" PRIu64 " bytes, %" PRIu64
		       " problems\n",
			j.files, j.items, j.bytes, j.problems);
	feed_parser_free(j.parser);
	feed_parse_global_cleanup();
	return cli_finish(rc);
}

static const struct cli_option options[] = {
	CLI_OPTION_JSON,
	{OPT_COUNT, "--count", NULL, "one line: files, items, bytes, problems"},
	{OPT_URL, "--url", "URL",
		"where the feed came from; relative links are made absolute with it"},
	{OPT_CONTENT_TYPE, "--content-type", "TYPE", "the Content-Type header it came with"},
	{OPT_CONTENT_LOCATION, "--content-location", "URL", "the Content-Location header"},
	{OPT_CONTENT_LANGUAGE, "--content-language", "LANG", "the Content-Language header"},
	{0, NULL, NULL, NULL},
};

extern const struct cli_command cmd_parse;
const struct cli_command cmd_parse = {
	.name = "parse",
	.operands = "FILE…",
	.summary = "show what a feed file says, as the daemon would understand it",
	.options = options,
	.detail = "FILE may be - for standard input. Prints format, encoding, the feed, its items, "
		  "and what\n"
		  "is wrong with the document, with lines. Exit 1 when a file is no feed or cannot "
		  "be read.",
	.run = run_parse,
};
