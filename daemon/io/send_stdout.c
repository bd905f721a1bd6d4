/* SPDX-License-Identifier: MIT */
/*
 * Deliveries to standard output: whole texts, one after the other. The descriptor is shared with
 * whoever started us, so it is never set non-blocking; poll(2) is asked before each write of at
 * most PIPE_BUF bytes, which then does not wait.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "send_op.h"

static void pump(struct send *s);

static void on_writable(void *arg, enum loop_event happened)
{
	struct send *s = arg;

	(void)happened;
	loop_fd_free(s->stdout_watch);
	s->stdout_watch = NULL;
	pump(s);
}

static void wait_for_room(struct send *s)
{
	if (s->stdout_watch)
		return;
	s->stdout_watch = loop_fd_new(s->loop, "stdout", STDOUT_FILENO, on_writable, s);
	if (!s->stdout_watch || loop_fd_watch(s->stdout_watch, LOOP_WRITE)) {
		loop_fd_free(s->stdout_watch);
		s->stdout_watch = NULL; /* the next text tries again */
	}
}

static void over(struct send_op *op, int code)
{
	char text[128];

	TAILQ_REMOVE(&op->send->lines, op, line);
	op->queued = false;
	op->send->torn = code && op->sent > 0;
	if (code)
		err_set(&op->error, ERR_TEMP, "standard output: %s",
			strerror_r(code, text, sizeof(text)));
	if (send_end_soon(op))
		send_end(op); /* no memory for the timer; only ever from the loop, see start */
}

/* false: no room now */
static bool write_some(struct send_op *op)
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
		over(op, errno);
		return true;
	}
	op->sent += (size_t)n;
	if (op->sent == op->body.len)
		over(op, 0);
	return true;
}

static void pump(struct send *s)
{
	while (!TAILQ_EMPTY(&s->lines)) {
		if (!write_some(TAILQ_FIRST(&s->lines))) {
			wait_for_room(s);
			return;
		}
	}
}

static void on_start(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	pump(op->send);
}

int send_stdout_start(struct send_op *op)
{
	if (send_set_timer(op, 0, on_start))
		return -(int)ERR_NOMEM;
	TAILQ_INSERT_TAIL(&op->send->lines, op, line);
	op->queued = true;
	return 0;
}

void send_stdout_forget(struct send_op *op)
{
	TAILQ_REMOVE(&op->send->lines, op, line);
	op->queued = false;
	if (op->sent > 0)
		op->send->torn = true;
}
