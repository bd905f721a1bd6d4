/* SPDX-License-Identifier: MIT */
/* nightdesk match: one query, or all watches of a configuration, over files of items. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "dialect/dialect.h"
#include "document/document.h"
#include "document/match.h"
#include "feed/parse.h"
#include "item_reader.h"
#include "print.h"
#include "query/query.h"
#include "report.h"
#include "text/width.h"

#define OVERRUNS_NAMED 10
#define ID_SHOWN       200
#define REASONS_MAX    ((size_t)1 << 20)

struct match {
	const struct cli *cli;
	const struct cli_options *options;
	struct conf *conf;
	struct watch_set *own, *set; /* own: of --query; set: own or that of conf */
	struct watch_scratch *scratch;
	struct watch_scratch *explain_scratch; /* of --all: used inside a match */
	struct item_reader reader;
	struct progress progress;
	const struct item_reader_item *item; /* the current one */
	size_t next;			     /* --all: the first watch not yet printed for it */
	uint64_t matches, overruns;
	int64_t scan_us;
	bool failed;
};

/* --- output --- */

/* Appends a line for each part of the watch that fails on the current item. */
static void match_explain(const struct match *x, size_t watch, struct buf *out)
{
	struct err e = {.cls = ERR_NONE};

	if (watch_explain(x->set, x->explain_scratch, &x->item->view, watch, out, &e) < 0)
		report_error("%s: %s", x->item->file, e.text);
}

static void match_print_reasons(struct buf *why)
{
	while (why->len && why->data[why->len - 1] == '\n')
		buf_truncate(why, why->len - 1);
	for (size_t i = 0; i < why->len; i++)
		if (why->data[i] == '\n')
			why->data[i] = ';';
	utf8_print(stdout, buf_str(why));
}

static void match_print_text(
	const struct match *x, size_t watch, const struct watch_match *m, struct buf *why)
{
	utf8_print(stdout, watch_set_name(x->set, watch));
	fputs(m ? "\t" : "\tno match\t", stdout);
	print_text("", x->item->id.n ? x->item->id : str_of(x->item->file), "\t");
	if (m)
		print_snippet(x->cli, &x->item->view, m->hits, m->n_hits);
	else
		match_print_reasons(why);
	putchar('\n');
}

/* m NULL: the watch does not match. */
static void match_print(struct match *x, size_t watch, const struct watch_match *m)
{
	struct buf why;

	progress_clear(&x->progress);
	buf_init(&why, REASONS_MAX);
	if (!m)
		match_explain(x, watch, &why);
	if (x->options->json)
		document_print(
			document_match(x->item->file, x->item->id, watch_set_name(x->set, watch),
				&x->item->view, m, buf_str(&why)),
			stdout);
	else
		match_print_text(x, watch, m, &why);
	buf_release(&why);
}

/* --all: the watches before `end` that did not match. */
static void match_print_others(struct match *x, size_t end)
{
	for (; x->options->all && x->next < end; x->next++)
		match_print(x, x->next, NULL);
}

static void match_on_match(void *ctx, const struct watch_match *m)
{
	struct match *x = ctx;

	x->matches++;
	if (x->options->count)
		return;
	match_print_others(x, m->watch);
	x->next = m->watch + 1;
	match_print(x, m->watch, m);
}

static void match_report_overruns(struct match *x)
{
	const size_t *watches;
	size_t n = watch_scratch_overruns(x->scratch, &watches);
	struct str id = str_present(x->item->id) ? x->item->id : STR("");

	id.n = id.n < ID_SHOWN ? id.n : ID_SHOWN;
	for (size_t i = 0; i < n; i++) {
		struct str name = watch_set_name(x->set, watches[i]);

		if (x->overruns++ >= OVERRUNS_NAMED)
			continue;
		progress_clear(&x->progress);
		report_error("%s: watch %.*s ran over its budget on item %.*s: "
			     "it does not match, or lacks hits",
			x->item->file, STR_ARG(name), STR_ARG(id));
	}
}

