/* SPDX-License-Identifier: MIT */
/* nightdesk alerts tail: new alerts as they come, read from the database. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alerts.h"
#include "base/clock.h"
#include "conf_dir.h"
#include "document/delivery.h"
#include "report.h"

#define LOOK_EVERY_MS 500

struct alerts_follow {
	const struct cli_call *call;
	const struct conf *conf;
	struct store *store;
	struct stat file; /* that is open: restore replaces it */
	struct alerts_list list;
	struct store_alert_filter filter;
};

static volatile sig_atomic_t alerts_tail_interrupted;

static void alerts_tail_on_signal(int signal)
{
	(void)signal;
	alerts_tail_interrupted = 1;
}

static void alerts_tail_catch_signals(void)
{
	/* The second one ends the process, in case standard output is stuck. */
	struct sigaction a = {.sa_handler = alerts_tail_on_signal, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

/* Returns false when the reader of standard output has gone, or a signal came. */
static bool alerts_tail_wait(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};
	int n = poll(&out, 1, LOOK_EVERY_MS);

	return !alerts_tail_interrupted && !(n > 0 && (out.revents & (POLLERR | POLLHUP)));
}

static int alerts_tail_add(void *ctx, const struct store_alert_row *row)
{
	struct alerts_follow *f = ctx;

	f->filter.after = row->row;
	return alerts_list_add(&f->list, row);
}

/* Opens the database, or another file that has its name now. */
static int alerts_tail_open(struct alerts_follow *f)
{
	struct stat now;
	int64_t last;
	struct err e;
	int code;

	if (f->store && (stat(f->conf->daemon.state, &now) != 0 ||
				(now.st_ino == f->file.st_ino && now.st_dev == f->file.st_dev)))
		return CLI_OK;
	store_close(f->store);
	f->store = NULL;
	code = conf_dir_open_store(f->conf, &f->store);
	if (code)
		return code;
	if (stat(f->conf->daemon.state, &f->file) != 0)
		f->file = (struct stat){0};
	if (store_alert_last(f->store, &last, &e) != 0)
		return report_access(-(int)e.cls, &e);
	/* A restored database may have fewer. */
	if (f->filter.after < 0 || f->filter.after > last)
		f->filter.after = last;
	return CLI_OK;
}

static int alerts_tail_look(struct alerts_follow *f)
{
	struct err e;
	int code = alerts_tail_open(f), rc = 0;

	if (code)
		return code;
	alerts_list_init(&f->list, f->call);
	rc = store_alert_each(f->store, &f->filter, alerts_tail_add, f, &e);
	if (columns_end(&f->list.rows) && !rc)
		return report_nomem();
	if (rc == -(int)ERR_TEMP)
		return CLI_OK;
	return rc ? report_access(rc, &e) : CLI_OK;
}

static int alerts_tail_follow(struct alerts_follow *f)
{
	int code;

	alerts_tail_catch_signals();
	do {
		code = alerts_tail_look(f);
		/* What --since asks for was printed. */
		f->filter.since = STAMP_NONE;
	} while (code == CLI_OK && fflush(stdout) == 0 && alerts_tail_wait());
	return code;
}

int alerts_tail(const struct cli_call *call)
{
	struct alerts_follow f = {.call = call, .filter = alerts_list_filter(call)};
	int code = CLI_OK;
	struct conf *c;

	/* A new alert has neither yet. */
	if (call->options.state >= 0 || call->options.unacknowledged)
		return report_usage(call->command, "%s belongs to list",
			call->options.state >= 0 ? "--state" : "--unacknowledged");
	if (call->options.watch)
		code = conf_dir_check_watch(call->cli, call->options.dir, call->options.watch);
	if (code)
		return code;
	c = conf_dir_load_daemon(call->cli, call->options.dir, &code);
	f.conf = c;
	f.filter.limit = 0;
	f.filter.ascending = f.filter.acks = true;
	f.filter.after = f.filter.since == STAMP_NONE ? -1 : 0;
	if (c)
		code = alerts_tail_follow(&f);
	store_close(f.store);
	conf_unref(c);
	return code;
}
