/* SPDX-License-Identifier: MIT */
/* nightdesk stories: which items are copies of one text, and which tell one story. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "document/document.h"
#include "document/match.h"
#include "feed/html.h"
#include "feed/parse.h"
#include "item_reader.h"
#include "print.h"
#include "report.h"

#define MEMORY	 ((size_t)256 << 20)
#define TEXT_MAX ((size_t)64 << 20)
#define WHY_MAX	 ((size_t)4096)
#define SEED	 1 /* what is printed must not differ from run to run */

/* An item that has been read. */
struct stories_item {
	char *id, *source, *title, *body, *origin;
	int64_t story;
	/* Of the story that it began: its reports, and hashes of their different origins. */
	size_t reports, n_origins, origins_room;
	uint64_t *origins;
};

struct stories {
	const struct cli_options *options;
	struct story_window *window;
	struct item_reader reader;
	struct progress progress;
	struct stories_item *items; /* number i is items[i - 1] */
	size_t n, room;
	struct buf title, body;
	bool many; /* several files: print their names */
	uint64_t copies, variants;
	bool failed;
};

/* --- items --- */

static struct str stories_text(const char *z)
{
	return z ? str_of(z) : STR_NONE;
}

static int stories_read(void *ctx, int64_t id, struct story_item *out, struct err *e)
{
	const struct stories *x = ctx;
	const struct stories_item *i = &x->items[id - 1];

	(void)e;
	*out = (struct story_item){.id = id,
		.source = stories_text(i->source),
		.title = stories_text(i->title),
		.body = stories_text(i->body),
		.origin = stories_text(i->origin),
		.story = i->story};
	return 1;
}

/* The text of a field that may be HTML. */
static struct str stories_visible(struct str s, struct buf *out, bool line)
{
	if (!s.n || (!feed_html_is_marked(s) && !feed_html_has_tags(s)))
		return s;
	buf_clear(out);
	if (line)
		feed_html_to_line(s, out);
	else
		feed_html_to_text(s, out);
	return buf_failed(out) ? s : buf_str(out);
}

static char *stories_copy(struct str s, bool *failed)
{
	char *z = s.p ? strndup(s.p, s.n) : NULL;

	*failed = *failed || (s.p && !z);
	return z;
}

static struct stories_item *stories_add(
	struct stories *x, const struct item_reader_item *item, struct story_item *s)
{
	struct stories_item *i;

	if (!array_room(&x->items, x->n, &x->room, 1, sizeof(*x->items)))
		return NULL;
	i = &x->items[x->n];
	*i = (struct stories_item){.id = stories_copy(item->id, &x->failed),
		.source = stories_copy(s->source, &x->failed),
		.title = stories_copy(s->title, &x->failed),
		.body = stories_copy(s->body, &x->failed)};
	s->id = (int64_t)++x->n;
	return x->failed ? NULL : i;
}

static void stories_release(struct stories *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->items[i].id);
		free(x->items[i].source);
		free(x->items[i].title);
		free(x->items[i].body);
		free(x->items[i].origin);
		free(x->items[i].origins);
	}
	free(x->items);
	buf_release(&x->title);
	buf_release(&x->body);
	story_window_free(x->window);
}

/* Counts a report of a story, and its origin. */
static void stories_count(struct stories *x, struct stories_item *first, struct str origin)
{
	uint64_t hash = digest_fast64(origin, 0);

	first->reports++;
	for (size_t i = 0; i < first->n_origins; i++)
		if (first->origins[i] == hash)
			return;
	if (array_room(&first->origins, first->n_origins, &first->origins_room, 1,
		    sizeof(*first->origins)))
		first->origins[first->n_origins++] = hash;
	else
		x->failed = true;
}

/* --- output --- */

static struct str stories_name(const struct stories *x, int64_t id)
{
	const struct stories_item *i = &x->items[id - 1];

	return i->id ? str_of(i->id) : stories_text(i->title);
}

static void stories_print(struct stories *x, const struct item_reader_item *item,
	const struct story_verdict *v, const struct stories_item *first)
{
	struct str of = v->match.relation == STORY_NEW ? STR_NONE : stories_name(x, v->match.of);
	struct str story = stories_name(x, v->story), own = stories_name(x, (int64_t)x->n);
	struct buf why;

	progress_clear(&x->progress);
	buf_init(&why, WHY_MAX);
	story_explain(v, str_present(of) ? of : story, &why);
	if (first->reports > 1) {
		buf_printf(&why, "; story of %zu reports", first->reports);
		if (first->n_origins > 1)
			buf_printf(&why, ", at least %zu sources", first->n_origins);
	}
	if (x->options->json) {
		document_print(document_story(x->many ? item->file : NULL, own, v, of, story,
				       buf_str(&why)),
			stdout);
	} else {
		print_text("", own, "\t");
		print_text("", why.len ? buf_str(&why) : STR("new"), "\n");
	}
	buf_release(&why);
}

