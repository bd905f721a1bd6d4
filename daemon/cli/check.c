/* SPDX-License-Identifier: MIT */
/* nightdesk check: the configuration as the daemon would read it, and all that is wrong with it. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "command.h"
#include "document/value.h"
#include "conf/schema.h"
#include "conf/trial.h"

#define OPT_STRICT 1
#define OPT_KEYS   2
#define OPT_SHOW   3
#define TEXT_MAX   ((size_t)64 * 1024 * 1024)

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_STRICT, "--strict", NULL, "warnings count as errors"},
	{OPT_SHOW, "--show", NULL, "print the query of every watch in nightdesk's own language"},
	{OPT_KEYS, "--keys", NULL, "list every key there is, with its default, and end"},
	{0},
};

struct report {
	struct buf text;	    /* for people */
	json_t *findings, *watches; /* for programs; NULL: not wanted */
	size_t errors, warnings, tests, failed, scan, slow;
	bool show; /* the queries of the watches too */
};

static json_t *json_place(const struct conf_place *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "file", json_string(p->file ? p->file : "?"));
	if (p->line) {
		json_object_set_new(o, "line", json_integer(p->line));
		json_object_set_new(o, "column", json_integer(p->column));
	}
	return o;
}

static void add_finding(struct report *r, const struct conf_diag *g)
{
	json_t *o;

	if (!r->findings) {
		conf_diag_print(&r->text, g);
		return;
	}
	o = json_place(&g->place);
	json_object_set_new(o, "severity", json_string(g->warning ? "warning" : "error"));
	json_object_set_new(o, "text", json_string(g->text));
	if (g->source) {
		json_object_set_new(o, "source", json_string(g->source));
		json_object_set_new(o, "caret", json_integer((json_int_t)g->caret));
	}
	if (g->help)
		json_object_set_new(o, "help", json_string(g->help));
	json_array_append_new(r->findings, o);
}

/* --- tests of watches --- */

/* Lines as one line. */
static void add_why(struct buf *out, struct str why)
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

static void on_trial(void *ctx, const struct conf_trial *t)
{
	struct report *r = ctx;
	struct conf_diag g = {.place = t->test->place};
	const char *shown;
	struct buf text, help;

	r->tests++;
	if (t->passed)
		return;
	r->failed++;
	r->errors++;
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
	add_why(&help, t->why);
	g.text = buf_z(&text);
	g.help = help.len ? buf_z(&help) : NULL;
	add_finding(r, &g);
	buf_release(&text);
	buf_release(&help);
}

/* --- watches and what they cost --- */

static void add_query(struct report *r, const struct conf *c, size_t watch, json_t *o)
{
	struct buf query;

	buf_init(&query, TEXT_MAX);
	watch_set_print(c->set, watch, &query);
	if (o) {
		json_object_set_new(o, "query", json_stringn(buf_z(&query), query.len));
	} else {
		buf_addz(&r->text, "         ");
		utf8_escape(&r->text, buf_str(&query), query.len, false);
		buf_addc(&r->text, '\n');
	}
	buf_release(&query);
}

static void add_watches(struct report *r, const struct conf *c)
{
	for (size_t i = 0; i < c->n_watches; i++) {
		const struct conf_watch *w = &c->watches[i];
		const char *cost = watch_set_cost(c->set, i);
		json_t *o;

		r->scan += strcmp(cost, "scan") == 0;
		r->slow += strcmp(cost, "slow") == 0;
		if (!r->watches) {
			buf_printf(&r->text, "%-8s watch %s\n", cost, w->name);
			if (r->show)
				add_query(r, c, i, NULL);
			continue;
		}
		o = json_place(&w->place);
		json_object_set_new(o, "name", json_string(w->name));
		json_object_set_new(o, "cost", json_string(cost));
		json_object_set_new(o, "tests", json_integer((json_int_t)w->n_tests));
		if (r->show)
			add_query(r, c, i, o);
		json_array_append_new(r->watches, o);
	}
}

static void add_count(struct buf *out, size_t n, const char *one, const char *many)
{
	if (n == 0)
		buf_printf(out, "no %s", many);
	else
		buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}

