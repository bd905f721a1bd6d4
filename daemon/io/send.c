/* SPDX-License-Identifier: MIT */
#include "io/send.h"

#include "send_op.h"

#define IDLE_MAX     8L
#define TOTAL_MAX    64L
#define IDLE_SECONDS 60L
#define BODY_MAX     ((size_t)4 * 1024 * 1024)

/* --- the end --- */

static void release(struct send_op *op)
{
	if (op->queued)
		send_stdout_forget(op);
	loop_fd_free(op->watch); /* before curl closes its descriptor */
	send_smtp_cut(op);	 /* or ending a transfer early would wait for the server */
	multi_stop(op->send->multi, &op->transfer);
	send_smtp_release(op);
	loop_timer_cancel(op->timer);
	LIST_REMOVE(op, link);
	multi_release(op->send->multi, op->transfer.easy, false);
	curl_slist_free_all(op->list);
	buf_release(&op->body);
	buf_release(&op->answer);
	free(op);
}

void send_end(struct send_op *op)
{
	struct sink_answer a = {
		.error = op->error.cls,
		.status = op->status,
		.retry_after = op->retry_after,
		.body = buf_str(&op->answer),
	};

	if (op->error.cls != ERR_NONE)
		a.error_text = str_of(op->error.text);
	send_smtp_tell(op, &a);
	op->done(op->arg, &a);
	release(op);
}

static void on_end(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	send_end(op);
}

int send_set_timer(struct send_op *op, int64_t ms, loop_fn *fn)
{
	loop_timer_cancel(op->timer);
	op->timer = loop_timer(op->send->loop, "send-timer", ms, fn, op);
	return op->timer ? 0 : -(int)ERR_NOMEM;
}

int send_end_soon(struct send_op *op)
{
	return send_set_timer(op, 0, on_end);
}

/* --- the start --- */

static int begin(struct send_op *op, const struct sink_request *r)
{
	switch (r->transport) {
	case SINK_HTTP: return send_http_start(op, r);
	case SINK_SMTP: return send_smtp_start(op, r);
	case SINK_SOCKET: return send_socket_start(op, r);
	case SINK_STDOUT: return send_stdout_start(op);
	}
	return -(int)ERR_BUG;
}

static struct send_op *start(void *ctx, const struct sink_request *r, send_done_fn *done, void *arg)
{
	struct send *s = ctx;
	struct send_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->send = s;
	op->transport = r->transport;
	op->socket = r->socket;
	op->fd = -1;
	op->retry_after = -1;
	op->done = done;
	op->arg = arg;
	buf_init(&op->body, BODY_MAX);
	buf_init(&op->answer, SEND_ANSWER_MAX);
	LIST_INSERT_HEAD(&s->ops, op, link);
	buf_adds(&op->body, r->body);
	if (buf_failed(&op->body) || begin(op, r)) {
		release(op);
		return NULL;
	}
	return op;
}

static void cancel(void *ctx, struct send_op *op)
{
	(void)ctx;
	release(op);
}

struct send *send_new(struct loop *l)
{
	struct multi_limits limits = {
		.idle = IDLE_MAX, .total = TOTAL_MAX, .idle_seconds = IDLE_SECONDS};
	struct send *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->loop = l;
	LIST_INIT(&s->ops);
	TAILQ_INIT(&s->lines);
	s->multi = multi_new(l, "send", &limits);
	if (!s->multi) {
		free(s);
		return NULL;
	}
	return s;
}

void send_free(struct send *s)
{
	if (!s)
		return;
	while (!LIST_EMPTY(&s->ops))
		release(LIST_FIRST(&s->ops));
	loop_fd_free(s->stdout_watch);
	multi_free(s->multi);
	free(s);
}

struct port_send send_port(struct send *s)
{
	return (struct port_send){.ctx = s, .start = start, .cancel = cancel};
}
