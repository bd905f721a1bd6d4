/* SPDX-License-Identifier: MIT */
/*
 * The parent process plays the world (outlets that publish, a receiver of alerts) on one loopback
 * port. The daemon is this program again, in a child process, with its own configuration directory.
 */
#include "demo/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "io/httpd.h"
#include "io/loop.h"
#include "layout.h"
#include "newsroom.h"
#include "receiver.h"

#define REPLY_MAX     ((size_t)8 * 1024 * 1024)
#define PASSED_FD     3			 /* sd_listen_fds(3) */
#define STOP_PATIENCE (6 * CLOCK_SECOND) /* the daemon stops within 5 s, or hangs */

struct demo {
	bool color;
	struct loop *loop;
	struct timer_op *timer; /* the end of the demo, then the deadline of the stop */
	struct httpd *httpd;
	int page; /* listening socket, for the daemon; -1: none */
	unsigned page_port;
	char dir[64];
	char base_url[64];
	struct buf secret;
	int64_t started;
	pid_t daemon;
	bool stopping, failed;
	unsigned alerts;
};

/* --- the HTTP server: feeds and the webhook --- */

static void demo_serve_feed(const struct demo *d, const struct newsroom_outlet *o,
	struct httpd_call *call, const struct httpd_request *q)
{
	char etag[24];
	const char *known = httpd_header(q, "If-None-Match");
	struct httpd_reply r = {.status = 200, .etag = etag, .content_type = "application/rss+xml"};
	struct buf body;

	buf_init(&body, REPLY_MAX);
	newsroom_write_feed(o, d->started, clock_wall(), d->base_url, &body);
	snprintf(etag, sizeof(etag), "\"%016llx\"",
		(unsigned long long)digest_fast64(buf_str(&body), 0));
	r.body = buf_str(&body);
	if (known && strcmp(known, etag) == 0)
		r.status = 304;
	if (buf_failed(&body))
		httpd_answer_status(call, 500);
	else
		httpd_answer(call, &r);
	buf_release(&body);
}

/* Returns the status of the answer. */
static int demo_take_alert(struct demo *d, const struct httpd_request *q)
{
	int status;
	const char *id = httpd_header(q, "webhook-id");
	const char *stamp = httpd_header(q, "webhook-timestamp");
	const char *signature = httpd_header(q, "webhook-signature");

	if (!id || !stamp || !signature ||
		!receiver_verify(buf_str(&d->secret), id, stamp, signature, q->body))
		return 401;
	status = receiver_print_alert(q->body, d->color, d->started) ? 204 : 400;
	d->alerts += status == 204;
	return status;
}

static void demo_on_request(void *arg, struct httpd_call *call, const struct httpd_request *q)
{
	struct demo *d = arg;
	const struct newsroom_outlet *o = newsroom_find(q->path);

	if (q->method != HTTPD_POST && o)
		demo_serve_feed(d, o, call, q);
	else if (q->method == HTTPD_POST && strcmp(q->path, "/alerts") == 0)
		httpd_answer_status(call, demo_take_alert(d, q));
	else
		httpd_answer_status(call, 404);
}

/* --- stopping --- */

static void demo_on_deadline(void *arg)
{
	struct demo *d = arg;

	d->timer = NULL;
	if (d->daemon > 0)
		kill(d->daemon, SIGKILL);
}

static void demo_on_stop(void *arg)
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
	loop_timer_cancel(d->timer);
	d->timer = loop_timer(d->loop, "demo deadline", STOP_PATIENCE, demo_on_deadline, d);
}

static void demo_on_end(void *arg)
{
	struct demo *d = arg;

	d->timer = NULL;
	demo_on_stop(d);
}

/* The daemon exited: after SIGTERM, or on an error that its log explains. */
static void demo_on_child(void *arg)
{
	struct demo *d = arg;
	int status;

	if (d->daemon <= 0 || waitpid(d->daemon, &status, WNOHANG) != d->daemon)
		return;
	d->daemon = 0;
	d->failed = !d->stopping || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	loop_stop(d->loop);
}

static void demo_print_log(const struct demo *d)
{
	char path[96], line[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/daemon.log", d->dir);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		utf8_print(stderr, str_slice(line, strcspn(line, "\n")));
		fputc('\n', stderr);
	}
	if (f)
		fclose(f);
}

/* --- starting --- */

/* The socket of the page, which has the number that systemd would give it. */
static int demo_open_page(struct demo *d, struct err *e)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);

	d->page = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (d->page < 0 || bind(d->page, (struct sockaddr *)&at, n) || listen(d->page, SOMAXCONN) ||
		getsockname(d->page, (struct sockaddr *)&at, &n))
		return err_set(e, ERR_IO, "cannot listen for the page: %s", strerror(errno));
	d->page_port = ntohs(at.sin_port);
	return 0;
}

