/* SPDX-License-Identifier: MIT */
/*
 * Deliveries to programs of the operator's: one process for each, with the document as its standard
 * input. Each program has a thread that starts it, because that waits until the program is loaded,
 * which a network file system may prevent for long. The first line that it writes to standard error
 * is its answer.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "send_op.h"
#include "program.h"

/* The thread that starts a program. Kept until the end: there are as many as programs were used. */
struct send_spawner {
	struct worker *worker;
	LIST_ENTRY(send_spawner) link;
	char path[];
};

/* A program that is being started or runs. It may outlive its operation: it is reaped here. */
struct send_child {
	struct worker_job job;
	struct send *send;
	struct send_op *op;   /* NULL: the operation has ended */
	atomic_bool needless; /* the operation has ended before the start */
	char **argv;
	struct buf input;
	bool running; /* started and not reaped; the following are valid */
	struct program process;
	struct loop_fd *exit_watch, *errors_watch;
	struct err error; /* of the start */
	LIST_ENTRY(send_child) link;
};

static void send_exec_free(void *arg)
{
	struct send_child *c = arg;

	LIST_REMOVE(c, link);
	loop_fd_free(c->exit_watch);
	loop_fd_free(c->errors_watch);
	if (c->process.pidfd >= 0)
		close(c->process.pidfd);
	if (c->process.errors >= 0)
		close(c->process.errors);
	for (size_t i = 0; c->argv && c->argv[i]; i++)
		free(c->argv[i]);
	free(c->argv);
	buf_release(&c->input);
	free(c);
}

/* The operation ends without the program, which is ended and reaped later. */
static void send_exec_abandon(struct send_child *c)
{
	c->op->child = NULL;
	c->op = NULL;
	c->needless = true;
	if (c->running)
		program_kill(&c->process);
}

/* Reads what is there, and keeps the beginning. Returns false at the end. */
static bool send_exec_read_errors(struct send_child *c)
{
	char text[1024];

	for (int turn = 0; turn < 16; turn++) {
		ssize_t n = read(c->process.errors, text, sizeof(text));
		size_t room = c->op ? SEND_ANSWER_MAX - c->op->answer.len : 0;

		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR);
		if (room)
			buf_add(&c->op->answer, text, (size_t)n < room ? (size_t)n : room);
	}
	return true;
}

static void send_exec_on_errors(void *arg, enum loop_event happened)
{
	struct send_child *c = arg;

	(void)happened;
	if (send_exec_read_errors(c))
		return;
	loop_fd_free(c->errors_watch);
	c->errors_watch = NULL;
}

static void send_exec_set_result(struct send_op *op, const siginfo_t *how)
{
	if (how->si_code == CLD_EXITED)
		op->status = how->si_status;
	else
		err_set(&op->error, ERR_TEMP, "%s: ended by signal %d", op->where, how->si_status);
}

static void send_exec_on_exit(void *arg, enum loop_event happened)
{
	struct send_child *c = arg;
	struct send_op *op = c->op;
	siginfo_t how = {0};

	(void)happened;
	if (waitid(P_PID, (id_t)c->process.pid, &how, WEXITED | WNOHANG) == 0 && how.si_pid == 0)
		return;
	c->running = false;
	if (op) {
		(void)send_exec_read_errors(c);
		send_exec_set_result(op, &how);
		op->child = NULL;
		c->op = NULL;
	}
	send_exec_free(c);
	if (op)
		send_op_end(op);
}

/* The descriptors of the process are watched by the loop. Returns -1 if memory ran out. */
static int send_exec_watch(struct send_child *c)
{
	struct loop *l = c->send->loop;

	c->exit_watch = loop_fd_new(l, "send-exec-exit", c->process.pidfd, send_exec_on_exit, c);
	c->errors_watch =
		loop_fd_new(l, "send-exec-errors", c->process.errors, send_exec_on_errors, c);
	return c->exit_watch && c->errors_watch && loop_fd_watch(c->exit_watch, LOOP_READ) == 0 &&
			       loop_fd_watch(c->errors_watch, LOOP_READ) == 0
		       ? 0
		       : -1;
}

