/* SPDX-License-Identifier: MIT */
/* The table of services, and what their answers mean. */
#include "sink/sink.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "text.h"

#define RETRY_AFTER_MAX (24 * CLOCK_HOUR)

typedef int render_fn(const struct sink_context *, const struct notice *, struct arena *,
	struct sink_request *, struct err *);

static render_fn *const renderers[] = {
	[CONF_WEBHOOK] = sink_webhook,
	[CONF_SLACK] = sink_slack,
	[CONF_SMTP] = sink_smtp,
	[CONF_SYSLOG] = sink_syslog,
	[CONF_STDOUT] = sink_stdout,
};

int sink_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	return renderers[ctx->notify->type](ctx, m, arena, out, e);
}

int sink_text_keep(struct buf *b, struct arena *arena, struct str *out, struct err *e)
{
	bool failed = buf_failed(b);

	if (!failed) {
		*out = arena_str(arena, buf_str(b));
		failed = !out->p;
	}
	buf_release(b);
	return failed ? err_nomem(e) : 0;
}

int sink_target_url(
	const struct sink_context *ctx, struct arena *arena, struct str *out, struct err *e)
{
	const struct conf_notify *n = ctx->notify;
	struct str url = n->url ? str_of(n->url) : str_trim(ctx->secrets->url);

	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f)
			url.n = 0;
	if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
		return err_set(e, ERR_CONF,
			"notify %s: credential \"%s\" does not hold an http or https URL", n->name,
			n->url_credential ? n->url_credential : "url");
	*out = arena_str(arena, url);
	return out->p ? 0 : err_nomem(e);
}

static struct str answer_text(struct arena *arena, const char *text)
{
	const char *kept = arena_strdup(arena, text);

	return kept ? str_of(kept) : STR("no answer kept: out of memory");
}

const char *sink_text_said(struct str said, char out[160])
{
	struct str body = str_trim(utf8_cut(said, 120));
	const char *line_end = body.n ? memchr(body.p, '\n', body.n) : NULL;

	out[0] = '\0';
	if (line_end)
		body.n = (size_t)(line_end - body.p);
	if (body.n)
		snprintf(out, 160, ": %.*s", STR_ARG(body));
	return out;
}

static enum sink_verdict_kind judge_http(long status)
{
	if (status >= 200 && status < 300)
		return SINK_DELIVERED;
	if (status == 410)
		return SINK_GONE;
	if (status == 429)
		return SINK_WAIT;
	if (status == 408 || status == 425 || status >= 500 || status < 200)
		return SINK_TEMPORARY;
	return SINK_PERMANENT; /* 3xx too: Standard Webhooks takes 2xx alone for success */
}

/* RFC 5321 §4.2.1 */
static enum sink_verdict_kind judge_smtp(long status)
{
	if (status >= 200 && status < 300)
		return SINK_DELIVERED;
	return status >= 500 && status < 600 ? SINK_PERMANENT : SINK_TEMPORARY;
}

static enum sink_verdict_kind judge_error(enum err_class cls)
{
	switch (cls) {
	case ERR_PERM:
	case ERR_CONF:
	case ERR_INPUT: return SINK_PERMANENT;
	case ERR_NONE:
	case ERR_TEMP:
	case ERR_LIMIT:
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_BUG: break;
	}
	return SINK_TEMPORARY;
}

static void judge_status(const struct conf_notify *n, const struct sink_answer *a,
	struct arena *arena, struct sink_verdict *out)
{
	bool mail = n->type == CONF_SMTP;
	char body[160], text[256];

	out->kind = mail ? judge_smtp(a->status) : judge_http(a->status);
	if (a->retry_after >= 0 && (out->kind == SINK_WAIT || a->status == 503)) {
		out->kind = SINK_WAIT;
		out->wait = a->retry_after < RETRY_AFTER_MAX ? a->retry_after : RETRY_AFTER_MAX;
	}
	if (out->kind == SINK_WAIT && a->retry_after < 0)
		out->kind =
			SINK_TEMPORARY; /* told to slow down, not for how long: the schedule does */
	if (out->kind == SINK_WAIT)
		snprintf(text, sizeof(text), "HTTP %ld, asked to wait %lld s", a->status,
			(long long)(out->wait / CLOCK_SECOND));
	else
		snprintf(text, sizeof(text), "%s %ld%s", mail ? "SMTP" : "HTTP", a->status,
			out->kind == SINK_DELIVERED ? "" : sink_text_said(a->body, body));
	out->answer = answer_text(arena, text);
}

void sink_judge(const struct conf_notify *n, const struct sink_answer *a, struct arena *arena,
	struct sink_verdict *out)
{
	*out = (struct sink_verdict){.kind = SINK_DELIVERED};
	if (sink_smtp_judge(a, arena, out)) {
		return;
	} else if (a->status != 0) {
		judge_status(n, a, arena, out);
	} else if (a->error != ERR_NONE) {
		out->kind = judge_error(a->error);
		out->answer = arena_str(arena, a->error_text);
		if (!out->answer.p)
			out->answer = answer_text(arena, "could not be sent");
	} else {
		out->answer = answer_text(arena, "written");
	}
}
