/* SPDX-License-Identifier: MIT */
/*
 * Deliveries to standard output: whole texts, one after the other. The descriptor is shared with
 * the parent process, so it is never set non-blocking; instead poll(2) is called before each write
 * of at most PIPE_BUF bytes, which then does not block.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "send_op.h"

static void send_stdout_write_queue(struct send *s);

static void send_stdout_continue(void *arg, enum loop_event happened)
{
	struct send *s = arg;

	(void)happened;
	loop_fd_free(s->stdout_watch);
	s->stdout_watch = NULL;
	send_stdout_write_queue(s);
}

static void send_stdout_wait(struct send *s)
{
	if (s->stdout_watch)
		return;
	s->stdout_watch = loop_fd_new(s->loop, "stdout", STDOUT_FILENO, send_stdout_continue, s);
	if (!s->stdout_watch || loop_fd_watch(s->stdout_watch, LOOP_WRITE)) {
		loop_fd_free(s->stdout_watch);
		s->stdout_watch = NULL; /* retried with the next text */
	}
}

static void send_stdout_end(struct send_op *op, int code)
{
	char text[128];

	TAILQ_REMOVE(&op->send->lines, op, line);
	op->queued = false;
	op->send->torn = code && op->sent > 0;
	if (code)
		err_set(&op->error, ERR_TEMP, "standard output: %s",
			strerror_r(code, text, sizeof(text)));
	if (send_op_end_soon(op))
		send_op_end(op); /* no memory for the timer; we run from the loop, never inside
				    start() */
}

/* False: the descriptor takes no bytes now. */
static bool send_stdout_write_some(struct send_op *op)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
	size_t left = op->body.len - op->sent;
	ssize_t n;

	if (poll(&p, 1, 0) <= 0)
		return false;
	if (op->send->torn && write(STDOUT_FILENO, "\n", 1) != 1)
		return false;
	op->send->torn = false;
	n = write(STDOUT_FILENO, op->body.data + op->sent, left < PIPE_BUF ? left : PIPE_BUF);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n < 0) {
		send_stdout_end(op, errno);
		return true;
	}
	op->sent += (size_t)n;
	if (op->sent == op->body.len)
		send_stdout_end(op, 0);
	return true;
}

static void send_stdout_write_queue(struct send *s)
{
	while (!TAILQ_EMPTY(&s->lines)) {
		if (!send_stdout_write_some(TAILQ_FIRST(&s->lines))) {
			send_stdout_wait(s);
			return;
		}
	}
}

static void send_stdout_begin(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	send_stdout_write_queue(op->send);
}

static int send_stdout_start(struct send_op *op, const struct sink_request *r)
{
	(void)r;
	if (send_op_set_timer(op, 0, send_stdout_begin))
		return -(int)ERR_NOMEM;
	TAILQ_INSERT_TAIL(&op->send->lines, op, line);
	op->queued = true;
	return 0;
}

static void send_stdout_stop(struct send_op *op)
{
	if (!op->queued)
		return;
	TAILQ_REMOVE(&op->send->lines, op, line);
	op->queued = false;
	if (op->sent > 0)
		op->send->torn = true;
}

const struct send_transport send_stdout = {.start = send_stdout_start, .stop = send_stdout_stop};
