/* SPDX-License-Identifier: MIT */
/* nightdesk match: one query, or all watches of a configuration, over files of items. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "command.h"
#include "hits.h"
#include "items.h"
#include "document/document.h"
#include "document/match.h"
#include "feed/parse.h"
#include "text/width.h"

enum {
	OPT_QUERY = 1,
	OPT_STEM,
	OPT_DEFINE,
	OPT_DIALECT,
	OPT_WATCHLISTS,
	OPT_COUNT,
	OPT_ALL,
};

#define LIST_MAX       256 /* --stem and --define */
#define OVERRUNS_NAMED 10
#define WHY_ROOM       ((size_t)1 << 20)

struct job {
	const struct cli *cli;
	const char *query, *dir, *dialect;
	struct str stems[LIST_MAX];
	size_t n_stems;
	const char *defines[LIST_MAX];
	size_t n_defines;
	bool json, count, all;
	struct conf *conf;
	struct watch_set *own, *set; /* own: of --query */
	struct watch_scratch *scratch;
	struct watch_scratch *why; /* of --all: says what failed while the other one matches */
	struct cli_items_result seen;
	struct progress progress;
	const struct cli_item *item; /* at hand */
	size_t next;		     /* watch of which --all has not yet told */
	uint64_t matches, overruns;
	int64_t scan_us;
	bool failed;
};

/* --- output --- */

/* Appends a line for each part of the watch that fails. */
static void explain(const struct job *j, size_t watch, struct buf *out)
{
	struct err e = {.cls = ERR_NONE};

	if (watch_explain(j->set, j->why, &j->item->view, watch, out, &e) < 0)
		cli_complain("%s: %s", j->item->file, e.text);
}

static void print_json(const struct job *j, size_t watch, const struct watch_match *m)
{
	struct buf why;
	struct document_match doc = {.file = j->item->file,
		.item = j->item->id,
		.watch = watch_set_name(j->set, watch),
		.view = &j->item->view,
		.match = m};

	buf_init(&why, WHY_ROOM);
	if (!m)
		explain(j, watch, &why);
	doc.why = buf_str(&why);
	document_print(document_match(&doc), stdout);
	buf_release(&why);
}

static void print_why(const struct job *j, size_t watch)
{
	struct buf why;

	buf_init(&why, WHY_ROOM);
	explain(j, watch, &why);
	while (why.len && why.data[why.len - 1] == '\n')
		buf_truncate(&why, why.len - 1);
	for (size_t i = 0; i < why.len; i++)
		if (why.data[i] == '\n')
			why.data[i] = ';';
	utf8_print(stdout, buf_str(&why));
	buf_release(&why);
}

static void print_text(const struct job *j, size_t watch, const struct watch_match *m)
{
	utf8_print(stdout, watch_set_name(j->set, watch));
	fputs(m ? "\t" : "\tno match\t", stdout);
	utf8_print(stdout, j->item->id.n ? j->item->id : str_of(j->item->file));
	putchar('\t');
	if (m)
		cli_put_snippet(j->cli, &j->item->view, m->hits, m->n_hits);
	else
		print_why(j, watch);
	putchar('\n');
}

static void print(struct job *j, size_t watch, const struct watch_match *m)
{
	progress_clear(&j->progress);
	if (j->json)
		print_json(j, watch, m);
	else
		print_text(j, watch, m);
}

static void print_others(struct job *j, size_t until)
{
	for (; j->all && j->next < until; j->next++)
		print(j, j->next, NULL);
}

static void on_match(void *ctx, const struct watch_match *m)
{
	struct job *j = ctx;

	j->matches++;
	if (j->count)
		return;
	print_others(j, m->watch);
	j->next = m->watch + 1;
	print(j, m->watch, m);
}

static void tell_overruns(struct job *j)
{
	const size_t *watches;
	size_t n = watch_scratch_overruns(j->scratch, &watches);

	for (size_t i = 0; i < n; i++) {
		struct str name = watch_set_name(j->set, watches[i]);

		if (j->overruns++ >= OVERRUNS_NAMED)
			continue;
		progress_clear(&j->progress);
		cli_complain("%s: watch %.*s ran over its budget on item %.*s: "
			     "it does not match, or lacks hits",
			j->item->file, (int)name.n, name.p,
			(int)(j->item->id.n < 200 ? j->item->id.n : 200),
			j->item->id.p ? j->item->id.p : "");
	}
}

