/* SPDX-License-Identifier: MIT */
#include "httpd_call.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>

#define REQUESTS_MAX 1000 /* on one connection */

/* evhttp frees the connection: the client left, or an answer was the last one on it. */
static void httpd_call_on_close(struct evhttp_connection *evcon, void *arg)
{
	struct httpd_connection *c = arg;

	(void)evcon;
	c->left = true;
	if (c->call)
		c->call->connection = NULL;
	c->call = NULL;
	if (c->stream)
		c->end_stream(c);
}

static void httpd_call_on_sent(struct evhttp_request *from, void *arg)
{
	struct httpd_connection *c = arg;

	(void)from;
	if (c->last)
		httpd_connection_shut(c); /* evhttp would keep it after a CONNECT */
	else if (c->phase != HTTPD_CLOSING)
		httpd_connection_reuse(c);
}

struct httpd_call *httpd_call_new(struct httpd_connection *c, struct evhttp_request *from)
{
	struct httpd_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->connection = c;
	call->from = from;
	call->head = evhttp_request_get_command(from) == EVHTTP_REQ_HEAD;
	c->call = call;
	evhttp_connection_set_closecb(evhttp_request_get_connection(from), httpd_call_on_close, c);
	evhttp_request_set_on_complete_cb(from, httpd_call_on_sent, c);
	httpd_connection_take(c);
	httpd_connection_enter(c, HTTPD_ANSWERING, c->all->o->answer_ms);
	return call;
}

void httpd_call_set_headers(struct evhttp_request *from, const struct httpd_reply *r)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(from);

	evhttp_add_header(headers, "Cache-Control", r->etag ? "no-cache" : "no-store");
	evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	if (r->content_type)
		evhttp_add_header(headers, "Content-Type", r->content_type);
	if (r->etag)
		evhttp_add_header(headers, "ETag", r->etag);
	for (size_t i = 0; i < r->n_headers; i++)
		evhttp_add_header(headers, r->headers[i].name, r->headers[i].value);
	if (r->close)
		evhttp_add_header(headers, "Connection", "close");
}

/* Until it is written nothing is read: what else the client sends, its end included, can wait. */
static void httpd_call_send(struct httpd_connection *c, struct evhttp_request *from,
	const struct httpd_reply *r, bool head)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(from);
	struct httpd_reply reply = *r;
	char length[24];

	reply.close |= ++c->requests >= REQUESTS_MAX;
	c->last = reply.close;
	httpd_call_set_headers(from, &reply);
	if (head) {
		snprintf(length, sizeof(length), "%zu", r->body.n);
		evhttp_add_header(headers, "Content-Length", length);
	} else if (r->status != 304 && r->body.n > 0) {
		evbuffer_add(evhttp_request_get_output_buffer(from), r->body.p, r->body.n);
	}
	httpd_connection_enter(c, HTTPD_WRITING, c->all->o->take_ms);
	/* Not every status has a phrase of its own in evhttp. */
	evhttp_send_reply(from, r->status, r->status == 421 ? "Misdirected Request" : NULL, NULL);
	bufferevent_disable(c->bev, EV_READ);
}

void httpd_answer(struct httpd_call *call, const struct httpd_reply *r)
{
	struct httpd_connection *c = call->connection;

	if (c) {
		c->call = NULL;
		httpd_call_send(c, call->from, r, call->head);
	}
	free(call);
}

void httpd_answer_status(struct httpd_call *call, int status)
{
	httpd_answer(call, &(struct httpd_reply){.status = status, .body = STR("")});
}

void httpd_call_late(struct httpd_connection *c)
{
	const struct httpd_reply r = {.status = 503, .close = true, .body = STR("")};
	struct httpd_call *call = c->call;

	call->connection = NULL;
	c->call = NULL;
	httpd_call_send(c, call->from, &r, call->head);
	call->from = NULL;
}
