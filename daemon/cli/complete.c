/* SPDX-License-Identifier: MIT */
/*
 * nightdesk complete: the words that can follow on a command line, for the completion of shells.
 * The scripts in packaging/completion only pass words here and show what is printed. A line is a
 * word and, after a tab, its description. An empty word with the description "files" or
 * "directories" asks the shell for names of those.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "conf_dir.h"
#include "print.h"
#include "store/archive.h"
#include "text/stem.h"

#define NEWEST	     30
#define HEADLINE_MAX 60

struct complete {
	const struct cli *cli;
	const struct cli_command *command;
	const char *dir;  /* -c */
	const char *word; /* what is typed of the value */
	size_t before;	  /* bytes of the typed word before it: of "--state=" */
	const char *verb; /* the first operand; NULL: none */
	size_t operands;  /* before the word */
	bool ended;	  /* "--" ended the options */
};

/* --- candidates --- */

/* Starts the line of a candidate. Returns whether it begins as what is typed does. */
static bool complete_begin(const struct complete *c, struct str text)
{
	if (!str_starts(text, str_of(c->word)))
		return false;
	fwrite(c->word - c->before, 1, c->before, stdout);
	utf8_print(stdout, text);
	return true;
}

static void complete_print(void *ctx, struct str text, struct str description)
{
	if (complete_begin(ctx, text)) {
		print_text("\t", description, "");
		putchar('\n');
	}
}

static void complete_print_words(struct complete *c, const char *const *words)
{
	for (; *words; words++)
		complete_print(c, str_of(*words), STR_NONE);
}

static void complete_print_commands(struct complete *c)
{
	for (const struct cli_command *const *p = c->cli->commands; *p; p++)
		complete_print(c, str_of((*p)->name), str_of((*p)->summary));
}

static void complete_print_options(struct complete *c)
{
	for (const struct cli_option *o = c->command->options; o && o->name; o++)
		complete_print(c, str_of(o->name), str_of(o->help));
	complete_print(c, str_of("--help"), str_of("show the options"));
}

static void complete_print_languages(struct complete *c)
{
	for (size_t i = 0; text_stem_language(i); i++)
		complete_print(c, str_of(text_stem_language(i)), STR_NONE);
}

/* --- from the database --- */

static int complete_print_alert(void *ctx, const struct store_alert_row *row)
{
	if (complete_begin(ctx, row->alert.id)) {
		putchar('\t');
		print_headline(&row->alert, HEADLINE_MAX);
		putchar('\n');
	}
	return 0;
}

static int complete_print_delivery(void *ctx, const struct store_due *row)
{
	char id[32];

	snprintf(id, sizeof(id), "%lld", (long long)row->d.id);
	if (complete_begin(ctx, str_of(id))) {
		print_text("\t", row->d.notify, ": ");
		print_headline(&row->alert, HEADLINE_MAX);
		putchar('\n');
	}
	return 0;
}

static int complete_print_item(void *ctx, const struct store_item_row *row)
{
	const struct alert a = {.title = row->item.title, .link = row->item.link};
	char number[32];

	snprintf(number, sizeof(number), "#%lld", (long long)row->id);
	if (complete_begin(ctx, str_of(number))) {
		putchar('\t');
		print_headline(&a, HEADLINE_MAX);
		putchar('\n');
	}
	return 0;
}

/* A database that cannot be read has no candidates. */
static void complete_print_stored(struct complete *c, enum cli_values values)
{
	const struct store_alert_filter alerts = {.since = STAMP_NONE, .limit = NEWEST};
	const struct store_delivery_filter deliveries = {.state = -1, .limit = NEWEST};
	const struct archive_period items = {
		.since = STAMP_NONE, .until = STAMP_NONE, .newest = NEWEST};
	struct store *s;
	struct err e;

	if (conf_dir_open_database(c->cli, c->dir, &s) != CLI_OK)
		return;
	if (values == CLI_DELIVERIES)
		store_delivery_each(s, &deliveries, complete_print_delivery, c, &e);
	else
		store_alert_each(s, &alerts, complete_print_alert, c, &e);
	if (values == CLI_ITEMS)
		archive_each(s, &items, complete_print_item, c, &e);
	store_close(s);
}

