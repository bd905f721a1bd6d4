/* SPDX-License-Identifier: MIT */
#include "io/httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "conf/form.h"
#include "httpd_call.h"
#include "httpd_guard.h"
#include "loop_base.h"
#include "passed_socket.h"
#include "unix_socket.h"

#define BACKLOG	    512
#define UNIX_PREFIX "unix:"
#define PASSED	    "systemd"

struct httpd {
	struct loop *loop;
	struct evhttp *http;
	struct httpd_options options;
	struct httpd_connections connections;
	char *listen;
	struct unix_socket socket; /* with a path; the descriptor is evhttp's */
	unsigned short port;
};

void httpd_options_init(struct httpd_options *o)
{
	*o = (struct httpd_options){
		.passed = -1,
		.connections = 128,
		.streams = 0,
		.idle_ms = 15 * CLOCK_SECOND,
		.request_ms = 10 * CLOCK_SECOND,
		.answer_ms = 30 * CLOCK_SECOND,
		.take_ms = 30 * CLOCK_SECOND,
		.max_headers = 8192,
		.max_body = 1024,
		.max_pending = (size_t)1024 * 1024,
		.stream_buffer = (size_t)32 * 1024,
	};
}

/* --- requests --- */

const char *httpd_header(const struct httpd_request *q, const char *name)
{
	return evhttp_find_header(q->header_source, name);
}

static bool httpd_read_method(enum evhttp_cmd_type command, enum httpd_method *out)
{
	switch ((int)command) {
	case EVHTTP_REQ_GET: *out = HTTPD_GET; return true;
	case EVHTTP_REQ_HEAD: *out = HTTPD_HEAD; return true;
	case EVHTTP_REQ_POST: *out = HTTPD_POST; return true;
	default: return false;
	}
}

static void httpd_read_request(struct evhttp_request *from, struct httpd_request *q)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(from);
	struct evbuffer *in = evhttp_request_get_input_buffer(from);
	size_t n = evbuffer_get_length(in);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;

	q->path = path && *path ? path : "/";
	q->query = str_of(uri ? evhttp_uri_get_query(uri) : NULL);
	q->body = str_slice(n ? (const char *)evbuffer_pullup(in, -1) : "", n);
	q->header_source = evhttp_request_get_input_headers(from);
}

static struct str httpd_authority(struct evhttp_request *from, char *out, size_t max)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(from);
	const char *host = uri ? evhttp_uri_get_host(uri) : NULL;

	if (!host)
		return STR_NONE;
	snprintf(out, max, strchr(host, ':') ? "[%s]" : "%s", host);
	return str_of(out);
}

/* 0: the handler may have it. The version of evhttp is not public: a Host is needed in any. */
static int httpd_refuse(
	const struct httpd_options *o, struct evhttp_request *from, struct httpd_request *q)
{
	char authority[512];
	struct httpd_guard_request g = {
		.http_1_1 = true,
		.authority = httpd_authority(from, authority, sizeof(authority)),
		.headers = evhttp_request_get_input_headers(from),
	};

	if (!httpd_read_method(evhttp_request_get_command(from), &q->method) ||
		!(o->methods & q->method))
		return 405;
	g.method = q->method;
	return httpd_guard_check(o, &g);
}

static const char *httpd_allowed(unsigned methods)
{
	if (methods & HTTPD_HEAD)
		return methods & HTTPD_POST ? "GET, HEAD, POST" : "GET, HEAD";
	return methods & HTTPD_POST ? "GET, POST" : "GET";
}

static void httpd_run_request(struct evhttp_request *from, void *arg)
{
	struct httpd *h = arg;
	int64_t start = clock_mono_us();
	struct httpd_connection *c = httpd_connection_of(&h->connections, from);
	struct httpd_call *call = c ? httpd_call_new(c, from) : NULL;
	const struct httpd_field allow = {"Allow", httpd_allowed(h->options.methods)};
	struct httpd_request q;
	int status;

	if (!call) {
		evhttp_send_error(from, 503, NULL);
		return;
	}
	h->connections.counts.requests++;
	httpd_read_request(from, &q);
	status = httpd_refuse(&h->options, from, &q);
	if (status) {
		h->connections.counts.refused++;
		httpd_answer(call, &(struct httpd_reply){.status = status,
					   .close = true,
					   .headers = &allow,
					   .n_headers = status == 405,
					   .body = STR("")});
	} else {
		h->options.handler(h->options.arg, call, &q);
	}
	loop_count(h->loop, "http request", start);
}

/* --- the listener --- */