/* What the options say of items that do not say it themselves. */
static void match_set_sources(const struct cli_options *o, struct watch_view *v)
{
	if (!str_present(v->source))
		v->source = str_of(o->source);
	if (!str_present(v->tier) && o->tier >= 0)
		v->tier = str_of(query_tiers[o->tier]);
	if (!v->sources)
		v->sources = (uint32_t)o->sources;
}

static int match_on_item(void *ctx, const struct item_reader_item *item)
{
	struct match *x = ctx;
	struct item_reader_item given = *item;
	struct err e = {.cls = ERR_NONE};
	int64_t start = clock_mono_us();
	int rc;

	match_set_sources(x->options, &given.view);
	item = x->item = &given;
	x->next = 0;
	if (x->options->count)
		rc = watch_set_match_only(x->set, x->scratch, &item->view, match_on_match, x, &e);
	else
		rc = watch_set_match(x->set, x->scratch, &item->view, match_on_match, x, &e);
	x->scan_us += clock_mono_us() - start;
	if (rc < 0) {
		progress_clear(&x->progress);
		report_error("%s: %s", item->file, e.text);
		x->failed = true;
	}
	if (!x->options->count)
		match_print_others(x, watch_set_count(x->set));
	match_report_overruns(x);
	return ferror(stdout) ? 1 : 0;
}

/* --- --query and --define --- */

struct match_source {
	const struct cli *cli;
	const char *option, *text;
	bool failed;
};

/* The line of text with the byte `at`, and where the caret goes below it. */
static void match_find_line(
	const char *text, size_t at, struct conf_diag *g, struct buf *line, const char *file)
{
	size_t start = at, end = at, column = 1;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	end += strcspn(text + end, "\n");
	for (size_t i = start; i < at && text[0]; i++)
		column += ((unsigned char)text[i] & 0xC0) != 0x80;
	g->place = (struct conf_place){.file = file, .line = 1, .column = (unsigned)column};
	for (size_t i = 0; i < start; i++)
		g->place.line += text[i] == '\n';
	utf8_escape(line, str_slice(text + start, at - start), SIZE_MAX, false);
	g->caret = text_width(buf_str(line));
	utf8_escape(line, str_slice(text + at, end - at), SIZE_MAX, false);
	g->source = *text ? buf_z(line) : NULL;
}

static void match_on_diag(void *ctx, const struct query_diag *d)
{
	struct match_source *s = ctx;
	struct conf_diag g = {.warning = d->warning, .text = d->text, .help = d->help};
	bool in_query = d->part != QUERY_PART_OPTION;
	struct buf out, line;

	buf_init(&out, (size_t)1 << 20);
	buf_init(&line, (size_t)1 << 20);
	match_find_line(in_query ? s->text : "", in_query ? d->offset : 0, &g, &line, s->option);
	conf_diag_render(&out, &g, &s->cli->err_style);
	fputs(buf_z(&out), stderr);
	buf_release(&out);
	buf_release(&line);
	s->failed = s->failed || !d->warning;
}

/* text: NAME=QUERY. */
static int match_define(const struct cli *cli, struct watch_builder *b, const char *text,
	struct match_source *source)
{
	const char *equals = strchr(text, '=');

	*source = (struct match_source){.cli = cli, .option = "--define", .text = equals + 1};
	return watch_builder_define(b, str_slice(text, (size_t)(equals - text)), str_of(equals + 1),
		match_on_diag, source);
}

/* What the builder points to until it is finished. */
struct match_sources {
	struct match_source query, defines[CLI_TEXTS_MAX];
	struct str text, stems[CLI_TEXTS_MAX];
};

static int match_add_query(const struct cli *cli, const struct cli_options *o,
	struct watch_builder *b, struct match_sources *s)
{
	const struct watch_def def = {.name = STR("query"),
		.queries = &s->text,
		.n_queries = 1,
		.stems = s->stems,
		.n_stems = o->stems.n,
		.dialect = o->dialect < 0 ? STR_NONE : str_of(dialect_names[o->dialect])};
	size_t index;

