/* SPDX-License-Identifier: MIT */
#include "sinks.h"

#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define RETRY_AFTER_MAX (24 * CLOCK_HOUR)

void sink_verdict_say(struct sink_verdict *v, const char *text)
{
	v->answer = text ? str_of(text) : STR("no answer kept: out of memory");
}

const char *sink_verdict_quote(struct arena *arena, struct str said)
{
	struct str body = str_trim(utf8_cut(said, 120));
	const char *line_end = body.n ? memchr(body.p, '\n', body.n) : NULL, *text = NULL;

	if (line_end)
		body.n = (size_t)(line_end - body.p);
	if (body.n)
		text = arena_printf(arena, ": %.*s", STR_ARG(body));
	return text ? text : "";
}

static enum sink_verdict_kind verdict_of_error(enum err_class cls)
{
	switch (cls) {
	case ERR_PERM:
	case ERR_CONF:
	case ERR_INPUT: return SINK_BAD;
	case ERR_NONE:
	case ERR_TEMP:
	case ERR_ACCESS:
	case ERR_LIMIT:
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_BUG: break;
	}
	return SINK_TROUBLE;
}

void sink_write_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	if (a->error == ERR_NONE) {
		out->answer = STR("written");
		return;
	}
	out->kind = verdict_of_error(a->error);
	out->answer = arena_str(arena, a->error_text);
	if (!out->answer.p)
		out->answer = STR("could not be sent");
}

static enum sink_verdict_kind verdict_of_status(long status)
{
	if (status >= 200 && status < 300)
		return SINK_DELIVERED;
	if (status == 410)
		return SINK_GONE;
	if (status == 429)
		return SINK_WAIT;
	if (status == 408 || status == 425 || status >= 500 || status < 200)
		return SINK_TROUBLE;
	return SINK_BAD; /* 3xx too: in Standard Webhooks only 2xx is success */
}

void sink_http_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	if (a->status == 0) {
		sink_write_judge(a, arena, out);
		return;
	}
	out->kind = verdict_of_status(a->status);
	if (a->retry_after >= 0 && (out->kind == SINK_WAIT || a->status == 503)) {
		out->kind = SINK_WAIT;
		out->wait = a->retry_after < RETRY_AFTER_MAX ? a->retry_after : RETRY_AFTER_MAX;
	}
	if (out->kind == SINK_WAIT && a->retry_after < 0)
		out->kind = SINK_TROUBLE; /* no time given: the schedule decides */
	if (out->kind == SINK_WAIT)
		sink_verdict_say(out, arena_printf(arena, "HTTP %ld, asked to wait %lld s",
					      a->status, (long long)(out->wait / CLOCK_SECOND)));
	else
		sink_verdict_say(out,
			arena_printf(arena, "HTTP %ld%s", a->status,
				out->kind == SINK_DELIVERED ? ""
							    : sink_verdict_quote(arena, a->body)));
}
