/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "conf/form.h"
#include "report.h"

const struct cli_option cli_plain_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{0},
};

/* --- values --- */

static int args_set_since(
	const struct cli_command *c, const struct cli_option *o, const char *value, int64_t *out)
{
	int64_t ago;

	if (!conf_form_number(str_of(value), conf_duration_units, &ago))
		return report_usage(c, "%s takes 30m, 2h or 7d", o->name);
	*out = clock_wall() - ago;
	return CLI_OK;
}

static int args_set_duration(
	const struct cli_command *c, const struct cli_option *o, const char *value, int64_t *out)
{
	if (conf_form_number(str_of(value), conf_duration_units, out) && *out > 0)
		return CLI_OK;
	return report_usage(c, "%s takes 30m, 2h or 7d", o->name);
}

static int args_set_count(
	const struct cli_command *c, const struct cli_option *o, const char *value, size_t *out)
{
	int64_t n;

	if (!conf_form_number(str_of(value), conf_count_units, &n))
		return report_usage(c, "%s takes a number", o->name);
	if (o->max && (size_t)n > o->max)
		return report_usage(c, "%s takes a number up to %zu", o->name, o->max);
	*out = (size_t)n;
	return CLI_OK;
}

static int args_set_word(
	const struct cli_command *c, const struct cli_option *o, const char *value, int *out)
{
	struct nearest near;
	struct buf words;

	nearest_init(&near, str_of(value));
	buf_init(&words, 1024);
	for (int i = 0; o->words[i]; i++) {
		if (strcmp(o->words[i], value) == 0) {
			*out = i;
			buf_release(&words);
			return CLI_OK;
		}
		nearest_try(&near, str_of(o->words[i]));
		buf_printf(&words, "%s%s", i ? ", " : "", o->words[i]);
	}
	if (str_present(near.best))
		buf_printf(&words, "; did you mean %.*s?", STR_ARG(near.best));
	report_usage(c, "%s takes one of %s", o->name, buf_z(&words));
	buf_release(&words);
	return CLI_USAGE;
}

static int args_set(const struct cli_command *c, const struct cli_option *o, const char *value,
	struct cli_options *options)
{
	void *field = (char *)options + o->field;
	struct cli_texts *texts = field;

	switch (o->kind) {
	case CLI_FLAG: *(bool *)field = true; break;
	case CLI_TEXT: *(const char **)field = value; break;
	case CLI_TEXTS:
		if (texts->n == CLI_TEXTS_MAX)
			return report_usage(
				c, "%s is given more than %d times", o->name, CLI_TEXTS_MAX);
		texts->v[texts->n++] = value;
		break;
	case CLI_SINCE: return args_set_since(c, o, value, field);
	case CLI_DURATION: return args_set_duration(c, o, value, field);
	case CLI_COUNT: return args_set_count(c, o, value, field);
	case CLI_WORD: return args_set_word(c, o, value, field);
	}
	return CLI_OK;
}

static int args_set_default(
	const struct cli_command *c, const struct cli_option *o, struct cli_options *options)
{
	void *field = (char *)options + o->field;

	if (o->kind == CLI_SINCE)
		*(int64_t *)field = STAMP_NONE;
	else if (o->kind == CLI_WORD)
		*(int *)field = -1;
	return o->fallback ? args_set(c, o, o->fallback, options) : CLI_OK;
}

/* --- words --- */

struct args {
	const struct cli_command *command;
	struct cli_options *options;
	int argc, next; /* argv[next]: the next word; after the end the first operand */
	char **argv;
};

/* Moves argv[from] down to argv[to]: operands end up after the options. */
static void args_move(char **argv, int from, int to)
{
	char *moved = argv[from];

	for (int i = from; i > to; i--)
		argv[i] = argv[i - 1];
	argv[to] = moved;
}

/* Is word this option? *value: a value in the same word, or NULL. */
static bool args_match(const struct cli_option *o, const char *word, const char **value)
{
	size_t n = strlen(o->name);

	*value = NULL;
	if (strcmp(word, o->name) == 0)
		return true;
	if (!o->value || strncmp(word, o->name, n) != 0)
		return false;
	if (o->name[1] != '-') {
		*value = word + n;
		return true;
	}
	*value = word + n + 1;
	return word[n] == '=';
}

