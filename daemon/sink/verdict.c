/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define RETRY_AFTER_MAX (24 * CLOCK_HOUR)

void sink_verdict_say(struct sink_verdict *v, struct arena *arena, const char *text)
{
	const char *kept = arena_strdup(arena, text);

	v->answer = kept ? str_of(kept) : STR("no answer kept: out of memory");
}

const char *sink_verdict_quote(struct str said, char out[160])
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

static enum sink_verdict_kind verdict_of_error(enum err_class cls)
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

void sink_write_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	if (a->error == ERR_NONE) {
		sink_verdict_say(out, arena, "written");
		return;
	}
	out->kind = verdict_of_error(a->error);
	out->answer = arena_str(arena, a->error_text);
	if (!out->answer.p)
		sink_verdict_say(out, arena, "could not be sent");
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
		return SINK_TEMPORARY;
	return SINK_PERMANENT; /* 3xx too: in Standard Webhooks only 2xx is success */
}

void sink_http_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	char body[160], text[256];

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
		out->kind = SINK_TEMPORARY; /* no time given: the schedule decides */
	if (out->kind == SINK_WAIT)
		snprintf(text, sizeof(text), "HTTP %ld, asked to wait %lld s", a->status,
			(long long)(out->wait / CLOCK_SECOND));
	else
		snprintf(text, sizeof(text), "HTTP %ld%s", a->status,
			out->kind == SINK_DELIVERED ? "" : sink_verdict_quote(a->body, body));
	sink_verdict_say(out, arena, text);
}
