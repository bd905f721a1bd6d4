/* SPDX-License-Identifier: MIT */
/* nightdesk backup and restore: copies of the database. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "document/document.h"
#include "io/control.h"
#include "report.h"
#include "store/backup.h"

#define ANSWER_MS 60000
#define SWAP_MS	  (10 * CLOCK_MINUTE) /* the daemon stops its work and reads both databases */
#define PAUSE_US  100000

static void backup_print(const struct cli_call *call, const char *what, const char *file,
	const struct store_copied *v)
{
	if (call->options.json) {
		document_print(json_pack("{ss sI sI sI si}", "file", file, "bytes",
				       (json_int_t)v->bytes, "items", (json_int_t)v->items,
				       "alerts", (json_int_t)v->alerts, "schema", v->schema),
			stdout);
		return;
	}
	fputs(what, stdout);
	utf8_print(stdout, str_of(file));
	printf(": %lld item%s, %lld alert%s, %.1f MiB\n", (long long)v->items, str_plural(v->items),
		(long long)v->alerts, str_plural(v->alerts), (double)v->bytes / 1048576);
}

/* A file that is damaged or in the way has an exit code of its own. */
static int backup_report(int rc, const struct err *e)
{
	int code = report_result(rc, e);

	if (rc && e->cls == ERR_INPUT)
		return CLI_DATAERR;
	if (rc && e->cls == ERR_CONF)
		return CLI_CANTCREAT;
	/* There is no such file or directory. */
	return rc && e->cls == ERR_PERM ? CLI_FINDINGS : code;
}

static int backup_run(const struct cli_call *call)
{
	struct store_copied v;
	struct err e;
	int code;
	struct conf *c = conf_dir_load_daemon(call->cli, call->options.dir, &code);

	if (!c)
		return code;
	code = backup_report(store_backup(c->daemon.state, call->operands[0], &v, &e), &e);
	if (code == CLI_OK)
		backup_print(call, "backup in ", call->operands[0], &v);
	conf_unref(c);
	return code;
}

/* --- restore --- */

static int restore_without_daemon(const char *path)
{
	struct store_restored r;
	struct err e;
	int code = backup_report(store_restore(path, &r, &e), &e);

	if (code != CLI_OK)
		store_restore_give_up(path);
	else if (r.unknown.cls != ERR_NONE)
		report_error("what was sent since the backup is not known: %s", r.unknown.text);
	return code;
}

/* The daemon has taken the file when its name is gone, and runs with it when it answers. */
static int restore_wait(const struct conf *c)
{
	int64_t end = clock_mono() + SWAP_MS;

	while (store_restore_waits(c->daemon.state) || !control_listening(c->daemon.control)) {
		if (clock_mono() > end) {
			report_error("nightdesk has not restored it after %d minutes; its log says "
				     "why",
				(int)(SWAP_MS / CLOCK_MINUTE));
			return CLI_TEMPFAIL;
		}
		usleep(PAUSE_US);
	}
	if (!store_restore_failed(c->daemon.state))
		return CLI_OK;
	report_error("the database was not restored; the log of nightdesk says why");
	return CLI_FINDINGS;
}

static int restore_ask(const struct conf *c)
{
	json_t *answer = NULL;
	const char *refusal;
	struct err e;
	int code, rc = control_ask_command(c->daemon.control, "restore", ANSWER_MS, &answer, &e);

	if (rc && e.cls == ERR_TEMP && !control_listening(c->daemon.control))
		return restore_without_daemon(c->daemon.state);
	if (rc)
		return report_access(rc, &e);
	refusal = json_string_value(json_object_get(answer, "error"));
	if (refusal)
		report_error("nothing was changed: %s", refusal);
	code = refusal ? CLI_TEMPFAIL : restore_wait(c);
	json_decref(answer);
	return code;
}

static int restore_run(const struct cli_call *call)
{
	const char *file = call->operands[0];
	struct store_copied v;
	struct err e;
	int code;
	struct conf *c = conf_dir_load_daemon(call->cli, call->options.dir, &code);

	if (!c)
		return code;
	code = backup_report(store_restore_prepare(c->daemon.state, file, &v, &e), &e);
	if (code == CLI_OK)
		code = c->daemon.control ? restore_ask(c) : restore_without_daemon(c->daemon.state);
	if (code == CLI_OK)
		backup_print(call, "restored from ", file, &v);
	conf_unref(c);
	return code;
}

#define BACKUP_OPERAND .operands = "FILE", .values = CLI_FILES, .min = 1, .max = 1

const struct cli_command cmd_backup = {
	.name = "backup",
	BACKUP_OPERAND,
	.summary = "copy the database to a file, while nightdesk runs",
	.run = backup_run,
	.options = cli_plain_options,
	.detail =
		"The copy is one file, checked before it gets its name. An earlier backup of that\n"
		"name is replaced, another file is not (73). 65: the database is damaged.",
};

const struct cli_command cmd_restore = {
	.name = "restore",
	BACKUP_OPERAND,
	.summary = "put a backup in the place of the database",
	.run = restore_run,
	.options = cli_plain_options,
	.detail = "Works whether or not the daemon runs; run it as root or as the daemon's user. "
		  "What\n"
		  "was delivered is not sent again, neither before the backup nor since, as far as "
		  "the\n"
		  "old database can be read; that is kept as PATH.before-restore. Backups of "
		  "earlier\n"
		  "versions are upgraded. 65: the file is damaged or no backup.",
};
