/* SPDX-License-Identifier: MIT */
/* nightdesk explain: one stored item through every stage. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "desk/explain.h"
#include "desk/stories.h"
#include "document/document.h"
#include "document/match.h"
#include "print.h"
#include "report.h"

#define STORY_MAX      ((size_t)4096)
#define ARENA_MAX      ((size_t)256 * 1024 * 1024)
#define CANDIDATES_MAX 20
#define WIDTH	       11
#define HITS_SHOWN     12

static void explain_print_name(const char *name)
{
	printf("%-*s ", WIDTH, name);
}

static void explain_print_stamp(const char *name, int64_t ms)
{
	if (ms != STAMP_NONE)
		print_stamp_line(name, WIDTH, ms);
}

static void explain_print_dates(const struct desk_explanation *x)
{
	int64_t late = x->item.first_seen - x->item.item.published;

	explain_print_stamp("published", x->item.item.published);
	explain_print_stamp("updated", x->item.item.updated);
	explain_print_name("first seen");
	print_stamp(x->item.first_seen);
	if (x->item.item.published != STAMP_NONE && late >= 0 && late < 2 * CLOCK_HOUR)
		printf(", %lld s after it was published", (long long)(late / CLOCK_SECOND));
	if (x->first_run)
		fputs(", with the first body of its feed", stdout);
	if (x->item.arrival == STORE_RESURFACED)
		fputs(", at the old end of its feed", stdout);
	putchar('\n');
}

static void explain_print_item(const struct desk_explanation *x)
{
	const struct feed_item *i = &x->item.item;

	print_line("title", WIDTH, i->title);
	print_line("id", WIDTH, i->id);
	print_line("link", WIDTH, i->link);
	print_line("author", WIDTH, i->author.text);
	explain_print_name("number");
	printf("#%lld\n", (long long)x->item.id);
	explain_print_name("feed");
	utf8_print(stdout, x->item.feed);
	print_url("  ", x->feed.url, "");
	puts(x->conf_feed ? "" : "  (no longer in the configuration)");
	explain_print_dates(x);
}

static void explain_print_edit(const struct desk_edit *e)
{
	explain_print_stamp("edited", e->at);
	for (size_t k = 0; k < e->n_changes; k++)
		print_change(&e->changes[k]);
}

static void explain_print_hits(
	const struct cli *cli, const struct desk_explanation *x, const struct desk_verdict *v)
{
	for (size_t i = 0; i < v->n_hits && i < HITS_SHOWN; i++) {
		fputs("  ", stdout);
		print_hit(&v->hits[i]);
	}
	if (v->n_hits > HITS_SHOWN)
		printf("  and %zu more\n", v->n_hits - HITS_SHOWN);
	fputs("  ", stdout);
	print_snippet(cli, &x->view, v->hits, v->n_hits);
	putchar('\n');
}

/* Bit k: does the watch match the text before the last k edits? */
static uint64_t explain_matched_texts(const struct desk_verdict *v)
{
	return (uint64_t)v->earlier << 1 | v->matches;
}

/* The edits at which the watch began or ceased to match. */
static void explain_print_turning_edits(
	const struct desk_explanation *x, const struct desk_verdict *v)
{
	uint64_t matched = explain_matched_texts(v);

	for (size_t k = x->n_edits; k-- > 0;) {
		unsigned turn = matched >> k & 3;

		if (turn == 0 || turn == 3)
			continue;
		fputs(turn == 1 ? "  matches since the edit of " : "  matched until the edit of ",
			stdout);
		print_stamp(x->edits[k].at);
		putchar('\n');
	}
}

/* Prints the matches of a watch that raised no alert, as they were recorded. */
static void explain_print_quiet(const struct desk_explanation *x, const struct desk_verdict *v)
{
	for (size_t k = 0; k < x->n_quiet; k++) {
		const struct store_quiet *q = &x->quiet[k];

		if (!str_is(q->watch, v->watch->name))
			continue;
		fputs("  ", stdout);
		print_stamp(q->at);
		switch (q->reason) {
		case STORE_QUIET_STORY:
			print_text(": folded into ", q->alert, " because of the same link");
			print_text(" ", q->link, "");
			break;
		case STORE_QUIET_EDIT:
			fputs(": an edit of an item that matched raised no alert "
			      "(on-update = quiet)",
				stdout);
			break;
		case STORE_QUIET_VERSION:
			print_text(": this version had already raised ", q->alert, "");
			break;
		case STORE_QUIET_COPY:
			print_text(": the same text joined ", q->alert, " (duplicates = fold)");
			break;
		case STORE_QUIET_NOTICE:
			print_text(": it was sent as the notice ", q->alert,
				" about an earlier alert");
			break;
		case STORE_QUIET_WAITS: fputs(": waited for further sources", stdout); break;
		case STORE_QUIET_ONCE:
			print_text(": another report of its story had raised ", q->alert, "");
			break;
		}
		putchar('\n');
	}
}

