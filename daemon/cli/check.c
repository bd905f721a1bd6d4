/* SPDX-License-Identifier: MIT */
/* nightdesk check: the configuration as the daemon would read it, and all that is wrong with it. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "command.h"
#include "conf/trial.h"
#include "document/configuration.h"
#include "document/document.h"

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
	struct buf text;	   /* without --json */
	struct document_check doc; /* the lists are NULL without --json */
	bool show;		   /* the queries of the watches too */
};

static void add_finding(struct report *r, const struct conf_diag *g)
{
	if (!r->doc.findings) {
		conf_diag_print(&r->text, g);
		return;
	}
	json_array_append_new(r->doc.findings, document_finding(g));
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
	add_why(&help, t->why);
	g.text = buf_z(&text);
	g.help = help.len ? buf_z(&help) : NULL;
	add_finding(r, &g);
	buf_release(&text);
	buf_release(&help);
}

/* --- watches and what they cost --- */

static void add_watch(
	struct report *r, const struct conf_watch *w, const char *cost, const struct buf *query)
{
	if (r->doc.watches) {
		json_array_append_new(r->doc.watches,
			document_watch(
				w, cost, r->show ? str_slice(buf_z(query), query->len) : STR_NONE));
		return;
	}
	buf_printf(&r->text, "%-8s watch %s\n", cost, w->name);
	if (r->show) {
		buf_addz(&r->text, "         ");
		utf8_escape(&r->text, buf_str(query), query->len, false);
		buf_addc(&r->text, '\n');
	}
}

static void add_watches(struct report *r, const struct conf *c)
{
	struct buf query;

	buf_init(&query, TEXT_MAX);
	for (size_t i = 0; i < c->n_watches; i++) {
		const char *cost = watch_set_cost(c->set, i);

		r->doc.scan += strcmp(cost, "scan") == 0;
		r->doc.slow += strcmp(cost, "slow") == 0;
		buf_clear(&query);
		if (r->show)
			watch_set_print(c->set, i, &query);
		add_watch(r, &c->watches[i], cost, &query);
	}
	buf_release(&query);
}

static void add_count(struct buf *out, size_t n, const char *one, const char *many)
{
	if (n == 0)
		buf_printf(out, "no %s", many);
	else
		buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}

static void add_summary(struct report *r)
{
	const struct conf *c = r->doc.conf;
	struct buf *out = &r->text;

	utf8_escape(out, str_of(r->doc.dir), 4096, false);
	buf_addz(out, ": ");
	if (c) {
		add_count(out, c->n_feeds, "feed", "feeds");
		buf_addz(out, ", ");
		add_count(out, c->n_watches, "watch", "watches");
		if (r->doc.scan + r->doc.slow)
			buf_printf(out, " (%zu scan, %zu slow)", r->doc.scan, r->doc.slow);
		buf_addz(out, ", ");
		add_count(out, c->n_notifies, "notify block", "notify blocks");
		buf_addz(out, "; ");
	}
	if (r->doc.tests) {
		add_count(out, r->doc.tests, "test", "tests");
		buf_printf(out, ", %zu failed; ", r->doc.tests_failed);
	}
	add_count(out, r->doc.errors, "error", "errors");
	buf_addz(out, ", ");
	add_count(out, r->doc.warnings, "warning", "warnings");
	buf_addc(out, '\n');
}

struct wish {
	bool json, strict, keys, show;
};

static int check(const struct cli *cli, const char *dir, const struct wish *wish)
{
	bool json = wish->json;
	struct report r = {.doc = {.dir = dir,
				   .findings = json ? json_array() : NULL,
				   .watches = json ? json_array() : NULL},
		.show = wish->show};
	struct conf_diags diags;
	struct conf *c = NULL;
	struct err e;
	int rc = conf_load(dir, &cli->env, &c, &diags);

	buf_init(&r.text, TEXT_MAX);
	r.doc.errors = diags.errors;
	r.doc.warnings = diags.warnings;
	for (size_t i = 0; i < diags.n; i++)
		add_finding(&r, &diags.v[i]);
	if (diags.n < diags.errors + diags.warnings)
		buf_printf(&r.text, "… and %zu more\n", diags.errors + diags.warnings - diags.n);
	if (rc == 0 && (rc = conf_run_trials(c, on_trial, &r, &e)) != 0) {
		cli_complain("the tests of the watches could not be run: %s", e.text);
		r.doc.errors++;
	}
	if (c)
		add_watches(&r, c);
	r.doc.conf = c;
	add_summary(&r);
	if (json)
		document_print(document_check(&r.doc), stdout);
	else
		fputs(buf_z(&r.text), stdout);
	json_decref(r.doc.findings);
	json_decref(r.doc.watches);
	buf_release(&r.text);
	conf_diags_release(&diags);
	conf_unref(c);
	return cli_finish(r.doc.errors || (wish->strict && r.doc.warnings) ? CLI_FINDINGS : CLI_OK);
}

/* --- the keys there are --- */

static void print_key(const char *kind, const struct conf_key_row *row, bool json)
{
	if (json)
		document_print(document_key(kind, row), stdout);
	else
		printf("%s\t%s\t%s\t%s\t%s\n", kind, row->key, conf_schema_type_name(row->type),
			row->required ? "(required)" : conf_schema_default(row), row->help);
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

		for (row = conf_schema_kind(k)->keys; row->key; row++) {
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
