/* SPDX-License-Identifier: MIT */
#include "httpd_call.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Nothing is left to be sent. */
static void httpd_stream_on_drained(struct evhttp_connection *evcon, void *arg)
{
	struct httpd_connection *c = arg;
	const struct httpd_stream *s = c->stream;

	(void)evcon;
	if (!s)
		return;
	c->deadline = INT64_MAX;
	if (s->events.drained)
		s->events.drained(s->events.arg);
}

/* Returns whether the owner is to be notified of the end. */
static void httpd_stream_free(struct httpd_stream *s, bool notify)
{
	struct httpd_stream_events events = s->events;

	s->connection->all->counts.streams--;
	free(s);
	if (notify && events.closed)
		events.closed(events.arg);
}

static void httpd_stream_on_close(struct httpd_connection *c)
{
	struct httpd_stream *s = c->stream;

	c->stream = NULL;
	/* If the client left, evhttp leaves the request to its user; else it is freed there. */
	if (!evhttp_request_get_connection(s->from))
		evhttp_request_free(s->from);
	httpd_stream_free(s, !c->all->ending);
}

/* evhttp must see neither a length nor "keep-alive" of HTTP/1.0, which would end the answer. */
static void httpd_stream_begin(const struct httpd_stream *s, const struct httpd_reply *r)
{
	struct httpd_reply head = *r;

	head.close = true;
	evhttp_remove_header(evhttp_request_get_input_headers(s->from), "Connection");
	httpd_call_set_headers(s->from, &head);
	evhttp_send_reply_start(s->from, 200, NULL);
}

struct httpd_stream *httpd_stream(struct httpd_call *call, const struct httpd_reply *r,
	const struct httpd_stream_events *events)
{
	struct httpd_connection *c = call->connection;
	struct httpd_stream *s;
	struct httpd_connections *all;

	if (!c || call->head) {
		httpd_answer(call, &(struct httpd_reply){.status = 200,
					   .content_type = r->content_type,
					   .headers = r->headers,
					   .n_headers = r->n_headers,
					   .close = true,
					   .body = STR("")});
		return NULL;
	}
	all = c->all;
	s = all->counts.streams < all->o->streams ? calloc(1, sizeof(*s)) : NULL;
	if (!s) {
		httpd_answer_status(call, 503);
		return NULL;
	}
	*s = (struct httpd_stream){.connection = c, .from = call->from, .events = *events};
	free(call);
	c->call = NULL;
	c->stream = s;
	c->end_stream = httpd_stream_on_close;
	all->counts.streams++;
	httpd_connection_enter(c, HTTPD_STREAMING, INT64_MAX);
	httpd_stream_begin(s, r);
	return s;
}

/* --- writing --- */

struct httpd_text {
	size_t refs, n;
	char bytes[];
};

struct httpd_text *httpd_text_new(struct str text)
{
	struct httpd_text *t = malloc(sizeof(*t) + text.n);

	if (!t)
		return NULL;
	t->refs = 1;
	t->n = text.n;
	memcpy(t->bytes, text.p, text.n);
	return t;
}

void httpd_text_unref(struct httpd_text *t)
{
	if (t && --t->refs == 0)
		free(t);
}

static void httpd_text_on_sent(const void *bytes, size_t n, void *arg)
{
	(void)bytes;
	(void)n;
	httpd_text_unref(arg);
}

static int httpd_text_add_to(struct httpd_text *t, struct evbuffer *chunk)
{
	if (evbuffer_add_reference(chunk, t->bytes, t->n, httpd_text_on_sent, t))
		return -1;
	t->refs++;
	return 0;
}

/* Writes t, or a copy of text. */
static int httpd_stream_send(struct httpd_stream *s, struct str text, struct httpd_text *t)
{
	struct httpd_connection *c = s->connection;
	const struct httpd_options *o = c->all->o;
	size_t unsent = httpd_connection_unsent(c);
	struct evbuffer *chunk;

	if (unsent > 0 && unsent + text.n > o->stream_buffer)
		return -(int)ERR_LIMIT;
	if (text.n == 0 || c->phase == HTTPD_CLOSING)
		return 0;
	chunk = evbuffer_new();
	if (!chunk || (t ? httpd_text_add_to(t, chunk) : evbuffer_add(chunk, text.p, text.n))) {
		if (chunk)
			evbuffer_free(chunk);
		return -(int)ERR_LIMIT;
	}
	if (c->deadline == INT64_MAX)
		c->deadline = clock_mono() + o->take_ms;
	evhttp_send_reply_chunk_with_cb(s->from, chunk, httpd_stream_on_drained, c);
	evbuffer_free(chunk);
	return 0;
}

int httpd_stream_write(struct httpd_stream *s, struct str text)
{
	return httpd_stream_send(s, text, NULL);
}

int httpd_stream_share(struct httpd_stream *s, struct httpd_text *t)
{
	return httpd_stream_send(s, str_slice(t->bytes, t->n), t);
}

/* --- the end --- */

void httpd_stream_end(struct httpd_stream *s)
{
	struct httpd_connection *c;
	struct evhttp_request *from;

	if (!s)
		return;
	c = s->connection;
	from = s->from;
	c->stream = NULL;
	httpd_stream_free(s, false);
	if (c->phase != HTTPD_CLOSING)
		httpd_connection_enter(c, HTTPD_WRITING, c->all->o->take_ms);
	evhttp_send_reply_end(from); /* may free it and its connection */
}