static void explain_print_alert_state(
	const struct desk_explanation *x, const struct desk_verdict *v)
{
	switch (v->alert_state) {
	case DESK_ALERTED: print_text("  alert ", v->alert_id, "\n"); break;
	case DESK_FIRST_RUN:
		puts(x->first_run_guessed
				? "  no alert: it was probably in the feed at the first poll"
				: "  no alert: it was in the feed at the first poll (first-run)");
		break;
	case DESK_RESURFACED:
		puts("  no alert: an old item that turned up late in its feed (resurfaced)");
		break;
	case DESK_SAME_STORY:
	case DESK_SAME_TEXT: puts("  no alert of its own"); break;
	case DESK_ONCE:
		print_text("  no alert: another report of its story raised ", v->alert_id, "\n");
		break;
	case DESK_NOT_RECORDED:
		puts("  no alert: the watch was different, or absent, when the item came");
		break;
	}
}

/* Indents each line, also those that come from a line break in the query. */
static void explain_print_reasons(struct str why)
{
	while (why.n > 0) {
		const char *end = memchr(why.p, '\n', why.n);
		size_t n = end ? (size_t)(end - why.p) : why.n;

		print_text("  ", str_slice(why.p, n), "\n");
		n += end != NULL;
		why = str_slice(why.p + n, why.n - n);
	}
}

static void explain_print_list(const char *name, const struct conf_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		printf("%s", i ? ", " : name);
		utf8_print(stdout, list->v[i]);
	}
}

static void explain_print_verdict(
	const struct cli *cli, const struct desk_explanation *x, const struct desk_verdict *v)
{
	bool alerted = false;

	explain_print_name("watch");
	utf8_print(stdout, str_of(v->watch->name));
	puts(v->matches ? ": matches" : ": does not match");
	explain_print_turning_edits(x, v);
	if (v->matches) {
		explain_print_hits(cli, x, v);
		explain_print_alert_state(x, v);
		explain_print_quiet(x, v);
		return;
	}
	if (v->outside) {
		fputs("  its feed is not among those of the watch:", stdout);
		explain_print_list(" feeds ", &v->watch->feeds);
		explain_print_list(" groups ", &v->watch->groups);
		putchar('\n');
	}
	explain_print_reasons(v->why);
	for (size_t i = 0; i < x->n_alerts; i++)
		alerted = alerted || str_is(x->alerts[i].watch, v->watch->name);
	if (alerted)
		puts(v->earlier ? "  it raised an alert before that edit"
				: "  it raised an alert: the watch was different then");
	explain_print_quiet(x, v);
}

static void explain_print_alert(const struct desk_alert *a)
{
	explain_print_name(a->kind == ALERT_CORRECTED	? "corrected"
			   : a->kind == ALERT_WITHDRAWN ? "withdrawn"
							: "alert");
	utf8_print(stdout, a->id);
	print_text("  ", a->watch, "  ");
	print_stamp(a->created);
	putchar('\n');
	print_text("  because ", a->cause, "\n");
	if (a->n_deliveries == 0)
		puts("  no deliveries: the watch has no notify");
	for (size_t i = 0; i < a->n_deliveries; i++) {
		fputs("  ", stdout);
		print_delivery(&a->deliveries[i]);
	}
}

/* What it was among others when it arrived. */
static void explain_print_story(const struct store_story *v)
{
	struct buf line;

	buf_init(&line, STORY_MAX);
	desk_story_put_why(v, &line);
	if (line.len) {
		explain_print_name(v->relation ? "text" : "story");
		print_text("", buf_str(&line), "\n");
	}
	buf_clear(&line);
	desk_story_put_count(v, &line);
	if (line.len) {
		explain_print_name("reports");
		print_text("", buf_str(&line), "\n");
	}
	if (str_present(v->agency)) {
		explain_print_name("agency");
		print_text("via ", v->agency, "\n");
	}
	buf_release(&line);
}

