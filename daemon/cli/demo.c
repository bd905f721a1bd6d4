/* SPDX-License-Identifier: MIT */
/*
 * nightdesk demo: a newsroom in a box. This process plays the world (outlets that publish, a
 * receiver of alerts) on one loopback port; the daemon that polls and alerts is the real one, in a
 * process of its own with a real configuration in a directory that is removed at the end.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "command.h"
#include "demo.h"
#include "newsroom.h"
#include "io/httpd.h"
#include "io/loop.h"

#define STOP_PATIENCE (6 * CLOCK_SECOND) /* the daemon promises 5 */

struct demo {
	const struct cli *cli;
	struct loop *loop;
	struct httpd *httpd;
	char dir[64];
	char base_url[64];
	struct buf secret;
	int64_t started;
	pid_t daemon;
	bool stopping;
	unsigned alerts;
	int code;
};

static void serve_feed(const struct demo *d, const struct newsroom_outlet *o,
	const struct httpd_request *q, struct httpd_reply *r)
{
	static char etag[24];
	const char *known = httpd_header(q, "If-None-Match");

	newsroom_feed(o, d->started, clock_wall(), d->base_url, &r->body);
	snprintf(etag, sizeof(etag), "\"%016llx\"",
		(unsigned long long)digest_fast64(buf_str(&r->body), 0));
	r->etag = etag;
	r->content_type = o->content_type;
	if (known && strcmp(known, etag) == 0)
		r->status = 304;
}

static void take_alert(struct demo *d, const struct httpd_request *q, struct httpd_reply *r)
{
	const char *id = httpd_header(q, "webhook-id");
	const char *stamp = httpd_header(q, "webhook-timestamp");
	const char *signature = httpd_header(q, "webhook-signature");

	if (!id || !stamp || !signature ||
		!demo_signed(buf_str(&d->secret), id, stamp, signature, q->body)) {
		r->status = 401;
		return;
	}
	r->status = demo_print(q->body, d->cli->color, d->started) ? 204 : 400;
	d->alerts += r->status == 204;
}

static void on_request(void *arg, const struct httpd_request *q, struct httpd_reply *r)
{
	struct demo *d = arg;
	const struct newsroom_outlet *o = newsroom_find(q->path);

	if (q->method != HTTPD_POST && o)
		serve_feed(d, o, q, r);
	else if (q->method == HTTPD_POST && strcmp(q->path, "/alerts") == 0)
		take_alert(d, q, r);
	else
		r->status = 404;
}

static void give_up_on_daemon(void *arg)
{
	struct demo *d = arg;

	if (d->daemon > 0)
		kill(d->daemon, SIGKILL);
}

static void on_stop(void *arg)
{
	struct demo *d = arg;

	if (d->stopping)
		return;
	d->stopping = true;
	if (d->daemon <= 0) {
		loop_stop(d->loop);
		return;
	}
	kill(d->daemon, SIGTERM);
	loop_timer(d->loop, "demo patience", STOP_PATIENCE, give_up_on_daemon, d);
}

