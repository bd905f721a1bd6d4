/* SPDX-License-Identifier: MIT */
/* The send port: starts an attempt on the transport that the request names. */
#include "io/send.h"

#include "send_op.h"

#define IDLE_MAX     8L
#define TOTAL_MAX    64L
#define IDLE_SECONDS 60L

static const struct send_transport *const send_transports[] = {
	[SINK_HTTP] = &send_http,
	[SINK_SMTP] = &send_smtp,
	[SINK_SOCKET] = &send_socket,
	[SINK_STDOUT] = &send_stdout,
};

static struct send_op *send_start(
	void *ctx, const struct sink_request *r, send_done_fn *done, void *arg)
{
	struct send_op *op = send_op_new(ctx, send_transports[r->transport], r);

	if (!op)
		return NULL;
	op->done = done;
	op->arg = arg;
	if (op->transport->start(op, r)) {
		send_op_free(op);
		return NULL;
	}
	return op;
}

static void send_cancel(void *ctx, struct send_op *op)
{
	(void)ctx;
	send_op_free(op);
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
		send_op_free(LIST_FIRST(&s->ops));
	loop_fd_free(s->stdout_watch);
	multi_free(s->multi);
	free(s);
}

struct port_send send_port(struct send *s)
{
	return (struct port_send){.ctx = s, .start = send_start, .cancel = send_cancel};
}