static void complete_print_values(struct complete *c, enum cli_values values)
{
	const struct conf_env *env = &c->cli->env;

	switch (values) {
	case CLI_ANY: break;
	case CLI_FILES: puts("\tfiles"); break;
	case CLI_DIRECTORIES: puts("\tdirectories"); break;
	case CLI_COMMANDS: complete_print_commands(c); break;
	case CLI_LANGUAGES: complete_print_languages(c); break;
	case CLI_FEEDS: conf_each_block(c->dir, env, "feed", complete_print, c); break;
	case CLI_WATCHES: conf_each_block(c->dir, env, "watch", complete_print, c); break;
	case CLI_RECEIVERS: conf_each_block(c->dir, env, "notify", complete_print, c); break;
	case CLI_ALERTS:
	case CLI_DELIVERIES:
	case CLI_ITEMS: complete_print_stored(c, values); break;
	}
}

/* --- the command line --- */

static void complete_print_option_values(struct complete *c, const struct cli_option *o)
{
	static const char *const ages[] = {"30m", "2h", "1d", "7d", "30d", NULL};

	if (o->kind == CLI_WORD)
		complete_print_words(c, o->words);
	else if (o->kind == CLI_SINCE || o->kind == CLI_DURATION)
		complete_print_words(c, ages);
	else
		complete_print_values(c, o->values);
}

static void complete_print_operands(struct complete *c)
{
	const struct cli_command *command = c->command;
	const struct cli_verb *v = command->verbs;
	enum cli_values values = CLI_ANY;

	if (v && c->operands == 0) {
		for (; v->name; v++)
			complete_print(c, str_of(v->name), STR_NONE);
		return;
	}
	while (v && v->name && strcmp(v->name, c->verb) != 0)
		v++;
	if (v && v->name && (c->operands == 1 || v->many))
		values = v->values;
	else if (!v && c->operands < command->max)
		values = command->values;
	if (values != CLI_ANY)
		complete_print_values(c, values);
	else if (!*c->word)
		complete_print_options(c);
}

/* Reads an argument before the one to complete. Returns the option whose value the next one is. */
static const struct cli_option *complete_read(
	struct complete *c, const struct cli_option *pending, const char *argument)
{
	const struct cli_option *o = pending;
	const char *value = argument;

	if (!pending && !c->ended && argument[0] == '-' && argument[1]) {
		c->ended = strcmp(argument, "--") == 0;
		o = args_find_option(c->command, argument, &value);
		if (!o)
			return NULL;
	}
	if (!o && c->operands++ == 0)
		c->verb = argument;
	if (o && value && (strcmp(o->name, "-c") == 0 || strcmp(o->name, "--watchlists") == 0))
		c->dir = value;
	return o && o->value && !value ? o : NULL;
}

/* Completes words[n - 1]; words[0] is the first after the name of the command. */
static void complete_print_arguments(struct complete *c, char *const *words, size_t n)
{
	const struct cli_option *o = NULL;
	const char *value;

	for (size_t i = 0; i + 1 < n; i++)
		o = complete_read(c, o, words[i]);
	c->word = words[n - 1];
	if (o) {
		complete_print_option_values(c, o);
		return;
	}
	if (c->ended || c->word[0] != '-') {
		complete_print_operands(c);
		return;
	}
	o = args_find_option(c->command, c->word, &value);
	if (!o || !value) {
		complete_print_options(c);
		return;
	}
	c->before = (size_t)(value - c->word);
	c->word = value;
	complete_print_option_values(c, o);
}

static const struct cli_command *complete_find_command(const struct cli *cli, const char *name)
{
	const struct cli_command *const *p = cli->commands;

	while (*p && strcmp((*p)->name, name) != 0)
		p++;
	return *p;
}

static int complete_run(const struct cli_call *call)
{
	struct complete c = {.cli = call->cli, .dir = CLI_CONF_DIR, .word = ""};

	if (call->n_operands > 1) {
		c.command = complete_find_command(call->cli, call->operands[0]);
		if (c.command)
			complete_print_arguments(&c, call->operands + 1, call->n_operands - 1);
		return CLI_OK;
	}
	if (call->n_operands)
		c.word = call->operands[0];
	complete_print_commands(&c);
	if (*c.word == '-') {
		complete_print(&c, str_of("--help"), str_of("list the commands"));
		complete_print(&c, str_of("--version"), str_of("print the version"));
	}
	return CLI_OK;
}

const struct cli_command cmd_complete = {
	.name = "complete",
	.summary = "print what can follow on a command line; shells call it",
	.operands = "-- [WORD…]",
	.max = CLI_MANY,
	.run = complete_run,
	.detail =
		"The words are those after nightdesk; the last is the one to complete. A line is\n"
		"a word and, after a tab, its description. After an empty word, \"files\" or\n"
		"\"directories\" asks for names of those.",
};