static void add_summary(struct report *r, const struct conf *c, const char *dir)
{
	struct buf *out = &r->text;

	utf8_escape(out, str_of(dir), 4096, false);
	buf_addz(out, ": ");
	if (c) {
		add_count(out, c->n_feeds, "feed", "feeds");
		buf_addz(out, ", ");
		add_count(out, c->n_watches, "watch", "watches");
		if (r->scan + r->slow)
			buf_printf(out, " (%zu scan, %zu slow)", r->scan, r->slow);
		buf_addz(out, ", ");
		add_count(out, c->n_notifies, "notify block", "notify blocks");
		buf_addz(out, "; ");
	}
	if (r->tests) {
		add_count(out, r->tests, "test", "tests");
		buf_printf(out, ", %zu failed; ", r->failed);
	}
	add_count(out, r->errors, "error", "errors");
	buf_addz(out, ", ");
	add_count(out, r->warnings, "warning", "warnings");
	buf_addc(out, '\n');
}

static void print_json(struct report *r, const struct conf *c, const char *dir)
{
	json_t *doc = json_object();

	json_object_set_new(doc, "directory", json_string(dir));
	json_object_set_new(doc, "errors", json_integer((json_int_t)r->errors));
	json_object_set_new(doc, "warnings", json_integer((json_int_t)r->warnings));
	json_object_set(doc, "findings", r->findings);
	if (c) {
		json_object_set_new(doc, "feeds", json_integer((json_int_t)c->n_feeds));
		json_object_set_new(doc, "notifies", json_integer((json_int_t)c->n_notifies));
		json_object_set(doc, "watches", r->watches);
		json_object_set_new(doc, "scan", json_integer((json_int_t)r->scan));
		json_object_set_new(doc, "slow", json_integer((json_int_t)r->slow));
		json_object_set_new(doc, "tests", json_integer((json_int_t)r->tests));
		json_object_set_new(doc, "tests_failed", json_integer((json_int_t)r->failed));
	}
	document_print(doc, stdout);
}

struct wish {
	bool json, strict, keys, show;
};

static int check(const struct cli *cli, const char *dir, const struct wish *wish)
{
	bool json = wish->json;
	struct report r = {.findings = json ? json_array() : NULL,
		.watches = json ? json_array() : NULL,
		.show = wish->show};
	struct conf_diags diags;
	struct conf *c = NULL;
	struct err e;
	int rc = conf_load(dir, &cli->env, &c, &diags);

	buf_init(&r.text, TEXT_MAX);
	r.errors = diags.errors;
	r.warnings = diags.warnings;
	for (size_t i = 0; i < diags.n; i++)
		add_finding(&r, &diags.v[i]);
	if (diags.n < diags.errors + diags.warnings)
		buf_printf(&r.text, "… and %zu more\n", diags.errors + diags.warnings - diags.n);
	if (rc == 0 && (rc = conf_run_trials(c, on_trial, &r, &e)) != 0) {
		cli_complain("the tests of the watches could not be run: %s", e.text);
		r.errors++;
	}
	if (c)
		add_watches(&r, c);
	if (json)
		print_json(&r, c, dir);
	add_summary(&r, c, dir);
	if (!json)
		fputs(buf_z(&r.text), stdout);
	json_decref(r.findings);
	json_decref(r.watches);
	buf_release(&r.text);
	conf_diags_release(&diags);
	conf_unref(c);
	return cli_finish(r.errors || (wish->strict && r.warnings) ? CLI_FINDINGS : CLI_OK);
}

/* --- the keys there are --- */

static void print_key(const char *kind, const struct conf_key_row *row, bool json)
{
	const char *type = conf_schema_type_name(row->type);
	json_t *o;

	if (!json) {
		printf("%s\t%s\t%s\t%s\t%s\n", kind, row->key, type,
			row->required ? "(required)" : conf_schema_default(row), row->help);
		return;
	}
	o = json_object();
	json_object_set_new(o, "block", json_string(kind));
	json_object_set_new(o, "key", json_string(row->key));
	json_object_set_new(o, "type", json_string(type));
	json_object_set_new(o, "required", json_boolean(row->required));
	if (!row->required)
		json_object_set_new(o, "default", json_string(conf_schema_default(row)));
	if (row->words) {
		json_t *words = json_array();

		for (const char *const *w = row->words; *w; w++)
			json_array_append_new(words, json_string(*w));
		json_object_set_new(o, "words", words);
	}
	json_object_set_new(o, "help", json_string(row->help));
	document_print(o, stdout);
}

