/* SPDX-License-Identifier: MIT */
/* nightdesk check: errors and warnings of a configuration, and the cost of its watches. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "command.h"
#include "conf/trial.h"
#include "document/configuration.h"
#include "document/document.h"
#include "document/feed.h"
#include "print.h"
#include "report.h"

#define TEXT_MAX     ((size_t)64 * 1024 * 1024)
#define FEED_ROW_MAX ((size_t)256 * 1024)

struct check {
	const struct cli *cli;
	const struct cli_options *options;
	struct buf text;	   /* the output without --json */
	struct document_check doc; /* findings and watches are NULL without --json */
};

static void check_add_finding(struct check *r, const struct conf_diag *g)
{
	if (!r->doc.findings) {
		conf_diag_render(&r->text, g, &r->cli->out_style);
		return;
	}
	json_array_append_new(r->doc.findings, document_finding(g));
}

/* --- tests of watches --- */

/* Appends the lines of why as one line. */
static void check_add_reasons(struct buf *out, struct str why)
{
	size_t from = 0;

	for (size_t i = 0; i < why.n; i++) {
		if (why.p[i] != '\n')
			continue;
		if (from)
			buf_addz(out, "; ");
		utf8_escape(out, str_slice(why.p + from, i - from), 400, false);
		from = i + 1;
	}
}

static void check_add_trial(void *ctx, const struct conf_trial *t)
{
	struct check *r = ctx;
	struct conf_diag g = {.place = t->test->place};
	const char *shown;
	struct buf text, help;

	r->doc.tests++;
	if (t->passed)
		return;
	r->doc.tests_failed++;
	r->doc.errors++;
	buf_init(&text, 4096);
	buf_init(&help, 4096);
	buf_printf(&text, "watch %s %s what it must%s match: ", t->watch->name,
		t->matched ? "matches" : "does not match", t->matched ? " not" : "");
	shown = t->test->body && *t->test->body ? t->test->body : t->test->title;
	utf8_escape(&text, str_of(shown), 200, true);
	for (size_t i = 0; i < t->n_hits; i++) {
		buf_addz(&help, i ? ", " : "it matched: ");
		utf8_escape(&help, t->hits[i], 80, true);
	}
	check_add_reasons(&help, t->why);
	g.text = buf_z(&text);
	g.help = help.len ? buf_z(&help) : NULL;
	check_add_finding(r, &g);
	buf_release(&text);
	buf_release(&help);
}

/* --- watches and their cost --- */

static void check_add_watch(
	struct check *r, const struct conf_watch *w, const char *cost, const struct buf *query)
{
	if (r->doc.watches) {
		json_array_append_new(r->doc.watches,
			document_watch(w, cost,
				r->options->show ? str_slice(buf_z(query), query->len) : STR_NONE));
		return;
	}
	buf_printf(&r->text, "%-8s watch %s\n", cost, w->name);
	if (r->options->show) {
		buf_addz(&r->text, "         ");
		utf8_escape(&r->text, buf_str(query), query->len, false);
		buf_addc(&r->text, '\n');
	}
}

static void check_add_watches(struct check *r, const struct conf *c)
{
	struct buf query;

	buf_init(&query, TEXT_MAX);
	for (size_t i = 0; i < c->n_watches; i++) {
		const char *cost = watch_set_cost(c->set, i);

		r->doc.scan += strcmp(cost, "scan") == 0;
		r->doc.slow += strcmp(cost, "slow") == 0;
		buf_clear(&query);
		if (r->options->show)
			watch_set_print(c->set, i, &query);
		check_add_watch(r, &c->watches[i], cost, &query);
	}
	buf_release(&query);
}

/* --- feeds and their intervals --- */

struct check_feeds {
	struct store *store; /* NULL: there is no database that can be read */
	struct arena *arena;
	size_t n_default; /* feeds about which there is nothing else to say */
};

static void check_open_store(struct check_feeds *w, const struct conf *c)
{
	struct err e;

	w->arena = arena_new(FEED_ROW_MAX);
	if (w->arena && access(c->daemon.state, R_OK) == 0 &&
		store_open(&w->store, c->daemon.state, STORE_READ, &e) != 0)
		w->store = NULL;
}

/* What is stored of the feed, or nothing. */
static struct store_feed check_find_feed(struct check_feeds *w, const struct conf_feed *cf)
{
	struct store_feed f = {0};
	struct err e;

	if (w->store) {
		arena_clear(w->arena);
		if (store_feed_get(w->store, str_of(cf->name), w->arena, &f, &e) != 0)
			f = (struct store_feed){0};
	}
	if (!str_is(f.url, cf->url))
		f = (struct store_feed){0}; /* it was edited since */
	return f;
}