static int stories_on_item(void *ctx, const struct item_reader_item *item)
{
	struct stories *x = ctx;
	struct story_item s = {
		.at = item->view.published != STAMP_NONE ? item->view.published : item->view.now,
		.source = item->source,
		.title = stories_visible(item->view.title, &x->title, true),
		.body = stories_visible(item->view.body, &x->body, false),
	};
	struct err e = {.cls = ERR_NONE};
	struct stories_item *i = stories_add(x, item, &s);
	struct story_verdict v;

	if (!i || story_window_take(x->window, &s, stories_read, x, &v, &e) < 0) {
		progress_clear(&x->progress);
		report_error("%s: %s", item->file, i ? e.text : "out of memory");
		x->failed = true;
		return 1;
	}
	story_window_commit(x->window);
	i->story = v.story;
	i->origin = stories_copy(v.origin, &x->failed);
	x->copies += v.match.relation == STORY_COPY;
	x->variants += v.match.relation == STORY_VARIANT;
	stories_count(x, &x->items[v.story - 1], v.origin);
	if (!x->options->count)
		stories_print(x, item, &v, &x->items[v.story - 1]);
	return ferror(stdout) ? 1 : 0;
}

static int stories_on_learnt(void *ctx, const struct item_reader_item *item)
{
	struct stories *x = ctx;
	struct err e = {.cls = ERR_NONE};

	if (story_window_learn(x->window, stories_visible(item->view.title, &x->title, true),
		    stories_visible(item->view.body, &x->body, false), &e) == 0)
		return 0;
	report_error("%s: %s", item->file, e.text);
	x->failed = true;
	return 1;
}

/* --- the command --- */

static void stories_print_count(const struct stories *x, int64_t us)
{
	size_t stories = 0;

	for (size_t i = 0; i < x->n; i++)
		stories += x->items[i].reports > 0;
	printf("%zu items, %" PRIu64 " copies, %" PRIu64 " variants, %zu stories, %.3f s, "
	       "%zu bytes\n",
		x->n, x->copies, x->variants, stories, (double)us / 1e6,
		story_window_bytes(x->window));
}

static void stories_read_files(struct stories *x, char *const *files, size_t n)
{
	const char *learn = x->options->learn;
	int64_t start;

	x->reader =
		(struct item_reader){.fn = stories_on_learnt, .ctx = x, .progress = &x->progress};
	if (learn)
		item_reader_read(&x->reader, learn);
	x->failed = x->failed || x->reader.bad;
	x->reader = (struct item_reader){.fn = stories_on_item,
		.ctx = x,
		.progress = &x->progress,
		.size = item_reader_size(files, n)};
	start = clock_mono_us();
	for (size_t i = 0; i < n && !x->failed; i++)
		if (item_reader_read(&x->reader, files[i]))
			break;
	progress_clear(&x->progress);
	if (x->options->count)
		stories_print_count(x, clock_mono_us() - start);
}

static int stories_run(const struct cli_call *call)
{
	struct stories x = {.options = &call->options,
		.window = story_window_new(MEMORY, SEED),
		.many = call->n_operands > 1};

	if (x.options->json && x.options->count)
		return report_usage(call->command, "--json and --count exclude each other");
	if (!x.window)
		return report_nomem();
	buf_init(&x.title, TEXT_MAX);
	buf_init(&x.body, TEXT_MAX);
	feed_parse_global_init();
	progress_init(&x.progress, call->cli);
	stories_read_files(&x, call->operands, call->n_operands);
	feed_parse_global_cleanup();
	stories_release(&x);
	return x.reader.bad || x.failed ? CLI_FINDINGS : CLI_OK;
}

static const struct cli_option stories_options[] = {
	{CLI_OPTION("--learn", "FILE", CLI_TEXT, learn,
		 "count words in the items of this file first, to know which ones are common"),
		.values = CLI_FILES},
	{CLI_OPTION("--count", NULL, CLI_FLAG, count,
		"print one line: items, copies, variants, stories, seconds, memory of the index")},
	CLI_OPTION_JSON,
	{0},
};

const struct cli_command cmd_stories = {
	.name = "stories",
	.summary = "which items are copies of one text, and which tell one story",
	.operands = "FILE…",
	.values = CLI_FILES,
	.min = 1,
	.max = CLI_MANY,
	.run = stories_run,
	.options = stories_options,
	.detail =
		"FILE is a feed, or one JSON object a line with any of the keys id, title, body,\n"
		"source, published, in the order in which the items arrived; - is standard input.\n"
		"Each item is compared with those of the four days before it, stories end three\n"
		"days after their last report. The origin of an item is the source that had its\n"
		"text first; the sources of a story are its different origins.\n"
		"Exit status: 0, or 1 if a file cannot be read.",
};