	s->query = (struct match_source){.cli = cli, .option = "--query", .text = o->query};
	s->text = str_of(o->query);
	for (size_t i = 0; i < o->stems.n; i++)
		s->stems[i] = str_of(o->stems.v[i]);
	return watch_builder_add(b, &def, &index, match_on_diag, &s->query);
}

/* Errors of the queries are printed by match_on_diag, and then watch_builder_finish() fails. */
static int match_build(struct match *x)
{
	const struct cli_texts *defines = &x->options->defines;
	struct match_sources *s = calloc(1, sizeof(*s));
	struct watch_builder *b = watch_builder_new();
	struct err e = {.cls = ERR_NONE};
	int rc = b && s ? 0 : -(int)ERR_NOMEM;

	for (size_t i = 0; i < defines->n && rc != -(int)ERR_NOMEM; i++)
		rc = match_define(x->cli, b, defines->v[i], &s->defines[i]);
	if (rc != -(int)ERR_NOMEM)
		rc = match_add_query(x->cli, x->options, b, s);
	if (rc == -(int)ERR_NOMEM) {
		err_nomem(&e);
		watch_builder_free(b);
	} else {
		rc = watch_builder_finish(b, &x->own, &e);
	}
	free(s);
	return rc == -(int)ERR_CONF ? CLI_FINDINGS : report_result(rc, &e);
}

/* --- the command --- */

static void match_print_count(const struct match *x)
{
	double s = (double)x->scan_us / 1e6;

	printf("%" PRIu64 " item%s, %" PRIu64 " match%s, %" PRIu64 " byte%s, scan %.3f s, "
	       "%.0f items/s\n",
		x->reader.items, str_plural((long long)x->reader.items), x->matches,
		x->matches == 1 ? "" : "es", x->reader.bytes,
		str_plural((long long)x->reader.bytes), s,
		s > 0 ? (double)x->reader.items / s : 0.0);
}

/* All watches of the directory, or that of --watch. */
static struct conf *match_load_watches(
	const struct cli *cli, const struct cli_options *o, int *code)
{
	const char *dir = o->watchlists ? o->watchlists : CLI_CONF_DIR;
	struct conf *c = conf_dir_load_watch(cli, dir, o->watch, code);

	if (c && o->watch && !conf_find_watch(c, str_of(o->watch))) {
		*code = conf_dir_report_no_watch(cli, dir, o->watch);
		conf_unref(c);
		return NULL;
	}
	return c;
}

static int match_load(struct match *x)
{
	int code = CLI_OK;

	if (!x->options->query)
		x->conf = match_load_watches(x->cli, x->options, &code);
	else
		code = match_build(x);
	if (code)
		return code;
	x->set = x->conf ? x->conf->set : x->own;
	x->scratch = watch_scratch_new(x->set);
	if (x->options->all)
		x->explain_scratch = watch_scratch_new(x->set);
	if (!x->scratch || (x->options->all && !x->explain_scratch))
		return report_nomem();
	return CLI_OK;
}

static int match_read_files(struct match *x, char *const *files, size_t n)
{
	progress_init(&x->progress, x->cli);
	x->reader = (struct item_reader){.conf = x->conf,
		.fn = match_on_item,
		.ctx = x,
		.progress = &x->progress,
		.size = item_reader_size(files, n)};
	for (size_t i = 0; i < n; i++)
		if (item_reader_read(&x->reader, files[i]))
			break;
	progress_clear(&x->progress);
	if (x->overruns > OVERRUNS_NAMED)
		report_error(
			"watches ran over their budgets %" PRIu64 " times in all", x->overruns);
	if (x->options->count)
		match_print_count(x);
	return x->reader.bad || x->failed ? CLI_FINDINGS : CLI_OK;
}