static int on_item(void *ctx, const struct cli_item *item)
{
	struct job *j = ctx;
	struct err e = {.cls = ERR_NONE};
	int64_t start = clock_mono_us();
	int rc;

	j->item = item;
	j->next = 0;
	watch_scratch_rebuild(j->scratch);
	if (j->count)
		rc = watch_set_match_only(j->set, j->scratch, &item->view, on_match, j, &e);
	else
		rc = watch_set_match(j->set, j->scratch, &item->view, on_match, j, &e);
	j->scan_us += clock_mono_us() - start;
	if (rc < 0) {
		progress_clear(&j->progress);
		cli_complain("%s: %s", item->file, e.text);
		j->failed = true;
	}
	if (!j->count)
		print_others(j, watch_set_count(j->set));
	tell_overruns(j);
	return ferror(stdout) ? 1 : 0;
}

/* --- --query and --define --- */

struct source {
	const char *option, *text;
	bool wrong;
};

static void on_diag(void *ctx, const struct query_diag *d)
{
	struct source *s = ctx;
	const char *text = s->text;
	size_t at = d->part == QUERY_PART_OPTION ? 0 : d->offset, start = at, end = at, column = 1;
	struct conf_diag g = {.warning = d->warning, .text = d->text, .help = d->help};
	struct buf out, line;

	if (d->part == QUERY_PART_OPTION)
		text = "";
	while (start > 0 && text[start - 1] != '\n')
		start--;
	end += strcspn(text + end, "\n");
	for (size_t i = start; i < at && text[0]; i++)
		column += ((unsigned char)text[i] & 0xC0) != 0x80;
	g.place = (struct conf_place){.file = s->option, .line = 1, .column = (unsigned)column};
	for (size_t i = 0; i < start; i++)
		g.place.line += text[i] == '\n';
	buf_init(&line, (size_t)1 << 20);
	utf8_escape(&line, str_slice(text + start, at - start), SIZE_MAX, false);
	g.caret = text_width(buf_str(&line));
	utf8_escape(&line, str_slice(text + at, end - at), SIZE_MAX, false);
	g.source = *text ? buf_z(&line) : NULL;
	buf_init(&out, (size_t)1 << 20);
	conf_diag_print(&out, &g);
	fputs(buf_z(&out), stderr);
	buf_release(&out);
	buf_release(&line);
	s->wrong = s->wrong || !d->warning;
}

/* NAME=QUERY */
static int add_define(struct watch_builder *b, const char *text, struct source *from)
{
	const char *equals = strchr(text, '=');

	*from = (struct source){.option = "--define", .text = equals + 1};
	return watch_builder_define(
		b, str_slice(text, (size_t)(equals - text)), str_of(equals + 1), on_diag, from);
}

static int build(struct job *j)
{
	struct watch_builder *b = watch_builder_new();
	struct source *defines = calloc(j->n_defines + 1, sizeof(*defines));
	struct source query = {.option = "--query", .text = j->query};
	struct str text = str_of(j->query);
	struct watch_def def = {.name = STR("query"),
		.queries = &text,
		.n_queries = 1,
		.stems = j->stems,
		.n_stems = j->n_stems,
		.dialect = str_of(j->dialect)};
	struct err e = {.cls = ERR_NONE};
	size_t index;
	int rc = b && defines ? 0 : err_nomem(&e);

	for (size_t i = 0; i < j->n_defines && rc != -(int)ERR_NOMEM; i++)
		if (add_define(b, j->defines[i], &defines[i]) == -(int)ERR_NOMEM)
			rc = err_nomem(&e);
	if (rc == 0 && watch_builder_add(b, &def, &index, on_diag, &query) == -(int)ERR_NOMEM)
		rc = err_nomem(&e);
	if (rc == 0)
		rc = watch_builder_finish(b, &j->own, &e);
	else
		watch_builder_free(b);
	free(defines);
	if (rc == -(int)ERR_CONF)
		return CLI_FINDINGS;
	if (rc < 0)
		cli_complain("%s", e.text);
	return rc < 0 ? cli_exit_of(&e) : CLI_OK;
}

/* --- the command --- */

static int read_options(struct job *j, struct cli_args *a)
{
	const char *value;
	int id;

	while ((id = cli_args_next(a, &value)) > 0) {
		switch (id) {
		case CLI_OPT_JSON: j->json = true; break;
		case OPT_COUNT: j->count = true; break;
		case OPT_ALL: j->all = true; break;
		case OPT_QUERY: j->query = value; break;
		case OPT_DIALECT: j->dialect = value; break;
		case OPT_WATCHLISTS: j->dir = value; break;
		case OPT_STEM:
			if (j->n_stems < LIST_MAX)
				j->stems[j->n_stems++] = str_of(value);
			break;
		case OPT_DEFINE:
			if (j->n_defines < LIST_MAX)
				j->defines[j->n_defines++] = value;
			break;
		}
	}
	return id;
}

