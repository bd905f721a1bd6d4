/* SPDX-License-Identifier: MIT */
/* Reading arguments and the files they name, and saying what is wrong with them. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "command.h"

void cli_args_init(struct cli_args *a, const struct cli_command *c, int argc, char **argv)
{
	*a = (struct cli_args){.command = c, .argc = argc, .next = 1, .argv = argv};
}

/* Moves argv[from] down to argv[to], so that operands end up behind the options. */
static void move_down(char **argv, int from, int to)
{
	char *moved = argv[from];

	for (int i = from; i > to; i--)
		argv[i] = argv[i - 1];
	argv[to] = moved;
}

static bool is_option(const char *arg)
{
	return arg[0] == '-' && arg[1] != '\0';
}

/* Does arg name this option? *rest is the value written on to it, or NULL. */
static bool names(const struct cli_option *o, const char *arg, const char **rest)
{
	size_t n = strlen(o->name);

	*rest = NULL;
	if (strcmp(arg, o->name) == 0)
		return true;
	if (!o->value || strncmp(arg, o->name, n) != 0)
		return false;
	if (o->name[1] != '-') {
		*rest = arg + n;
		return true;
	}
	*rest = arg + n + 1;
	return arg[n] == '=';
}

static const struct cli_option *find(
	const struct cli_command *c, const char *arg, const char **rest)
{
	for (const struct cli_option *o = c->options; o && o->id; o++)
		if (names(o, arg, rest))
			return o;
	return NULL;
}

int cli_args_next(struct cli_args *a, const char **value)
{
	const struct cli_option *o;
	int at = a->next;

	*value = NULL;
	while (!a->ended && at < a->argc && !is_option(a->argv[at]))
		at++;
	if (a->ended || at == a->argc)
		return 0;
	move_down(a->argv, at, a->next);
	if (strcmp(a->argv[a->next], "--") == 0) {
		a->next++;
		a->ended = true;
		return 0;
	}
	o = find(a->command, a->argv[a->next], value);
	if (!o) {
		cli_usage(a->command, "unknown option %s", a->argv[a->next]);
		return -1;
	}
	a->next++;
	if (o->value && !*value) {
		if (at + 1 >= a->argc) {
			cli_usage(a->command, "%s needs a value: %s", o->name, o->value);
			return -1;
		}
		move_down(a->argv, at + 1, a->next);
		*value = a->argv[a->next++];
	}
	return o->id;
}

int cli_args_conf_json(struct cli_args *a, const char **dir, bool *json)
{
	const char *value;
	int id;

	while ((id = cli_args_next(a, &value)) > 0) {
		if (id == CLI_OPT_CONF)
			*dir = value;
		else
			*json = true;
	}
	return id < 0 ? CLI_USAGE : CLI_OK;
}

__attribute__((format(printf, 2, 0))) static void complain(
	const char *who, const char *fmt, va_list ap)
{
	struct buf text, line;

	buf_init(&text, 64 * 1024);
	buf_init(&line, 256 * 1024);
	buf_vprintf(&text, fmt, ap);
	utf8_escape(&line, buf_str(&text), 4096, false);
	fprintf(stderr, "nightdesk%s%s: %s\n", who ? " " : "", who ? who : "", buf_z(&line));
	buf_release(&text);
	buf_release(&line);
}

int cli_usage(const struct cli_command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(c->name, fmt, ap);
	va_end(ap);
	fprintf(stderr, "usage: nightdesk %s%s%s%s\nTry: nightdesk %s --help\n", c->name,
		c->options ? " [OPTION…]" : "", c->operands ? " " : "",
		c->operands ? c->operands : "", c->name);
	return CLI_USAGE;
}

void cli_complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(NULL, fmt, ap);
	va_end(ap);
}

int cli_exit_of(const struct err *e)
{
	switch (e->cls) {
	case ERR_NONE: return CLI_OK;
	case ERR_TEMP: return CLI_TEMPFAIL;
	case ERR_PERM: return CLI_UNAVAILABLE;
	case ERR_INPUT: return CLI_FINDINGS;
	case ERR_LIMIT: return CLI_FINDINGS;
	case ERR_CONF: return CLI_CONFIG;
	case ERR_NOMEM: return CLI_OSERR;
	case ERR_IO: return CLI_IOERR;
	case ERR_BUG: return CLI_SOFTWARE;
	}
	return CLI_SOFTWARE;
}

int cli_read_file(const char *path, struct buf *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	char step[16384];
	size_t n;
	int rc = CLI_OK;

	while (f && !buf_failed(out) && (n = fread(step, 1, sizeof(step), f)) > 0)
		buf_add(out, step, n);
	if (!f || ferror(f)) {
		cli_complain("%s: %s", path, strerror(errno));
		rc = CLI_FINDINGS;
	}
	if (f && f != stdin)
		fclose(f);
	return rc;
}

int cli_finish(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	cli_complain("cannot write to standard output");
	return CLI_IOERR;
}
