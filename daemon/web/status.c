/* SPDX-License-Identifier: MIT */
/* Each request is a command of admin/admin.h, with the right to look only. */
#include "web/status.h"

#include <stdlib.h>
#include <string.h>

#include "document/metrics_text.h"
#include "io/httpd.h"
#include "listener.h"

#define CONNECTIONS 128
#define POLICY	    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
struct web_status {
	struct admin *admin;
	struct web_listener *listener;
	LIST_HEAD(, status_question) questions; /* that the admin has not answered */
};

/* A page, and the command that answers it. */
struct status_page {
	const char *path, *command;
	void (*answer)(struct httpd_call *call, const json_t *answer);
};

struct status_question {
	LIST_ENTRY(status_question) link;
	const struct status_page *page;
	struct httpd_call *call;
};

static void status_send(struct httpd_call *call, int status, const char *type, struct str body)
{
	static const struct httpd_field fields[] = {
		{"Content-Security-Policy", POLICY}, {"Referrer-Policy", "no-referrer"}};

	httpd_answer(call, &(struct httpd_reply){.status = status,
				   .content_type = type,
				   .body = body,
				   .headers = fields,
				   .n_headers = sizeof(fields) / sizeof(*fields)});
}

static void status_send_text(struct httpd_call *call, int status, struct str text)
{
	status_send(call, status, "text/plain; charset=utf-8", text);
}

/* --- pages --- */

static void status_answer_metrics(struct httpd_call *call, const json_t *answer)
{
	const json_t *text = json_object_get(answer, "text");

	if (text)
		status_send(call, 200, DOCUMENT_METRICS_TYPE,
			str_slice(json_string_value(text), json_string_length(text)));
	else
		status_send_text(call, 503, STR("not now\n"));
}

static void status_answer_json(struct httpd_call *call, const json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	status_send(call, text && !json_object_get(answer, "error") ? 200 : 503, "application/json",
		text ? str_of(text) : STR("{}"));
	free(text);
}

/* Ready: the desk and its database answer. */
static void status_answer_ready(struct httpd_call *call, const json_t *answer)
{
	if (json_is_object(json_object_get(answer, "database")) &&
		json_object_get(json_object_get(answer, "database"), "bytes"))
		status_send_text(call, 200, STR("ready\n"));
	else
		status_send_text(call, 503, STR("not ready\n"));
}

static const struct status_page status_pages[] = {
	{"/metrics", "metrics", status_answer_metrics},
	{"/api/v1/status", "status", status_answer_json},
	{"/readyz", "status", status_answer_ready},
};

/* --- questions --- */

static void status_on_answer(void *arg, json_t *answer)
{
	struct status_question *q = arg;

	q->page->answer(q->call, answer);
	json_decref(answer);
	LIST_REMOVE(q, link);
	free(q);
}

static void status_ask(
	struct web_status *w, struct httpd_call *call, const struct status_page *page)
{
	const struct admin_caller by = {ADMIN_LOOK, USER_UNKNOWN};
	struct status_question *q = calloc(1, sizeof(*q));
	json_t *request = json_pack("{ss}", "command", page->command);

	if (!q || !request) {
		free(q);
		json_decref(request);
		status_send_text(call, 503, STR("out of memory\n"));
		return;
	}
	q->page = page;
	q->call = call;
	LIST_INSERT_HEAD(&w->questions, q, link);
	admin_run(w->admin, &by, request, status_on_answer, q);
	json_decref(request);
}

static void status_on_request(void *arg, struct httpd_call *call, const struct httpd_request *q)
{
	struct web_status *w = arg;

	for (size_t i = 0; i < sizeof(status_pages) / sizeof(*status_pages); i++)
		if (strcmp(q->path, status_pages[i].path) == 0) {
			status_ask(w, call, &status_pages[i]);
			return;
		}
	/* That the loop comes here is the proof that it lives. */
	if (strcmp(q->path, "/healthz") == 0)
		status_send_text(call, 200, STR("ok\n"));
	else
		status_send_text(call, 404, STR("there is nothing at this address\n"));
}

/* --- life --- */

void web_status_reload(struct web_status *w, const struct conf *conf)
{
	struct httpd_options o;

	httpd_options_init(&o);
	o.listen = conf->daemon.status;
	o.methods = HTTPD_GET | HTTPD_HEAD;
	o.connections = CONNECTIONS;
	o.guard_host = o.guard_site = true;
	o.hosts = conf->daemon.status_hosts.v;
	o.n_hosts = conf->daemon.status_hosts.n;
	o.handler = status_on_request;
	o.arg = w;
	web_listener_set(w->listener, &o);
}

struct web_status *web_status_new(
	struct loop *l, struct engine *e, struct admin *admin, const struct conf *conf)
{
	struct web_status *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->admin = admin;
	LIST_INIT(&w->questions);
	w->listener = web_listener_new(l, engine_troubles(e), TROUBLE_STATUS_CLOSED, "status");
	if (!w->listener) {
		free(w);
		return NULL;
	}
	web_status_reload(w, conf);
	return w;
}

void web_status_free(struct web_status *w)
{
	struct status_question *q;

	if (!w)
		return;
	web_listener_free(w->listener);
	while ((q = LIST_FIRST(&w->questions)) != NULL) {
		LIST_REMOVE(q, link);
		httpd_answer_status(q->call, 503); /* frees it */
		free(q);
	}
	free(w);
}