/* Kills and waits: SIGKILL takes effect at once, except in a system call that hangs. */
static void send_exec_reap_now(struct send_child *c)
{
	program_kill(&c->process);
	(void)waitpid(c->process.pid, NULL, WNOHANG);
	c->running = false;
}

static void send_exec_fail(struct send_child *c)
{
	struct send_op *op = c->op;

	if (op) {
		op->error = c->error;
		op->child = NULL;
	}
	send_exec_free(c);
	if (op)
		send_op_end(op);
}

static void send_exec_on_started(void *arg)
{
	struct send_child *c = arg;

	if (c->error.cls != ERR_NONE) {
		send_exec_fail(c);
		return;
	}
	c->running = true;
	if (send_exec_watch(c)) {
		send_exec_reap_now(c);
		err_nomem(&c->error);
		send_exec_fail(c);
		return;
	}
	if (!c->op)
		program_kill(&c->process);
}

/* On the thread of the spawner. */
static void send_exec_run(void *arg)
{
	struct send_child *c = arg;

	if (c->needless)
		err_set(&c->error, ERR_TEMP, "not started");
	else
		(void)program_start(c->argv, &c->input, &c->process, &c->error);
}

static void send_exec_drop(void *arg)
{
	struct send_child *c = arg;

	if (c->process.pidfd >= 0)
		send_exec_reap_now(c);
	send_exec_free(c);
}

static void send_exec_time_out(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	err_set(&op->error, ERR_TEMP, "%s: did not end in time and was killed", op->where);
	send_op_end(op);
}

static struct send_child *send_exec_new_child(struct send *s, const struct sink_request *r)
{
	struct send_child *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->send = s;
	c->process.pidfd = c->process.errors = -1;
	LIST_INSERT_HEAD(&s->children, c, link);
	c->argv = calloc(r->n_command + 1, sizeof(*c->argv));
	for (size_t i = 0; c->argv && i < r->n_command; i++) {
		c->argv[i] = strndup(r->command[i].p, r->command[i].n);
		if (!c->argv[i])
			break;
	}
	if (c->argv && r->n_command && c->argv[r->n_command - 1])
		return c;
	send_exec_free(c);
	return NULL;
}

/* NULL: no memory, or no thread. */
static struct worker *send_exec_find_worker(struct send *s, const char *path)
{
	struct send_spawner *p;
	size_t bytes = strlen(path) + 1;

	LIST_FOREACH (p, &s->spawners, link)
		if (strcmp(p->path, path) == 0)
			return p->worker;
	p = calloc(1, sizeof(*p) + bytes);
	if (!p)
		return NULL;
	memcpy(p->path, path, bytes);
	p->worker = worker_new(s->loop);
	if (!p->worker) {
		free(p);
		return NULL;
	}
	LIST_INSERT_HEAD(&s->spawners, p, link);
	return p->worker;
}

static int send_exec_start(struct send_op *op, const struct sink_request *r)
{
	struct send_child *c = send_exec_new_child(op->send, r);
	struct worker *spawner = c ? send_exec_find_worker(op->send, c->argv[0]) : NULL;

	if (!c)
		return -(int)ERR_NOMEM;
	snprintf(op->where, sizeof(op->where), "%.*s", STR_ARG(r->command[0]));
	if (!spawner || send_op_set_timer(op, r->timeout, send_exec_time_out)) {
		send_exec_free(c);
		return -(int)ERR_NOMEM;
	}
	c->input = op->body;
	buf_init(&op->body, 0);
	c->op = op;
	op->child = c;
	c->job = (struct worker_job){.run = send_exec_run,
		.done = send_exec_on_started,
		.drop = send_exec_drop,
		.arg = c};
	worker_post(spawner, &c->job);
	return 0;
}

static void send_exec_stop(struct send_op *op)
{
	if (op->child)
		send_exec_abandon(op->child);
}

void send_exec_end_all(struct send *s)
{
	struct send_spawner *p;
	struct send_child *c;

	while ((p = LIST_FIRST(&s->spawners))) {
		LIST_REMOVE(p, link);
		worker_free(p->worker);
		free(p);
	}
	while ((c = LIST_FIRST(&s->children)))
		send_exec_drop(c);
}

const struct send_transport send_exec = {.start = send_exec_start, .stop = send_exec_stop};
