/* SPDX-License-Identifier: MIT */
/*
 * evhttp with limits. evhttp 2.1 has no limit on connections, and its timeout restarts with every
 * byte. So this file creates the bufferevent of each connection, with a timer that shuts the socket
 * down at the deadline, and disables the listener while too many are open. A bufferevent is kept
 * until its deadline even if the client has closed: the limit bounds the rate of requests too.
 */
#include "io/httpd.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "loop_base.h"

#define HEADERS_MAX  8192
#define IDLE_SECONDS 5
#define REPLY_MAX    ((size_t)8 * 1024 * 1024)

struct httpd_connection {
	LIST_ENTRY(httpd_connection) link;
	struct httpd *server;
	struct bufferevent *bev; /* we hold one reference */
	struct timer_op *deadline;
};

struct httpd {
	struct loop *loop;
	struct evhttp *http;
	struct evconnlistener *listener;
	struct httpd_options options;
	unsigned short port;
	unsigned open;
	LIST_HEAD(, httpd_connection) connections;
};

static void httpd_connection_free(struct httpd_connection *v)
{
	struct httpd *h = v->server;

	LIST_REMOVE(v, link);
	bufferevent_decref(v->bev);
	free(v);
	if (h->open-- == h->options.connections && h->listener)
		evconnlistener_enable(h->listener);
}

static void httpd_connection_time_out(void *arg)
{
	struct httpd_connection *v = arg;
	evutil_socket_t fd = bufferevent_getfd(v->bev);

	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
	httpd_connection_free(v);
}

static struct bufferevent *httpd_connection_new(struct event_base *base, void *arg)
{
	struct httpd *h = arg;
	struct httpd_connection *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->server = h;
	v->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (v->bev)
		v->deadline = loop_timer(h->loop, "http deadline", h->options.deadline_ms,
			httpd_connection_time_out, v);
	if (!v->deadline) {
		if (v->bev)
			bufferevent_free(v->bev);
		free(v);
		return NULL;
	}
	bufferevent_incref(v->bev);
	LIST_INSERT_HEAD(&h->connections, v, link);
	if (++h->open == h->options.connections)
		evconnlistener_disable(h->listener);
	return v->bev;
}

const char *httpd_header(const struct httpd_request *q, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(q->from), name);
}

static bool httpd_read_request(struct evhttp_request *from, struct httpd_request *q)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(from);
	struct evbuffer *in = evhttp_request_get_input_buffer(from);
	size_t n = evbuffer_get_length(in);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;

	q->from = from;
	q->path = path && *path ? path : "/";
	q->body = str_slice(n ? (const char *)evbuffer_pullup(in, -1) : "", n);
	switch ((int)evhttp_request_get_command(from)) {
	case EVHTTP_REQ_GET: q->method = HTTPD_GET; break;
	case EVHTTP_REQ_HEAD: q->method = HTTPD_HEAD; break;
	case EVHTTP_REQ_POST: q->method = HTTPD_POST; break;
	default: return false;
	}
	return q->body.p != NULL;
}

static void httpd_write_reply(struct evhttp_request *to, const struct httpd_reply *r)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(to);
	struct evbuffer *out = evhttp_request_get_output_buffer(to);

	evhttp_add_header(headers, "Connection", "close");
	evhttp_add_header(headers, "Cache-Control", r->etag ? "no-cache" : "no-store");
	evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	if (r->content_type)
		evhttp_add_header(headers, "Content-Type", r->content_type);
	if (r->etag)
		evhttp_add_header(headers, "ETag", r->etag);
	if (r->status != 304 && r->body.len)
		evbuffer_add(out, r->body.data, r->body.len);
	evhttp_send_reply(to, r->status, NULL, NULL);
}

static void httpd_run_request(struct evhttp_request *from, void *arg)
{
	struct httpd *h = arg;
	struct httpd_request q;
	struct httpd_reply r = {.status = 200};

	buf_init(&r.body, REPLY_MAX);
	if (httpd_read_request(from, &q))
		h->options.handler(h->options.arg, &q, &r);
	else
		r.status = 405;
	if (buf_failed(&r.body)) {
		buf_clear(&r.body);
		r.status = 500;
	}
	httpd_write_reply(from, &r);
	buf_release(&r.body);
}

static unsigned short httpd_bound_port(struct evhttp_bound_socket *s)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);

	memset(&at, 0, sizeof(at));
	if (getsockname(evhttp_bound_socket_get_fd(s), (struct sockaddr *)&at, &n) != 0)
		return 0;
	if (at.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
	return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

int httpd_new(struct httpd **out, struct loop *l, const struct httpd_options *o, struct err *e)
{
	struct httpd *h = calloc(1, sizeof(*h));
	struct evhttp_bound_socket *s;

	*out = NULL;
	if (!h || !(h->http = evhttp_new(loop_base(l)))) {
		free(h);
		return err_nomem(e);
	}
	h->loop = l;
	h->options = *o;
	LIST_INIT(&h->connections);
	evhttp_set_timeout(h->http, IDLE_SECONDS);
	evhttp_set_max_headers_size(h->http, HEADERS_MAX);
	evhttp_set_max_body_size(h->http, (ev_ssize_t)o->max_body);
	evhttp_set_allowed_methods(h->http, (ev_uint16_t)(EVHTTP_REQ_GET | EVHTTP_REQ_HEAD |
							  (o->take_post ? EVHTTP_REQ_POST : 0)));
	evhttp_set_bevcb(h->http, httpd_connection_new, h);
	evhttp_set_gencb(h->http, httpd_run_request, h);
	s = evhttp_bind_socket_with_handle(h->http, o->address, o->port);
	if (!s) {
		evhttp_free(h->http);
		free(h);
		return err_set(e, ERR_TEMP,
			"cannot listen on %s port %u; is another program using it?", o->address,
			(unsigned)o->port);
	}
	h->listener = evhttp_bound_socket_get_listener(s);
	h->port = httpd_bound_port(s);
	*out = h;
	return 0;
}

unsigned short httpd_port(const struct httpd *h)
{
	return h->port;
}

void httpd_free(struct httpd *h)
{
	struct httpd_connection *v, *next;

	if (!h)
		return;
	h->listener = NULL; /* freed by evhttp_free() */
	evhttp_free(h->http);
	for (v = LIST_FIRST(&h->connections); v; v = next) {
		next = LIST_NEXT(v, link);
		loop_timer_cancel(v->deadline);
		httpd_connection_free(v);
	}
	free(h);
}