/* The daemon ended: at our word, or by itself, and then its log says why. */
static void on_child(void *arg)
{
	struct demo *d = arg;
	int status;

	if (d->daemon <= 0 || waitpid(d->daemon, &status, WNOHANG) != d->daemon)
		return;
	d->daemon = 0;
	if (!d->stopping || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		d->code = CLI_SOFTWARE;
	loop_stop(d->loop);
}

static void show_log(const struct demo *d)
{
	char path[96], line[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/daemon.log", d->dir);
	f = fopen(path, "re");
	cli_complain("the daemon ended by itself; its log:");
	while (f && fgets(line, sizeof(line), f)) {
		cli_put_text(stderr, str_slice(line, strcspn(line, "\n")));
		fputc('\n', stderr);
	}
	if (f)
		fclose(f);
}

/* In the child: never returns. */
static void become_daemon(const char *dir, pid_t parent)
{
	char log[96];
	char *const no_environment[] = {NULL};
	int fd;

	snprintf(log, sizeof(log), "%s/daemon.log", dir);
	fd = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setpgid(0, 0); /* Ctrl-C is for the parent, which then stops this one */
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
		getppid() != parent)
		_exit(CLI_OSERR);
	execle("/proc/self/exe", "nightdesk", "run", "-c", dir, (char *)NULL, no_environment);
	_exit(CLI_OSERR);
}

static int start_daemon(struct demo *d)
{
	pid_t parent = getpid();

	d->daemon = fork();
	if (d->daemon == 0)
		become_daemon(d->dir, parent);
	if (d->daemon > 0)
		return 0;
	cli_complain("cannot start the daemon: %s", strerror(errno));
	return CLI_OSERR;
}

static void introduce(const struct demo *d, int64_t for_ms)
{
	printf("A newsroom in a box: %zu outlets publish at %s; nothing leaves this machine.\n"
	       "  feeds   ",
		newsroom_outlet_count, d->base_url);
	for (size_t i = 0; i < newsroom_outlet_count; i++)
		printf("%s%s", i ? " " : "", newsroom_outlets[i].path + 1);
	printf("\n  files   %s (configuration, watchlists, database, daemon.log)\n"
	       "  look    nightdesk status -c %s\n"
	       "  daemon  the real one, process %ld\n",
		d->dir, d->dir, (long)d->daemon);
	if (for_ms)
		printf("Ends after %lld s, or with Ctrl-C.\n\n",
			(long long)(for_ms / CLOCK_SECOND));
	else
		printf("Ctrl-C ends it.\n\n");
	fflush(stdout);
}

static int open_world(struct demo *d, struct err *e)
{
	struct httpd_options o = {
		.address = "127.0.0.1",
		.connections = 64,
		.deadline_ms = 10 * CLOCK_SECOND,
		.max_body = (size_t)1024 * 1024,
		.take_post = true,
		.handler = on_request,
		.arg = d,
	};

	d->loop = loop_new();
	if (!d->loop)
		return err_nomem(e);
	if (httpd_new(&d->httpd, d->loop, &o, e) != 0)
		return -(int)e->cls;
	snprintf(d->base_url, sizeof(d->base_url), "http://127.0.0.1:%u",
		(unsigned)httpd_port(d->httpd));
	if (loop_signal(d->loop, SIGINT, on_stop, d) || loop_signal(d->loop, SIGTERM, on_stop, d) ||
		loop_signal(d->loop, SIGCHLD, on_child, d))
		return err_set(e, ERR_IO, "cannot watch for signals");
	return demo_layout(d->base_url, d->dir, sizeof(d->dir), &d->secret, e);
}

static int play(struct demo *d, int64_t for_ms)
{
	struct err e;
	int code;

	if (open_world(d, &e) != 0) {
		cli_complain("demo: %s", e.text);
		return cli_exit_of(&e);
	}
	code = start_daemon(d);
	if (code)
		return code;
	introduce(d, for_ms);
	if (for_ms)
		loop_timer(d->loop, "demo end", for_ms, on_stop, d);
	if (loop_run(d->loop, &e) != 0)
		return CLI_SOFTWARE;
	if (d->code && !d->stopping)
		show_log(d);
	else
		printf("%u alert%s. The demo's files are removed.\n", d->alerts,
			d->alerts == 1 ? "" : "s");
	return d->code;
}

enum { OPT_FOR = 1 };

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct demo d = {.cli = cli, .started = clock_wall()};
	struct cli_args args;
	const char *value;
	long seconds = 0;
	int opt, code;

	cli_args_init(&args, self, argc, argv);
	while ((opt = cli_args_next(&args, &value)) != 0) {
		char *end;

		if (opt < 0)
			return CLI_USAGE;
		seconds = strtol(value, &end, 10);
		if (*end == 's')
			end++;
		if (*end || seconds < 1 || seconds > 86400)
			return cli_usage(self, "--for takes seconds, 1 to 86400, not %s", value);
	}
	if (args.next != argc)
		return cli_usage(self, "takes no file");
	signal(SIGPIPE, SIG_IGN);
	buf_init(&d.secret, 256);
	code = play(&d, seconds * CLOCK_SECOND);
	httpd_free(d.httpd);
	loop_free(d.loop);
	if (d.dir[0])
		demo_remove(d.dir);
	buf_release(&d.secret);
	return cli_finish(code);
}

static const struct cli_option options[] = {
	{OPT_FOR, "--for", "SECONDS", "end by itself after so long (default: at Ctrl-C)"},
	{0},
};

const struct cli_command cmd_demo = {
	.name = "demo",
	.summary = "a newsroom in a box: feeds appear, watches match, alerts print",
	.options = options,
	.detail =
		"Made-up outlets publish on a loopback port; the real daemon polls them with the\n"
		"example watchlists and sends signed webhooks back here, where they are printed.\n"
		"Nothing outside the machine is reached and nothing is left behind.",
	.run = run,
};