/* The publisher moved the feed: the file has an old address. */
static void check_add_moved(struct check *r, const struct conf_feed *cf, const struct store_feed *f)
{
	struct conf_diag g = {.warning = true, .place = cf->place};
	bool adopted = str_present(f->adopted), foreign = f->moved_seen == STORE_MOVED_FOREIGN;
	struct buf text, help, url;

	if (!adopted && !foreign)
		return;
	buf_init(&url, 4 * f->adopted.n + 4 * f->moved_to.n + 16);
	buf_init(&text, 65536);
	buf_init(&help, 65536);
	redact_show_url(&url, adopted ? f->adopted : f->moved_to);
	buf_printf(&text, "the url of feed %s redirects for good to ", cf->name);
	utf8_escape(&text, buf_str(&url), url.len, true);
	if (adopted)
		buf_addz(&help, "write that address into its url; until then it is polled there");
	else
		buf_addz(&help, "another feed is there, so it is not adopted: look whether that is "
				"still the one you want, and edit its url");
	g.text = buf_z(&text);
	g.help = buf_z(&help);
	r->doc.warnings++;
	check_add_finding(r, &g);
	buf_release(&url);
	buf_release(&text);
	buf_release(&help);
}

static void check_add_interval(struct check *r, struct check_feeds *w, const struct conf_feed *cf)
{
	const struct store_feed f = check_find_feed(w, cf);
	const struct document_interval i = document_feed_interval(cf, &f);
	char text[PRINT_DURATION_MAX];

	check_add_moved(r, cf, &f);
	if (r->doc.intervals) {
		json_array_append_new(r->doc.intervals, document_interval(cf, &i));
		return;
	}
	if (cf->every_default && i.ms == cf->every) {
		w->n_default++;
		return;
	}
	buf_printf(&r->text, "%-8s feed %s: %s", print_duration_text(i.ms, text), cf->name, i.text);
	if (i.ms != cf->every)
		buf_printf(&r->text, "; configured: %s", print_duration_text(cf->every, text));
	buf_addc(&r->text, '\n');
}

static void check_add_intervals(struct check *r, const struct conf *c)
{
	struct check_feeds w = {0};
	char text[PRINT_DURATION_MAX];

	check_open_store(&w, c);
	for (size_t i = 0; i < c->n_feeds; i++)
		check_add_interval(r, &w, &c->feeds[i]);
	if (w.n_default)
		buf_printf(&r->text, "%-8s %zu feed%s: the default (poll every)\n",
			print_duration_text(c->poll.every, text), w.n_default,
			str_plural((long long)w.n_default));
	store_close(w.store);
	arena_free(w.arena);
}

static void check_add_count(struct buf *out, size_t n, const char *one, const char *many)
{
	if (n == 0)
		buf_printf(out, "no %s", many);
	else
		buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}

static void check_add_summary(struct check *r)
{
	const struct conf *c = r->doc.conf;
	struct buf *out = &r->text;

	utf8_escape(out, str_of(r->doc.dir), 4096, false);
	buf_addz(out, ": ");
	if (c) {
		check_add_count(out, c->n_feeds, "feed", "feeds");
		buf_addz(out, ", ");
		check_add_count(out, c->n_watches, "watch", "watches");
		if (r->doc.scan + r->doc.slow)
			buf_printf(out, " (%zu scan, %zu slow)", r->doc.scan, r->doc.slow);
		buf_addz(out, ", ");
		check_add_count(out, c->n_notifies, "notify block", "notify blocks");
		buf_addz(out, "; ");
	}
	if (r->doc.tests) {
		check_add_count(out, r->doc.tests, "test", "tests");
		buf_printf(out, ", %zu failed; ", r->doc.tests_failed);
	}
	check_add_count(out, r->doc.errors, "error", "errors");
	buf_addz(out, ", ");
	check_add_count(out, r->doc.warnings, "warning", "warnings");
	buf_addc(out, '\n');
}

