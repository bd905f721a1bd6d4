/* SPDX-License-Identifier: MIT */
#include "web/websub.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "io/httpd.h"

#define CONNECTIONS   256
#define REQUEST_MS    (20 * CLOCK_SECOND)
#define BODY_MAX      ((size_t)1024 * 1024) /* its signature takes some ms to be checked */
#define PENDING_MAX   ((size_t)16 * 1024 * 1024)
#define PARAMETER_MAX ((size_t)8192)
#define AGAIN_MS      (30 * CLOCK_SECOND)

struct web_websub {
	struct loop *loop;
	struct engine *engine;
	struct httpd *httpd;	  /* NULL: off, or it cannot listen */
	struct loop_alarm *again; /* to listen */
	char *listen;		  /* NULL: off */
	size_t max_body;
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

static void websub_set_options(struct web_websub *w, struct httpd_options *o)
{
	httpd_options_init(o);
	o->listen = w->listen;
	o->methods = HTTPD_GET | HTTPD_POST; /* a HEAD would confirm without an answer */
	o->connections = CONNECTIONS;
	o->request_ms = REQUEST_MS;
	o->max_body = w->max_body;
	o->max_pending = PENDING_MAX;
	o->handler = websub_on_request;
	o->arg = w;
}

static void websub_listen(void *arg)
{
	struct web_websub *w = arg;
	struct troubles *t = engine_troubles(w->engine);
	struct httpd_options o;
	struct err e;

	websub_set_options(w, &o);
	if (httpd_new(&w->httpd, w->loop, &o, &e) == 0) {
		trouble_end(t, TROUBLE_WEBSUB_CLOSED, STR_NONE);
		log_notice("websub-listens", LOG_S("at", w->listen));
		return;
	}
	log_warn("websub-closed", LOG_E(&e), LOG_S("state", "feeds are polled as before"));
	trouble_begin(t, TROUBLE_WEBSUB_CLOSED, STR_NONE, str_of(e.text));
	loop_alarm_set(w->again, AGAIN_MS);
}

static void websub_close(struct web_websub *w)
{
	loop_alarm_clear(w->again);
	httpd_free(w->httpd);
	w->httpd = NULL;
	free(w->listen);
	w->listen = NULL;
}

/* Returns whether there is nothing to change. */
static bool websub_is_same(const struct web_websub *w, const struct conf *conf, size_t max_body)
{
	const char *listen = conf->websub.listen;

	if (!w->listen || !listen)
		return !w->listen && !listen;
	return strcmp(w->listen, listen) == 0 && w->max_body == max_body;
}

void web_websub_reload(struct web_websub *w, const struct conf *conf)
{
	size_t max_body = conf->poll.max_body < BODY_MAX ? conf->poll.max_body : BODY_MAX;

	if (websub_is_same(w, conf, max_body))
		return;
	websub_close(w);
	trouble_end(engine_troubles(w->engine), TROUBLE_WEBSUB_CLOSED, STR_NONE);
	if (!conf->websub.listen)
		return;
	w->max_body = max_body;
	w->listen = strdup(conf->websub.listen);
	if (w->listen)
		websub_listen(w);
}

struct web_websub *web_websub_new(struct loop *l, struct engine *e, const struct conf *conf)
{
	struct web_websub *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = l;
	w->engine = e;
	w->again = loop_alarm_new(l, "websub", websub_listen, w);
	if (!w->again) {
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
	websub_close(w);
	loop_alarm_free(w->again);
	free(w);
}