/* Runs in the child: the descriptor of the page is the first one that is passed. */
static bool demo_pass_page(int page)
{
	if (page == PASSED_FD)
		return fcntl(page, F_SETFD, 0) == 0;
	return dup2(page, PASSED_FD) == PASSED_FD;
}

/* Runs in the child and never returns. */
static void demo_exec_daemon(const char *dir, int page, pid_t parent)
{
	char log[96], pid[32];
	char fds[] = "LISTEN_FDS=1";
	char *const environment[] = {pid, fds, NULL};
	int fd;

	snprintf(log, sizeof(log), "%s/daemon.log", dir);
	snprintf(pid, sizeof(pid), "LISTEN_PID=%ld", (long)getpid());
	fd = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setpgid(0, 0); /* Ctrl-C must reach the parent only, which then stops this process */
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
		!demo_pass_page(page) || getppid() != parent)
		_exit(EX_OSERR);
	execle("/proc/self/exe", "nightdesk", "run", "-c", dir, (char *)NULL, environment);
	_exit(EX_OSERR);
}

static int demo_start_daemon(struct demo *d, struct err *e)
{
	pid_t parent = getpid();

	d->daemon = fork();
	if (d->daemon == 0)
		demo_exec_daemon(d->dir, d->page, parent);
	if (d->daemon > 0)
		return 0;
	return err_set(e, ERR_NOMEM, "cannot start the daemon: %s", strerror(errno));
}

static void demo_print_start(const struct demo *d, int64_t duration)
{
	printf("A newsroom in a box: outlets publish at %s; nothing leaves this machine.\n"
	       "  feeds   ",
		d->base_url);
	for (const struct newsroom_outlet *o = newsroom_outlets; o->name; o++)
		printf("%s.xml ", o->name);
	printf("\n  page    http://127.0.0.1:%u/", d->page_port);
	printf("\n  files   %s (configuration, watchlists, database, daemon.log)\n"
	       "  look    nightdesk status -c %s\n"
	       "  daemon  the real one, process %ld\n",
		d->dir, d->dir, (long)d->daemon);
	if (duration)
		printf("Ends after %lld s, or with Ctrl-C.\n\n",
			(long long)(duration / CLOCK_SECOND));
	else
		printf("Ctrl-C ends it.\n\n");
	fflush(stdout);
}

static int demo_start_server(struct demo *d, struct err *e)
{
	struct httpd_options o;

	httpd_options_init(&o);
	o.listen = "127.0.0.1:0";
	o.methods = HTTPD_GET | HTTPD_HEAD | HTTPD_POST;
	o.max_body = (size_t)1024 * 1024;
	o.max_pending = 16 * o.max_body;
	o.guard_host = true;
	o.handler = demo_on_request;
	o.arg = d;
	d->loop = loop_new();
	if (!d->loop)
		return err_nomem(e);
	if (httpd_new(&d->httpd, d->loop, &o, e) != 0)
		return -(int)e->cls;
	snprintf(d->base_url, sizeof(d->base_url), "http://127.0.0.1:%u",
		(unsigned)httpd_port(d->httpd));
	if (loop_signal(d->loop, SIGINT, demo_on_stop, d) ||
		loop_signal(d->loop, SIGTERM, demo_on_stop, d) ||
		loop_signal(d->loop, SIGCHLD, demo_on_child, d))
		return err_set(e, ERR_IO, "cannot watch for signals");
	if (demo_open_page(d, e))
		return -(int)e->cls;
	return layout_create(d->base_url, d->dir, sizeof(d->dir), &d->secret, e);
}

static int demo_play(struct demo *d, int64_t duration, struct err *e)
{
	int rc = demo_start_server(d, e);

	if (rc == 0)
		rc = demo_start_daemon(d, e);
	if (rc)
		return rc;
	demo_print_start(d, duration);
	if (duration)
		d->timer = loop_timer(d->loop, "demo end", duration, demo_on_end, d);
	rc = loop_run(d->loop, e);
	if (rc)
		return rc;
	if (d->failed && !d->stopping) {
		demo_print_log(d);
		return err_set(e, ERR_BUG, "the daemon exited on its own; its log is above");
	}
	printf("%u alert%s. The demo's files are removed.\n", d->alerts, str_plural(d->alerts));
	return d->failed ? err_set(e, ERR_BUG, "the daemon did not stop as it should") : 0;
}

int demo_run(bool color, int64_t duration, struct err *e)
{
	struct demo d = {.color = color, .started = clock_wall(), .page = -1};
	int rc;

	signal(SIGPIPE, SIG_IGN);
	buf_init(&d.secret, 256);
	rc = demo_play(&d, duration, e);
	loop_timer_cancel(d.timer);
	httpd_free(d.httpd);
	if (d.page >= 0)
		close(d.page);
	loop_free(d.loop);
	if (d.dir[0])
		layout_remove(d.dir);
	buf_release(&d.secret);
	return rc;
}
