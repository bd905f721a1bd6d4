/* SPDX-License-Identifier: MIT */
/* Each request is a command of admin/admin.h, with the right to look only. */
#include "status.h"

#include <stdlib.h>

#include "document/metrics_text.h"

typedef void status_answer_fn(struct httpd_call *call, const json_t *answer);

/* A request that the admin has not answered. */
struct web_question {
	LIST_ENTRY(web_question) link;
	status_answer_fn *answer;
	struct httpd_call *call;
};

/* --- answers --- */

static void status_answer_metrics(struct httpd_call *call, const json_t *answer)
{
	const json_t *text = json_object_get(answer, "text");

	if (!text) {
		web_reply_text(call, 503, STR("not now\n"));
		return;
	}
	web_reply_send(call,
		&(struct web_reply){.status = 200,
			.type = DOCUMENT_METRICS_TYPE,
			.body = str_slice(json_string_value(text), json_string_length(text))});
}

static void status_answer_json(struct httpd_call *call, const json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	web_reply_send(
		call, &(struct web_reply){
			      .status = text && !json_object_get(answer, "error") ? 200 : 503,
			      .type = WEB_JSON,
			      .body = text ? str_of(text) : STR("{}"),
		      });
	free(text);
}

/* Ready: the desk and its database answer. */
static void status_answer_ready(struct httpd_call *call, const json_t *answer)
{
	if (json_is_object(json_object_get(answer, "database")) &&
		json_object_get(json_object_get(answer, "database"), "bytes"))
		web_reply_text(call, 200, STR("ready\n"));
	else
		web_reply_text(call, 503, STR("not ready\n"));
}

/* --- questions --- */

static void status_on_answer(void *arg, json_t *answer)
{
	struct web_question *q = arg;

	q->answer(q->call, answer);
	json_decref(answer);
	LIST_REMOVE(q, link);
	free(q);
}

static void status_ask(
	struct web_site *s, struct httpd_call *call, const char *command, status_answer_fn *answer)
{
	const struct admin_caller by = {ADMIN_LOOK, USER_UNKNOWN};
	struct web_question *q = calloc(1, sizeof(*q));
	json_t *request = json_pack("{ss}", "command", command);

	if (!q || !request) {
		free(q);
		json_decref(request);
		web_reply_text(call, 503, STR("out of memory\n"));
		return;
	}
	q->answer = answer;
	q->call = call;
	LIST_INSERT_HEAD(&s->questions, q, link);
	admin_run(s->parts.admin, &by, request, status_on_answer, q);
	json_decref(request);
}

void web_status_release(struct web_site *s)
{
	struct web_question *q;

	while ((q = LIST_FIRST(&s->questions)) != NULL) {
		LIST_REMOVE(q, link);
		httpd_answer_status(q->call, 503); /* frees it */
		free(q);
	}
}

/* --- requests --- */

/* That the loop comes here is the proof that it lives. */
void web_status_healthz(
	struct web_site *s, struct httpd_call *call, const struct httpd_request *q, struct str name)
{
	(void)s, (void)q, (void)name;
	web_reply_text(call, 200, STR("ok\n"));
}

void web_status_readyz(
	struct web_site *s, struct httpd_call *call, const struct httpd_request *q, struct str name)
{
	(void)q, (void)name;
	status_ask(s, call, "status", status_answer_ready);
}

void web_status_metrics(
	struct web_site *s, struct httpd_call *call, const struct httpd_request *q, struct str name)
{
	(void)q, (void)name;
	status_ask(s, call, "metrics", status_answer_metrics);
}

void web_status_document(
	struct web_site *s, struct httpd_call *call, const struct httpd_request *q, struct str name)
{
	(void)q, (void)name;
	status_ask(s, call, "status", status_answer_json);
}
