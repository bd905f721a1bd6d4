/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define TEXT_MAX  ((size_t)64 * 1024)
#define SHOWN_MAX ((size_t)4096)

static bool report_color; /* set once, before the first report */

void report_init(bool color)
{
	report_color = color;
}

__attribute__((format(printf, 2, 0))) static void report_line(
	const char *command, const char *fmt, va_list ap)
{
	struct buf text, line;

	buf_init(&text, TEXT_MAX);
	buf_init(&line, 4 * TEXT_MAX);
	buf_vprintf(&text, fmt, ap);
	utf8_escape(&line, buf_str(&text), SHOWN_MAX, false);
	fprintf(stderr, "%snightdesk%s%s:%s %s\n", report_color ? "\033[1;31m" : "",
		command ? " " : "", command ? command : "", report_color ? "\033[0m" : "",
		buf_z(&line));
	buf_release(&text);
	buf_release(&line);
}

void report_print_usage(FILE *to, const struct cli_command *c)
{
	const char *between = " [";

	fprintf(to, "usage: nightdesk %s%s", c->name, c->options ? " [OPTION…]" : "");
	if (c->operands)
		fprintf(to, " %s", c->operands);
	for (const struct cli_verb *v = c->verbs; v && v->name; v++) {
		fprintf(to, "%s%s%s%s", between, v->name, v->operand ? " " : "",
			v->operand ? v->operand : "");
		between = " | ";
	}
	fputs(c->verbs ? "]\n" : "\n", to);
}

void report_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_line(NULL, fmt, ap);
	va_end(ap);
}

int report_usage(const struct cli_command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_line(c->name, fmt, ap);
	va_end(ap);
	report_print_usage(stderr, c);
	fprintf(stderr, "Try: nightdesk %s --help\n", c->name);
	return CLI_USAGE;
}

int report_file(const char *path, int why)
{
	if (strncasecmp(path, "http://", 7) == 0 || strncasecmp(path, "https://", 8) == 0 ||
		strncasecmp(path, "feed:", 5) == 0)
		report_error("%s is an address, not a file; try: nightdesk fetch '%s'", path, path);
	else
		report_error("%s: %s", path, strerror(why));
	return CLI_FINDINGS;
}

int report_nomem(void)
{
	report_error("out of memory");
	return CLI_OSERR;
}

int report_exit_code(const struct err *e)
{
	switch (e->cls) {
	case ERR_NONE: return CLI_OK;
	case ERR_TEMP: return CLI_TEMPFAIL;
	case ERR_PERM: return CLI_UNAVAILABLE;
	case ERR_ACCESS: return CLI_NOPERM;
	case ERR_INPUT: return CLI_FINDINGS;
	case ERR_LIMIT: return CLI_FINDINGS;
	case ERR_CONF: return CLI_CONFIG;
	case ERR_NOMEM: return CLI_OSERR;
	case ERR_IO: return CLI_IOERR;
	case ERR_BUG: return CLI_SOFTWARE;
	}
	return CLI_SOFTWARE;
}

int report_result(int rc, const struct err *e)
{
	if (rc == 0)
		return CLI_OK;
	report_error("%s", e->text);
	return report_exit_code(e);
}

int report_access(int rc, const struct err *e)
{
	int code = report_result(rc, e);

	return rc && e->cls == ERR_PERM ? CLI_NOPERM : code;
}

int report_end(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	report_error("cannot write to standard output");
	return CLI_IOERR;
}