/* The first type with that key has it in row; the others may differ in default and help. */
static void print_shared_key(
	const struct cli *cli, const char *kind, const struct conf_key_row *row, bool json)
{
	const struct conf_notify_type *type, *first = NULL;
	struct conf_key_row merged = *row;
	struct buf defaults, help;
	bool differ = false;

	buf_init(&defaults, TEXT_MAX);
	buf_init(&help, TEXT_MAX);
	buf_addz(&help, row->help);
	for (size_t i = 0; (type = cli->env.notify_types(i)); i++) {
		const struct conf_key_row *r = conf_schema_find_key(type->keys, str_of(row->key));

		if (!r)
			continue;
		buf_printf(&defaults, "%s%s: %s", first ? "; " : "", type->name,
			conf_schema_default(r));
		first = first ? first : type;
		differ |= strcmp(conf_schema_default(r), conf_schema_default(row)) != 0;
		if (strcmp(r->help, row->help) != 0)
			buf_printf(&help, "; %s: %s", type->name, r->help);
	}
	if (differ)
		merged.told = buf_z(&defaults);
	merged.help = buf_z(&help);
	print_key(kind, &merged, json);
	buf_release(&defaults);
	buf_release(&help);
}

/* Those of all types of receiver, each key once. */
static void print_notify_keys(const struct cli *cli, const char *kind, bool json)
{
	const struct conf_notify_type *type;

	for (size_t i = 0; (type = cli->env.notify_types(i)); i++)
		for (const struct conf_key_row *row = type->keys; row->key; row++) {
			size_t k = 0;

			while (k < i && !conf_schema_find_key(
						cli->env.notify_types(k)->keys, str_of(row->key)))
				k++;
			if (k == i)
				print_shared_key(cli, kind, row, json);
		}
}

static void print_notify_type(
	const struct cli *cli, const char *kind, const struct conf_key_row *row, bool json)
{
	const char *words[64] = {NULL};
	struct conf_key_row with_words = *row;

	for (size_t i = 0; i + 1 < 64 && cli->env.notify_types(i); i++)
		words[i] = cli->env.notify_types(i)->name;
	with_words.words = words;
	print_key(kind, &with_words, json);
}

static int print_keys(const struct cli *cli, bool json)
{
	const struct conf_key_row *row;

	for (enum conf_kind k = 0; k < CONF_KINDS; k++) {
		const char *kind = conf_schema_kind(k)->name;

		for (size_t i = 0; (row = conf_schema_key(k, i)); i++) {
			if (row->type == CONF_TYPE_NOTIFY_TYPE)
				print_notify_type(cli, kind, row, json);
			else
				print_key(kind, row, json);
		}
		if (k == CONF_KIND_NOTIFY)
			print_notify_keys(cli, kind, json);
	}
	return cli_finish(CLI_OK);
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	const char *dir = CLI_CONF_DIR, *value;
	struct wish wish = {0};
	struct cli_args a;
	int option;

	cli_args_init(&a, self, argc, argv);
	while ((option = cli_args_next(&a, &value)) != 0) {
		if (option < 0)
			return CLI_USAGE;
		if (option == CLI_OPT_CONF)
			dir = value;
		wish.json |= option == CLI_OPT_JSON;
		wish.strict |= option == OPT_STRICT;
		wish.keys |= option == OPT_KEYS;
		wish.show |= option == OPT_SHOW;
	}
	if (a.next < a.argc)
		return cli_usage(self, "takes no operands; the directory is given with -c");
	return wish.keys ? print_keys(cli, wish.json) : check(cli, dir, &wish);
}

const struct cli_command cmd_check = {
	.name = "check",
	.summary = "read the configuration as the daemon would, and tell all that is wrong with it",
	.options = options,
	.detail =
		"Every error and warning of every file is printed as file:line:column: text. Then "
		"each\nwatch is told with what one item costs it: indexed (looked at only when its "
		"rarest word\noccurs), scan (looks through the words of every item), slow (a "
		"regular "
		"expression on\nevery item). The tests of watches are run.\n\n"
		"Exit status: 0 fine, 1 something is wrong, 2 the command line is.",
	.run = run,
};
