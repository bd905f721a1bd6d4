/* SPDX-License-Identifier: MIT */
#include "stored.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf/form.h"

int cli_open_store(const struct cli *cli, const char *dir, struct store **out)
{
	struct cli_places places;
	struct err e = {0};
	int code = cli_find_places(cli, dir, &places);

	*out = NULL;
	if (code)
		return code;
	code = cli_stored_code(store_open(out, places.state, STORE_READ, &e), &e);
	if (e.cls == ERR_INPUT && access(places.state, F_OK) == 0)
		code = CLI_DATAERR; /* it is there, but not ours, or damaged */
	cli_places_release(&places);
	return code;
}

int cli_stored_code(int rc, const struct err *e)
{
	if (rc == 0)
		return CLI_OK;
	cli_complain("%s", e->text);
	return e->cls == ERR_PERM ? CLI_NOPERM : cli_exit_of(e);
}

int cli_stored_run(struct stored_call *call, const char *dir, const struct cli_args *operands,
	int (*list)(const struct stored_call *call), int (*show)(const struct stored_call *call))
{
	int n = operands->argc - operands->next, code;
	char **words = operands->argv + operands->next;
	const char *verb = n ? words[0] : "list";
	bool shows = strcmp(verb, "show") == 0;

	if (!shows && strcmp(verb, "list") != 0)
		return cli_usage(call->self, "there is no %s %s", call->self->name, verb);
	if (shows ? n != 2 : n > 1)
		return cli_usage(
			call->self, shows ? "show takes one id" : "list takes no more words");
	call->id = shows ? words[1] : NULL;
	call->dir = dir;
	code = cli_open_store(call->cli, dir, &call->store);
	if (!code)
		code = shows ? show(call) : list(call);
	store_close(call->store);
	return cli_finish(code);
}

int cli_read_since(const struct cli_command *self, const char *value, int64_t *out)
{
	int64_t ago;

	if (!conf_form_duration(str_of(value), &ago))
		return cli_usage(self, "--since takes 30m, 2h or 7d");
	*out = clock_wall() - ago;
	return CLI_OK;
}

int cli_read_limit(const struct cli_command *self, const char *value, size_t *out)
{
	int64_t n;

	if (!conf_form_count(str_of(value), &n))
		return cli_usage(self, "--limit takes a number");
	*out = (size_t)n;
	return CLI_OK;
}

void cli_put_stamp(int64_t ms)
{
	char text[STAMP_TEXT_MAX];
	char *t;

	if (ms == STAMP_NONE) {
		fputs("never", stdout);
		return;
	}
	clock_rfc3339(ms, false, text);
	t = strchr(text, 'T');
	if (t)
		*t = ' ';
	fputs(text, stdout);
}

void cli_put_line(const char *name, struct str s)
{
	if (!str_present(s))
		return;
	printf("%-10s ", name);
	utf8_print(stdout, s);
	putchar('\n');
}

void cli_put_stamp_line(const char *name, int64_t ms)
{
	printf("%-10s ", name);
	cli_put_stamp(ms);
	putchar('\n');
}

void cli_put_headline(const struct alert *a, size_t max)
{
	struct buf b;

	buf_init(&b, max + 16);
	alert_headline(a, max, &b);
	utf8_print(stdout, buf_str(&b));
	buf_release(&b);
}
