/* SPDX-License-Identifier: MIT */
/* The send port, and what its transports have in common. */
#include "io/send.h"

#include "base/clock.h"
#include "send_op.h"
#include "send_peer.h"
#include "transfer_error.h"

#define IDLE_MAX     512L
#define IDLE_SECONDS 60L
#define SLACK_MS     6000
#define URL_MAX	     8192
#define BODY_MAX     ((size_t)4 * 1024 * 1024)

/* Without calling done(). */
static void send_op_free(struct send_op *op)
{
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
	redact_release(&op->secrets);
	free(op);
}

static void send_op_set_secrets(struct redact *secrets, const struct sink_request *r)
{
	for (size_t i = 0; i < r->n_secrets; i++)
		redact_add(secrets, r->secrets[i]);
	for (size_t i = 0; i < r->n_headers; i++)
		redact_add_header(secrets, r->headers[i]);
	redact_add_tokens(secrets, r->url);
	if (str_present(r->password))
		redact_add_login(secrets, r->user, r->password);
}

/* All that a receiver says enters here. */
void send_op_end(struct send_op *op)
{
	struct sink_answer a = {
		.error = op->error.cls,
		.status = op->status,
		.retry_after = op->retry_after,
	};

	if (op->answer.len)
		buf_truncate(
			&op->answer, redact_text(&op->secrets, op->answer.data, op->answer.len));
	redact_z(&op->secrets, op->error.text);
	a.body = buf_str(&op->answer);
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

const char *send_op_where(struct send_op *op)
{
	const char *url = NULL;

	if (!*op->where && op->transfer.easy &&
		curl_easy_getinfo(op->transfer.easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK &&
		url)
		transfer_error_show_url(op->where, sizeof(op->where), url, false);
	return op->where;
}

int send_op_refuse(struct send_op *op, enum err_class cls, const char *text)
{
	err_set(&op->error, cls, "%s: %s", send_op_where(op), text);
	return send_op_end_soon(op);
}

/* --- for transports that use curl --- */

bool send_curl_set_url(struct send_op *op, struct str url)
{
	struct buf z;
	bool ok;

	buf_init(&z, URL_MAX);
	buf_adds(&z, url);
	ok = !buf_failed(&z) &&
	     curl_easy_setopt(op->transfer.easy, CURLOPT_URL, buf_z(&z)) == CURLE_OK;
	buf_wipe(&z);
	return ok;
}

int send_curl_start(struct send_op *op, long ms, void (*done)(void *, CURLcode))
{
	op->transfer.done = done;
	op->transfer.arg = op;
	op->transfer.deadline = clock_mono() + ms + SLACK_MS;
	return multi_start(op->send->multi, &op->transfer);
}

/* --- the port --- */

static const struct send_transport *const send_transports[] = {
	[SINK_HTTP] = &send_http,
	[SINK_SMTP] = &send_smtp,
	[SINK_SOCKET] = &send_socket,
	[SINK_STDOUT] = &send_stdout,
	[SINK_FILE] = &send_file,
	[SINK_EXEC] = &send_exec,
};

static struct send_op *send_start(
	void *ctx, const struct sink_request *r, send_done_fn *done, void *arg)
{
	struct send *s = ctx;
	struct send_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->send = s;
	op->transport = send_transports[r->transport];
	op->retry_after = -1;
	op->done = done;
	op->arg = arg;
	buf_init(&op->body, BODY_MAX);
	buf_init(&op->answer, SEND_ANSWER_MAX);
	send_op_set_secrets(&op->secrets, r);
	LIST_INSERT_HEAD(&s->ops, op, link);
	buf_adds(&op->body, r->body);
	if (buf_failed(&op->body) || op->transport->start(op, r)) {
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
	struct multi_limits limits = {.idle = IDLE_MAX, .idle_seconds = IDLE_SECONDS};
	struct send *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->loop = l;
	send_http_begin(s);
	LIST_INIT(&s->ops);
	TAILQ_INIT(&s->lines);
	LIST_INIT(&s->children);
	LIST_INIT(&s->spawners);
	LIST_INIT(&s->files);
	LIST_INIT(&s->peers);
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
	send_exec_end_all(s);
	send_file_end_all(s);
	send_peer_end_all(s);
	post_pool_release(&s->posts);
	loop_fd_free(s->stdout_watch);
	multi_free(s->multi);
	free(s);
}

struct port_send send_port(struct send *s)
{
	return (struct port_send){.ctx = s, .start = send_start, .cancel = send_cancel};
}
