/* SPDX-License-Identifier: MIT */
/* Requests that the reader answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/form.h"
#include "route.h"

#define ARENA_MAX ((size_t)16 * 1024 * 1024)
#define BODY_MAX  ((size_t)4 * 1024 * 1024)

struct web_job {
	struct web_call call;
	struct web_read read;
	const struct web_route *route;
	struct httpd_call *http;
	struct str if_none_match; /* in the arena */
	struct conf *conf;
	json_t *status;
};

struct str web_call_parameter(struct web_call *c, const char *name)
{
	struct str v = STR_NONE;
	struct buf b;

	buf_init(&b, c->query.n + 1);
	if (httpd_parameter(c->query, name, &b) && b.len > 0)
		v = arena_str(c->arena, buf_str(&b));
	buf_release(&b);
	return v;
}

int web_call_since(struct web_call *c, const char *name, int64_t *at, struct err *e)
{
	struct str text = web_call_parameter(c, name);
	struct civil day = {0};
	int64_t ago;
	int end = 0;

	*at = STAMP_NONE;
	if (!str_present(text))
		return 0;
	if (conf_form_number(text, conf_duration_units, &ago)) {
		*at = c->now - ago;
		return 0;
	}
	if (sscanf(text.p, "%4d-%2d-%2d%n", &day.year, &day.month, &day.day, &end) != 3 ||
		end != (int)text.n)
		return err_set(e, ERR_CONF,
			"%s is a time such as 24h, 7d or 2026-11-30, not \"%.40s\"", name, text.p);
	*at = zone_instant(c->zone, clock_from_civil(&day));
	return 0;
}

int web_call_number(struct web_call *c, const char *name, int64_t *n, struct err *e)
{
	struct str text = web_call_parameter(c, name);

	*n = 0;
	if (!str_present(text) || conf_form_number(text, conf_count_units, n))
		return 0;
	return err_set(e, ERR_CONF, "%s is a number, not \"%.40s\"", name, text.p);
}

static void web_job_free(struct web_job *j)
{
	conf_unref(j->conf);
	json_decref(j->status);
	arena_free(j->call.arena);
	buf_release(&j->call.body);
	free(j);
}

static void web_job_fail(struct web_job *j, const struct err *e)
{
	web_reply_failure(
		j->http, j->route->kind, j->call.path.p, web_reply_status(e->cls), e->text);
}

static void web_job_end(void *arg, int rc, const struct err *e)
{
	struct web_job *j = arg;
	const struct web_call *c = &j->call;

	if (rc)
		web_job_fail(j, e);
	else
		web_reply_send(j->http, &(struct web_reply){.status = c->code,
						.type = c->type,
						.body = buf_str(&c->body),
						.tagged = c->tagged,
						.if_none_match = j->if_none_match});
	web_job_free(j);
}

static int web_job_run(void *arg, struct store *store, struct err *e)
{
	struct web_job *j = arg;
	struct web_call *c = &j->call;
	struct zone *zone = zone_new(c->conf->daemon.timezone);
	int rc;

	c->now = clock_wall();
	c->zone = zone;
	rc = j->route->read(c, store, e);
	c->zone = NULL;
	zone_free(zone);
	if (rc == -(int)ERR_NOMEM)
		return err_nomem(e); /* where a callback ran out of it, only the class is known */
	if (rc == 0 && buf_failed(&c->body))
		rc = c->body.overflow
			     ? err_set(e, ERR_LIMIT, "the answer is too large: ask for less")
			     : err_nomem(e);
	return rc;
}

static const char *web_job_kind_type(enum web_kind kind)
{
	switch (kind) {
	case WEB_FOR_PROGRAMS: return WEB_TEXT;
	case WEB_FOR_PEOPLE: return WEB_HTML;
	case WEB_FOR_API: return WEB_JSON;
	}
	return WEB_TEXT;
}

static struct web_job *web_job_new(const struct httpd_request *q, const struct web_route *route)
{
	const char *known = httpd_header(q, "If-None-Match");
	struct web_job *j = calloc(1, sizeof(*j));
	struct web_call *c;

	if (!j)
		return NULL;
	c = &j->call;
	c->arena = arena_new(ARENA_MAX);
	if (!c->arena) {
		free(j);
		return NULL;
	}
	j->route = route;
	c->path = arena_str(c->arena, str_of(q->path));
	c->query = arena_str(c->arena, q->query);
	j->if_none_match = arena_str(c->arena, str_of(known));
	c->kind = route->kind;
	c->code = 200;
	c->type = web_job_kind_type(route->kind);
	c->tagged = true;
	buf_init(&c->body, BODY_MAX);
	return j;
}

void web_call_start(struct web_site *s, struct httpd_call *call, const struct httpd_request *q,
	const struct web_route *route, struct str name)
{
	struct web_job *j = web_job_new(q, route);
	struct err e;

	if (!j) {
		web_reply_failure(call, route->kind, q->path, 503, "out of memory");
		return;
	}
	j->call.name = arena_str(j->call.arena, name);
	j->http = call;
	j->conf = conf_ref(s->conf);
	j->call.conf = s->conf;
	if (route->status)
		j->status = admin_status(s->parts.admin);
	j->call.status = j->status;
	j->read = (struct web_read){.run = web_job_run, .done = web_job_end, .arg = j};
	if (web_reader_post(s->reader, &j->read, &e) == 0)
		return;
	web_job_fail(j, &e);
	web_job_free(j);
}