const struct cli_option *args_find_option(
	const struct cli_command *c, const char *word, const char **value)
{
	for (const struct cli_option *o = c->options; o && o->name; o++)
		if (args_match(o, word, value))
			return o;
	return NULL;
}

static int args_report_option(const struct cli_command *c, const char *word)
{
	struct nearest near;

	nearest_init(&near, str_slice(word, strcspn(word, "=")));
	nearest_try(&near, STR("--help"));
	for (const struct cli_option *o = c->options; o && o->name; o++)
		nearest_try(&near, str_of(o->name));
	if (str_present(near.best) && strncmp(word, "--", 2) == 0)
		return report_usage(
			c, "unknown option %s; did you mean %.*s?", word, STR_ARG(near.best));
	return report_usage(c, "unknown option %s", word);
}

/* Reads the option at argv[at]. */
static int args_read_option(struct args *a, int at)
{
	const struct cli_option *o;
	const char *value;

	args_move(a->argv, at, a->next);
	o = args_find_option(a->command, a->argv[a->next], &value);
	if (!o)
		return args_report_option(a->command, a->argv[a->next]);
	a->next++;
	if (o->value && !value) {
		if (at + 1 >= a->argc)
			return report_usage(a->command, "%s needs a value: %s", o->name, o->value);
		args_move(a->argv, at + 1, a->next);
		value = a->argv[a->next++];
	}
	return args_set(a->command, o, value, a->options);
}

/* Options move to the front, in their order; argv[next] to argv[at - 1] are operands. */
static int args_read(struct args *a)
{
	int at = 1, code = CLI_OK;

	for (const struct cli_option *o = a->command->options; o && o->name && !code; o++)
		code = args_set_default(a->command, o, a->options);
	while (!code && at < a->argc) {
		int first = a->next;

		if (a->argv[at][0] != '-' || !a->argv[at][1]) {
			at++;
			continue;
		}
		if (strcmp(a->argv[at], "--") == 0) {
			args_move(a->argv, at, a->next++);
			break;
		}
		code = args_read_option(a, at);
		at += a->next - first;
	}
	return code;
}

/* --- running --- */

static int args_report_verb(const struct cli_command *c, const char *word)
{
	struct nearest near;

	nearest_init(&near, str_of(word));
	for (const struct cli_verb *v = c->verbs; v->name; v++)
		nearest_try(&near, str_of(v->name));
	if (str_present(near.best))
		return report_usage(
			c, "there is no command %s; did you mean %.*s?", word, STR_ARG(near.best));
	return report_usage(c, "there is no command %s", word);
}

static int args_run_verb(struct cli_call *call)
{
	const struct cli_command *c = call->command;
	const struct cli_verb *verb = c->verbs;

	if (call->n_operands > 0) {
		while (verb->name && strcmp(verb->name, call->operands[0]) != 0)
			verb++;
		if (!verb->name)
			return args_report_verb(c, call->operands[0]);
		call->operands++;
		call->n_operands--;
	}
	if (!verb->many && call->n_operands != (verb->operand ? 1 : 0))
		return report_usage(
			c, "%s takes %s", verb->name, verb->operand ? "one operand" : "no operand");
	return verb->run(call);
}

static int args_run_call(struct cli_call *call)
{
	const struct cli_command *c = call->command;

	if (c->verbs)
		return args_run_verb(call);
	if (call->n_operands < c->min)
		return report_usage(c, "an operand is missing: %s", c->operands);
	if (call->n_operands > c->max)
		return report_usage(c, c->max ? "takes one operand" : "takes no operands");
	return c->run(call);
}

int args_run(const struct cli *cli, const struct cli_command *c, int argc, char **argv)
{
	struct cli_call call = {.cli = cli, .command = c};
	struct args a = {
		.command = c, .options = &call.options, .argc = argc, .next = 1, .argv = argv};
	int code = args_read(&a);

	call.operands = argv + a.next;
	call.n_operands = (size_t)(argc - a.next);
	return code ? code : report_end(args_run_call(&call));
}