static int httpd_fill_address(
	const char *text, struct sockaddr_storage *at, socklen_t *n, struct err *e)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)at;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)at;
	char address[INET6_ADDRSTRLEN];
	struct str host;
	unsigned port;

	memset(at, 0, sizeof(*at));
	if (!conf_form_listen(str_of(text), &host, &port))
		return err_set(e, ERR_CONF, "%s is no address and port to listen on", text);
	snprintf(address, sizeof(address), "%.*s", STR_ARG(host));
	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		*n = sizeof(*v4);
	} else {
		(void)inet_pton(AF_INET6, address, &v6->sin6_addr);
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		*n = sizeof(*v6);
	}
	return 0;
}

static int httpd_bind_error(struct err *e, const char *where)
{
	char text[128];
	enum err_class cls = errno == EACCES || errno == EPERM ? ERR_PERM : ERR_TEMP;
	int error = errno;

	return err_set(e, cls, "cannot listen on %s: %s%s", where,
		strerror_r(error, text, sizeof(text)),
		error == EADDRINUSE ? "; is another program using it?" : "");
}

static int httpd_open_inet(struct httpd *h, int *fd, struct err *e)
{
	struct sockaddr_storage at;
	socklen_t n;
	int on = 1, rc = httpd_fill_address(h->listen, &at, &n, e);

	*fd = -1;
	if (rc)
		return rc;
	*fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return httpd_bind_error(e, h->listen);
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(*fd, (struct sockaddr *)&at, n) || listen(*fd, BACKLOG) ||
		getsockname(*fd, (struct sockaddr *)&at, &n)) {
		rc = httpd_bind_error(e, h->listen);
		close(*fd);
		*fd = -1;
		return rc;
	}
	h->port = ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
						 : ((struct sockaddr_in *)&at)->sin_port);
	return 0;
}

static int httpd_open(struct httpd *h, int *fd, struct err *e)
{
	int rc;

	if (strcmp(h->listen, PASSED) == 0) {
		*fd = passed_socket_open(h->options.passed, h->options.passed_open, &h->port, e);
		return *fd < 0 ? -(int)e->cls : 0;
	}
	if (!str_starts(str_of(h->listen), STR(UNIX_PREFIX)))
		return httpd_open_inet(h, fd, e);
	rc = unix_socket_listen(&h->socket, h->listen + strlen(UNIX_PREFIX), "its address", e);
	*fd = h->socket.fd;
	return rc;
}

/* --- life --- */

static int httpd_set_up(struct httpd *h, struct err *e)
{
	const struct httpd_options *o = &h->options;
	int fd, rc;

	h->http = evhttp_new(loop_base(h->loop));
	if (!h->http || httpd_connections_init(&h->connections, h->loop, o))
		return err_nomem(e);
	h->connections.late = httpd_call_late;
	evhttp_set_max_headers_size(h->http, (ev_ssize_t)o->max_headers);
	evhttp_set_max_body_size(h->http, (ev_ssize_t)o->max_body);
	evhttp_set_flags(h->http, EVHTTP_SERVER_LINGERING_CLOSE);
	/* All of them: what is not allowed gets a 405 from here, and not a 501 of evhttp. */
	evhttp_set_allowed_methods(h->http, UINT16_MAX);
	evhttp_set_default_content_type(h->http, NULL);
	evhttp_set_gencb(h->http, httpd_run_request, h);
	rc = httpd_open(h, &fd, e);
	if (rc == 0 && httpd_connections_attach(&h->connections, h->http, fd)) {
		close(fd);
		return err_nomem(e);
	}
	return rc;
}

int httpd_new(struct httpd **out, struct loop *l, const struct httpd_options *o, struct err *e)
{
	struct httpd *h = calloc(1, sizeof(*h));
	int rc;

	*out = NULL;
	if (!h)
		return err_nomem(e);
	h->loop = l;
	h->options = *o;
	h->socket.fd = -1;
	h->listen = strdup(o->listen);
	rc = h->listen ? httpd_set_up(h, e) : err_nomem(e);
	if (rc)
		httpd_free(h);
	else
		*out = h;
	return rc;
}

unsigned short httpd_port(const struct httpd *h)
{
	return h->port;
}

void httpd_count(const struct httpd *h, struct httpd_counts *out)
{
	*out = h->connections.counts;
}

void httpd_free(struct httpd *h)
{
	if (!h)
		return;
	h->connections.ending = true;
	if (h->socket.fd >= 0)
		unix_socket_unlink(&h->socket, h->listen + strlen(UNIX_PREFIX));
	if (h->http)
		evhttp_free(h->http);
	if (h->connections.sweep)
		httpd_connections_release(&h->connections);
	free(h->listen);
	free(h);
}
