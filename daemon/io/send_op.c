/* SPDX-License-Identifier: MIT */
#include "send_op.h"

#define BODY_MAX ((size_t)4 * 1024 * 1024)

struct send_op *send_op_new(
	struct send *s, const struct send_transport *transport, const struct sink_request *r)
{
	struct send_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->send = s;
	op->transport = transport;
	op->socket = r->socket;
	op->fd = -1;
	op->retry_after = -1;
	buf_init(&op->body, BODY_MAX);
	buf_init(&op->answer, SEND_ANSWER_MAX);
	LIST_INSERT_HEAD(&s->ops, op, link);
	buf_adds(&op->body, r->body);
	if (buf_failed(&op->body)) {
		send_op_free(op);
		return NULL;
	}
	return op;
}

void send_op_free(struct send_op *op)
{
	loop_fd_free(op->watch); /* before curl closes its descriptor */
	if (op->transport->stop)
		op->transport->stop(op);
	multi_stop(op->send->multi, &op->transfer);
	if (op->transport->release)
		op->transport->release(op);
	loop_timer_cancel(op->timer);
	LIST_REMOVE(op, link);
	multi_release(op->send->multi, op->transfer.easy, false);
	curl_slist_free_all(op->list);
	buf_release(&op->body);
	buf_release(&op->answer);
	free(op);
}

void send_op_end(struct send_op *op)
{
	struct sink_answer a = {
		.error = op->error.cls,
		.status = op->status,
		.retry_after = op->retry_after,
		.body = buf_str(&op->answer),
	};

	if (op->error.cls != ERR_NONE)
		a.error_text = str_of(op->error.text);
	if (op->transport->report)
		op->transport->report(op, &a);
	op->done(op->arg, &a);
	send_op_free(op);
}

static void send_op_end_deferred(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	send_op_end(op);
}

int send_op_set_timer(struct send_op *op, int64_t ms, loop_fn *fn)
{
	loop_timer_cancel(op->timer);
	op->timer = loop_timer(op->send->loop, "send-timer", ms, fn, op);
	return op->timer ? 0 : -(int)ERR_NOMEM;
}

int send_op_end_soon(struct send_op *op)
{
	return send_op_set_timer(op, 0, send_op_end_deferred);
}

int send_op_refuse(struct send_op *op, enum err_class cls, const char *text)
{
	err_set(&op->error, cls, "%s: %s", op->where, text);
	return send_op_end_soon(op);
}