static int match_check_options(const struct cli_command *c, const struct cli_options *o)
{
	if (!o->query == !(o->watchlists || o->watch))
		return report_usage(
			c, "needs either --query Q, or --watchlists DIR or --watch NAME");
	if (!o->query && (o->stems.n || o->defines.n || o->dialect >= 0))
		return report_usage(c, "--stem, --define and --dialect require --query");
	for (size_t i = 0; i < o->defines.n; i++)
		if (!strchr(o->defines.v[i], '='))
			return report_usage(c, "--define takes NAME=QUERY");
	if (o->json && o->count)
		return report_usage(c, "--json and --count exclude each other");
	return CLI_OK;
}

static int match_run(const struct cli_call *call)
{
	struct match x = {.cli = call->cli, .options = &call->options};
	int code = match_check_options(call->command, x.options);

	if (code)
		return code;
	feed_parse_global_init();
	code = match_load(&x);
	if (code == CLI_OK)
		code = match_read_files(&x, call->operands, call->n_operands);
	watch_scratch_free(x.scratch);
	watch_scratch_free(x.explain_scratch);
	watch_set_free(x.own);
	conf_unref(x.conf);
	feed_parse_global_cleanup();
	return code;
}

static const struct cli_option match_options[] = {
	{CLI_OPTION("--query", "QUERY", CLI_TEXT, query, "a query: nightdesk-query(7)")},
	{CLI_OPTION("--stem", "LANG", CLI_TEXTS, stems,
		 "compare by word stems of this language; may repeat"),
		.values = CLI_LANGUAGES},
	{CLI_OPTION("--define", "NAME=QUERY", CLI_TEXTS, defines,
		"a named query for @NAME; may repeat")},
	{CLI_OPTION("--dialect", "NAME", CLI_WORD, dialect,
		 "the product whose query language it uses"),
		.words = dialect_names},
	{CLI_OPTION("--watchlists", "DIR", CLI_TEXT, watchlists,
		 "all watches of this configuration directory"),
		.values = CLI_DIRECTORIES},
	{CLI_OPTION("-c", "DIR", CLI_TEXT, watchlists, "the same"), .values = CLI_DIRECTORIES},
	{CLI_OPTION("--watch", "NAME", CLI_TEXT, watch,
		 "only this watch, of --watchlists or " CLI_CONF_DIR),
		.values = CLI_WATCHES},
	{CLI_OPTION("--source", "SOURCE", CLI_TEXT, source,
		"the source of items that do not say it, for source: in queries")},
	{CLI_OPTION("--sources", "N", CLI_COUNT, sources,
		 "how many sources report the story of items that do not say it"),
		.max = QUERY_SOURCES_MAX},
	{CLI_OPTION("--tier", "TIER", CLI_WORD, tier, "the tier of the feed of such items"),
		.words = query_tiers},
	{CLI_OPTION("--count", NULL, CLI_FLAG, count,
		"print one line: items, matches, bytes, seconds of matching")},
	{CLI_OPTION(
		"--all", NULL, CLI_FLAG, all, "print also the items that do not match, and why")},
	CLI_OPTION_JSON,
	{0},
};

const struct cli_command cmd_match = {
	.name = "match",
	.summary = "run a query, or all watches, over feed files, JSON lines or texts",
	.operands = "FILE…",
	.values = CLI_FILES,
	.min = 1,
	.max = CLI_MANY,
	.run = match_run,
	.options = match_options,
	.detail =
		"FILE is a feed; or one JSON object a line with any of the keys id, title, body,\n"
		"link, author, categories, language, published, feed, groups, source, sources\n"
		"(how many report its story), tier; or a text in UTF-8 (*.txt, or a file that\n"
		"begins with plain words). A text is one item; its first line is the title if a\n"
		"blank line follows it. - is standard input. With --watchlists, a file NAME.xml\n"
		"is read as the feed NAME.\n"
		"Exit status: 0 whether or not something matches, 1 if a query or a file cannot\n"
		"be read.",
};