static void explain_print(const struct cli *cli, const struct desk_explanation *x)
{
	explain_print_item(x);
	if (x->story.item)
		explain_print_story(&x->story);
	for (size_t i = x->n_edits; i > 0; i--)
		explain_print_edit(&x->edits[i - 1]);
	for (size_t i = 0; i < x->n_verdicts; i++)
		explain_print_verdict(cli, x, &x->verdicts[i]);
	if (x->n_unexplained) {
		explain_print_name("watch");
		printf("%zu others do not match; --watch NAME shows why\n", x->n_unexplained);
	}
	for (size_t i = x->n_alerts; i > 0; i--)
		explain_print_alert(&x->alerts[i - 1]);
}

/* --- the command --- */

struct explain {
	const struct cli *cli;
	const struct cli_options *options;
	struct conf *conf;
	struct store *store;
	struct arena *arena;
};

static int explain_print_candidate(struct explain *x, int64_t row, struct err *e)
{
	struct store_item_row item;
	bool found;
	int rc;

	arena_clear(x->arena);
	rc = store_item_get(x->store, row, x->arena, &item, &found, e);
	if (rc || !found)
		return rc;
	fprintf(stderr, "  #%lld  ", (long long)row);
	utf8_print(stderr, item.feed);
	fputs("  ", stderr);
	utf8_print(stderr, str_present(item.item.title) ? item.item.title : item.item.link);
	fputc('\n', stderr);
	return 0;
}

/* Several items have that name. */
static int explain_report_ambiguous(
	struct explain *x, const char *name, const int64_t *rows, size_t n)
{
	struct err e = {0};
	int rc = 0;

	report_error("%s names %s%zu items; explain one of them by its number ('#7'):", name,
		n == CANDIDATES_MAX ? "at least " : "", n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = explain_print_candidate(x, rows[i], &e);
	return rc ? report_access(rc, &e) : CLI_FINDINGS;
}

static int explain_row(struct explain *x, int64_t row, const struct conf_watch *watch)
{
	struct desk_explanation found;
	struct err e = {0};
	int rc = desk_explain(x->store, x->conf, row, watch, x->arena, &found, &e);

	if (rc == 0 && x->options->json)
		document_print(document_explanation(&found), stdout);
	else if (rc == 0)
		explain_print(x->cli, &found);
	return report_access(rc, &e);
}

static int explain_item(struct explain *x, const char *name, const struct conf_watch *watch)
{
	int64_t rows[CANDIDATES_MAX];
	struct err e = {0};
	size_t n = 0;
	int rc = desk_find_items(x->store, x->conf, str_of(name), rows, CANDIDATES_MAX, &n, &e);

	if (rc)
		return report_access(rc, &e);
	if (n > 1)
		return explain_report_ambiguous(x, name, rows, n);
	if (n == 1)
		return explain_row(x, rows[0], watch);
	report_error("there is no item %s: give an item's id, its link, the id of an alert, or a "
		     "number ('#7')",
		name);
	return CLI_FINDINGS;
}

static int explain_open(struct explain *x, const char *name)
{
	const struct cli_options *o = x->options;
	const struct conf_watch *watch = NULL;
	int code;

	x->conf = conf_dir_load_sound(x->cli, o->dir, o->watch, &code);
	if (!x->conf)
		return code;
	if (o->watch)
		watch = conf_find_watch(x->conf, str_of(o->watch));
	if (o->watch && !watch)
		return conf_dir_report_no_watch(x->cli, o->dir, o->watch);
	x->arena = arena_new(ARENA_MAX);
	if (!x->arena)
		return report_nomem();
	code = conf_dir_open_store(x->conf, &x->store);
	return code ? code : explain_item(x, name, watch);
}

static int explain_run(const struct cli_call *call)
{
	struct explain x = {.cli = call->cli, .options = &call->options};
	int code = explain_open(&x, call->operands[0]);

	store_close(x.store);
	arena_free(x.arena);
	conf_unref(x.conf);
	return code;
}

static const struct cli_option explain_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--watch", "NAME", CLI_TEXT, watch, "explain only this watch"),
		.values = CLI_WATCHES},
	{0},
};

const struct cli_command cmd_explain = {
	.name = "explain",
	.summary = "trace one item through every stage: seen, matched, alerted, delivered",
	.operands = "ITEM",
	.values = CLI_ITEMS,
	.min = 1,
	.max = 1,
	.run = explain_run,
	.options = explain_options,
	.detail =
		"ITEM is an item's id, its link, the id of an alert, or its number ('#7'). If the\n"
		"name is ambiguous, the items are listed. Watches are those of the configuration\n"
		"now; alerts, deliveries and the reasons for no alert are those that were stored.",
};