static int usage_of(const struct job *j, const struct cli_command *self, int left)
{
	if (!j->query == !j->dir)
		return cli_usage(self, "needs either --query Q or --watchlists DIR");
	if (j->dir && (j->n_stems || j->n_defines || j->dialect))
		return cli_usage(self, "--stem, --define and --dialect go with --query");
	for (size_t i = 0; i < j->n_defines; i++)
		if (!strchr(j->defines[i], '='))
			return cli_usage(self, "--define takes NAME=QUERY");
	if (j->json && j->count)
		return cli_usage(self, "--json and --count exclude each other");
	if (left == 0)
		return cli_usage(self, "needs a file of items, or - for standard input");
	return CLI_OK;
}

static void print_count(const struct job *j)
{
	double s = (double)j->scan_us / 1e6;

	printf("%" PRIu64 " items, %" PRIu64 " matches, %" PRIu64 " bytes, scan %.3f s, "
	       "%.0f items/s\n",
		j->seen.items, j->matches, j->seen.bytes, s,
		s > 0 ? (double)j->seen.items / s : 0.0);
}

static int match(struct job *j, char **files, int n)
{
	int rc = CLI_OK;

	if (j->dir)
		j->conf = cli_conf(j->cli, j->dir, &rc);
	else
		rc = build(j);
	if (rc)
		return rc;
	j->set = j->conf ? j->conf->set : j->own;
	j->scratch = watch_scratch_new(j->set);
	if (j->all)
		j->why = watch_scratch_new(j->set);
	if (!j->scratch || (j->all && !j->why)) {
		cli_complain("out of memory");
		return CLI_OSERR;
	}
	progress_init(&j->progress, j->cli);
	j->seen.progress = &j->progress;
	j->seen.size = cli_items_size(files, (size_t)n);
	for (int i = 0; i < n; i++)
		if (cli_items_read(files[i], j->conf, on_item, j, &j->seen))
			break;
	progress_clear(&j->progress);
	if (j->overruns > OVERRUNS_NAMED)
		cli_complain(
			"watches ran over their budgets %" PRIu64 " times in all", j->overruns);
	if (j->count)
		print_count(j);
	return j->seen.bad || j->failed ? CLI_FINDINGS : CLI_OK;
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	static struct job j; /* large for a stack */
	struct cli_args args;
	int rc;

	j = (struct job){.cli = cli};
	cli_args_init(&args, self, argc, argv);
	if (read_options(&j, &args) < 0)
		return CLI_USAGE;
	rc = usage_of(&j, self, argc - args.next);
	if (rc)
		return rc;
	feed_parse_global_init();
	rc = match(&j, argv + args.next, argc - args.next);
	watch_scratch_free(j.scratch);
	watch_scratch_free(j.why);
	watch_set_free(j.own);
	conf_unref(j.conf);
	feed_parse_global_cleanup();
	return cli_finish(rc);
}

static const struct cli_option options[] = {
	{OPT_QUERY, "--query", "QUERY", "a query, as in a watch"},
	{OPT_STEM, "--stem", "LANG", "compare by word stems of this language; may repeat"},
	{OPT_DEFINE, "--define", "NAME=QUERY", "a named query for @NAME; may repeat"},
	{OPT_DIALECT, "--dialect", "NAME", "the product whose language the query is in"},
	{OPT_WATCHLISTS, "--watchlists", "DIR", "all watches of this configuration directory"},
	{OPT_COUNT, "--count", NULL, "one line: items, matches, bytes, seconds of matching"},
	{OPT_ALL, "--all", NULL, "also tell the items that do not match, and why"},
	CLI_OPTION_JSON,
	{0, NULL, NULL, NULL},
};

extern const struct cli_command cmd_match;
const struct cli_command cmd_match = {
	.name = "match",
	.operands = "FILE…",
	.summary = "run a query, or all watches, over feed files, JSON lines of items or texts",
	.options = options,
	.detail =
		"FILE is a feed, or one JSON object a line with any of the keys id, title, body, "
		"link,\n"
		"author, categories, language, published, feed, groups; or a text in "
		"UTF-8: *.txt,\n"
		"or what begins with plain words. A text is one item, its first line the title "
		"when a blank\n"
		"line follows it. - is standard input. With --watchlists\n"
		"a feed file NAME.xml counts as of the feed NAME. Exit 0 whether or not something "
		"matches,\n"
		"1 when a query or a file cannot be read.",
	.run = run,
};
