/* SPDX-License-Identifier: MIT */
#include "web/websub.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "io/httpd.h"
#include "listener.h"

#define CONNECTIONS   256
#define REQUEST_MS    (20 * CLOCK_SECOND)
#define BODY_MAX      ((size_t)1024 * 1024) /* its signature takes some ms to be checked */
#define PENDING_MAX   ((size_t)16 * 1024 * 1024)
#define PARAMETER_MAX ((size_t)8192)

struct web_websub {
	struct engine *engine;
	struct web_listener *listener;
};

/* --- requests --- */

/* What follows the last slash: a proxy may have removed what is before it. */
static struct str websub_token(const struct httpd_request *q)
{
	const char *slash = strrchr(q->path, '/');

	return str_of(slash ? slash + 1 : q->path);
}

static int64_t websub_number(struct str s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i > 12)
			return 0;
		n = 10 * n + (s.p[i] - '0');
	}
	return n;
}

enum websub_parameter { MODE, TOPIC, REASON, LEASE, CHALLENGE, PARAMETERS };

/* Absent: not given, or malformed. */
static void websub_read_parameters(struct str query, struct buf b[PARAMETERS], struct str *out)
{
	static const char *const names[] = {
		"hub.mode", "hub.topic", "hub.reason", "hub.lease_seconds", "hub.challenge"};

	for (int i = 0; i < PARAMETERS; i++) {
		buf_init(&b[i], PARAMETER_MAX);
		out[i] = httpd_parameter(query, names[i], &b[i]) ? buf_str(&b[i]) : STR_NONE;
	}
}

/* The challenge is not markup, whatever a browser that is led here may think. */
static void websub_verify(
	struct web_websub *w, struct httpd_call *call, const struct httpd_request *q)
{
	struct buf b[PARAMETERS];
	struct str p[PARAMETERS];
	struct websub_question v = {.token = websub_token(q)};
	struct httpd_reply r = {.content_type = "text/plain", .body = STR("")};

	websub_read_parameters(q->query, b, p);
	v.mode = p[MODE];
	v.topic = p[TOPIC];
	v.reason = p[REASON];
	v.lease_s = websub_number(p[LEASE]);
	if (!str_is(v.mode, "denied") && (!str_present(p[CHALLENGE]) || p[CHALLENGE].n == 0))
		r.status = 404;
	else
		r.status = engine_websub_verify(w->engine, &v);
	if (r.status == 200)
		r.body = p[CHALLENGE];
	httpd_answer(call, &r);
	for (int i = 0; i < PARAMETERS; i++)
		buf_release(&b[i]);
}

static void websub_on_request(void *arg, struct httpd_call *call, const struct httpd_request *q)
{
	struct web_websub *w = arg;
	struct websub_content c = {
		.token = websub_token(q),
		.signature = str_of(httpd_header(q, "X-Hub-Signature")),
		.link = str_of(httpd_header(q, "Link")),
		.content_type = str_of(httpd_header(q, "Content-Type")),
		.body = q->body,
	};

	if (q->method == HTTPD_POST)
		httpd_answer_status(call, engine_websub_push(w->engine, &c));
	else
		websub_verify(w, call, q);
}

/* --- the listener --- */

void web_websub_reload(struct web_websub *w, const struct conf *conf)
{
	struct httpd_options o;

	httpd_options_init(&o);
	o.listen = conf->websub.listen;
	o.methods = HTTPD_GET | HTTPD_POST; /* a HEAD would confirm without an answer */
	o.connections = CONNECTIONS;
	o.request_ms = REQUEST_MS;
	o.max_body = conf->poll.max_body < BODY_MAX ? conf->poll.max_body : BODY_MAX;
	o.max_pending = PENDING_MAX;
	o.handler = websub_on_request;
	o.arg = w;
	web_listener_set(w->listener, &o);
}

struct web_websub *web_websub_new(struct loop *l, struct engine *e, const struct conf *conf)
{
	struct web_websub *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->engine = e;
	w->listener = web_listener_new(l, engine_troubles(e), TROUBLE_WEBSUB_CLOSED, "hubs");
	if (!w->listener) {
		free(w);
		return NULL;
	}
	web_websub_reload(w, conf);
	return w;
}

void web_websub_free(struct web_websub *w)
{
	if (!w)
		return;
	web_listener_free(w->listener);
	free(w);
}