static int check_configuration(const struct cli *cli, const struct cli_options *o)
{
	struct check r = {.cli = cli,
		.options = o,
		.doc = {.dir = o->dir,
			.findings = o->json ? json_array() : NULL,
			.watches = o->json ? json_array() : NULL,
			.intervals = o->json ? json_array() : NULL}};
	struct conf_diags diags;
	struct conf *c = NULL;
	struct conf_env env = cli->env;
	struct err e;
	bool bad;
	int rc;

	env.inspect = CONF_INSPECT_SERVICE;
	rc = conf_load(o->dir, &env, &c, &diags);
	buf_init(&r.text, TEXT_MAX);
	r.doc.errors = diags.errors;
	r.doc.warnings = diags.warnings;
	for (size_t i = 0; i < diags.n; i++)
		check_add_finding(&r, &diags.v[i]);
	if (diags.n < diags.errors + diags.warnings)
		buf_printf(&r.text, "… and %zu more\n", diags.errors + diags.warnings - diags.n);
	if (rc == 0 && (rc = conf_run_trials(c, check_add_trial, &r, &e)) != 0) {
		report_error("the tests of the watches could not be run: %s", e.text);
		r.doc.errors++;
	}
	if (c) {
		check_add_watches(&r, c);
		check_add_intervals(&r, c);
	}
	r.doc.conf = c;
	check_add_summary(&r);
	if (o->json)
		document_print(document_check(&r.doc), stdout);
	else
		fputs(buf_z(&r.text), stdout);
	bad = r.doc.errors || (o->strict && r.doc.warnings);
	json_decref(r.doc.findings);
	json_decref(r.doc.watches);
	json_decref(r.doc.intervals);
	buf_release(&r.text);
	conf_diags_release(&diags);
	conf_unref(c);
	return bad ? CLI_FINDINGS : CLI_OK;
}

/* --- keys --- */

/* receiver: the type of the notify block that has the key; NULL: any. */
static void check_print_key(
	const char *kind, const char *receiver, const struct conf_key_row *row, bool json)
{
	if (json)
		document_print(document_key(kind, receiver, row), stdout);
	else
		printf("%s%s%s\t%s\t%s\t%s\t%s\n", kind, receiver ? " " : "",
			receiver ? receiver : "", row->key, conf_schema_type_name(row->type),
			row->required ? "(required)" : conf_schema_default(row), row->help);
}

/* The keys of each type of receiver. */
static void check_print_notify_keys(const struct cli *cli, const char *kind, bool json)
{
	const struct conf_notify_type *type;

	for (size_t i = 0; (type = cli->env.notify_types(i)); i++)
		for (const struct conf_key_row *row = type->keys; row->key; row++)
			check_print_key(kind, type->name, row, json);
}

static void check_print_notify_type(
	const struct cli *cli, const char *kind, const struct conf_key_row *row, bool json)
{
	const char *words[64] = {NULL};
	struct conf_key_row with_words = *row;

	for (size_t i = 0; i + 1 < 64 && cli->env.notify_types(i); i++)
		words[i] = cli->env.notify_types(i)->name;
	with_words.words = words;
	check_print_key(kind, NULL, &with_words, json);
}

static int check_print_keys(const struct cli *cli, bool json)
{
	const struct conf_key_row *row;

	for (enum conf_kind k = 0; k < CONF_KINDS; k++) {
		const char *kind = conf_kinds[k].name;

		for (row = conf_kinds[k].keys; row->key; row++) {
			if (row->type == CONF_TYPE_NOTIFY_TYPE)
				check_print_notify_type(cli, kind, row, json);
			else
				check_print_key(kind, NULL, row, json);
		}
		if (k == CONF_KIND_NOTIFY)
			check_print_notify_keys(cli, kind, json);
	}
	return CLI_OK;
}

static int check_run(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;

	if (o->keys)
		return check_print_keys(call->cli, o->json);
	return check_configuration(call->cli, o);
}

static const struct cli_option check_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--strict", NULL, CLI_FLAG, strict, "warnings count as errors")},
	{CLI_OPTION("--show", NULL, CLI_FLAG, show,
		"print the query of every watch in the native language")},
	{CLI_OPTION("--keys", NULL, CLI_FLAG, keys,
		"list every key with its type and default, and exit")},
	{0},
};

const struct cli_command cmd_check = {
	.name = "check",
	.summary = "check the configuration and show what is wrong with it",
	.run = check_run,
	.options = check_options,
	.detail =
		"Reads the configuration as the daemon would, runs the tests of the watches, and\n"
		"prints each error and warning as file:line:column: text. Each watch is printed\n"
		"with its cost for an item: indexed (evaluated only if its rarest word occurs),\n"
		"scan (reads the words of every item), slow (runs a regular expression on every\n"
		"item). Each feed is printed with its interval and what determines it, from its\n"
		"configuration and from the answer to its last poll; feeds at the default in one\n"
		"line. Credentials are checked too, and, in the configuration of the service,\n"
		"which files the user nightdesk cannot read.\n\n"
		"Exit status: 0 no errors, 1 errors, 2 wrong command line.",
};
