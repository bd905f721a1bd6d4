/* SPDX-License-Identifier: MIT */
#include "sinks.h"

#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"

#define RETRY_AFTER_MAX (24 * CLOCK_HOUR)
/* For what this process lacks, not the receiver: memory, descriptors. */
#define LACK_WAIT	(5 * CLOCK_SECOND)
#define SAID_MAX	((size_t)4000) /* bytes of an answer in which a row's text is searched */

void sink_verdict_say(struct sink_verdict *v, const char *text)
{
	v->answer = text ? str_of(text) : STR("no answer kept: out of memory");
}

const char *sink_verdict_quote(struct arena *arena, struct str said)
{
	struct str body = str_trim(utf8_cut(said, 120));
	const char *line_end = body.n ? memchr(body.p, '\n', body.n) : NULL, *text = NULL;

	if (line_end)
		body = str_trim(str_slice(body.p, (size_t)(line_end - body.p)));
	if (body.n)
		text = arena_printf(arena, ": %.*s", STR_ARG(body));
	return text ? text : "";
}

bool sink_verdict_says(struct str said, const char *words)
{
	size_t n = strlen(words);

	said = utf8_cut(said, SAID_MAX);
	for (size_t i = 0; i + n <= said.n; i++)
		if (str_eq_nocase(str_slice(said.p + i, n), str_of(words)))
			return true;
	return false;
}

const struct sink_answer_row *sink_verdict_find(
	const struct sink_answer_row *rows, long status, struct str said)
{
	while (rows->to && !(status >= rows->from && status <= rows->to &&
				   (!rows->says || sink_verdict_says(said, rows->says))))
		rows++;
	return rows->to ? rows : NULL;
}

/* --- without an answer --- */

/* An error of the transport. Only one about the message itself ends it. */
static enum sink_verdict_kind verdict_of_error(enum err_class cls)
{
	switch (cls) {
	case ERR_INPUT: return SINK_BAD; /* too large for a datagram, say */
	case ERR_NOMEM:
	case ERR_IO: return SINK_WAIT;
	case ERR_BUG: return SINK_LATER;
	case ERR_NONE:
	case ERR_TEMP:
	case ERR_PERM:
	case ERR_ACCESS:
	case ERR_LIMIT:
	case ERR_CONF: break;
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
	out->wait = out->kind == SINK_WAIT ? LACK_WAIT : 0;
	out->answer = arena_str(arena, a->error_text);
	if (!out->answer.p)
		out->answer = STR("could not be sent");
}

/* --- HTTP --- */

/*
 * In Standard Webhooks only 2xx is success, and a redirect is an error of the configuration. A
 * message is bad only if the answer says so; any other failure may be temporary or can be fixed.
 */
static const struct sink_answer_row http_rows[] = {
	{200, 299, NULL, SINK_DELIVERED, false},
	{410, 410, NULL, SINK_GONE, false},
	/* The key, address or host name is wrong, not the message. */
	{400, 400, "signature", SINK_TROUBLE, true},
	{400, 400, "HTTPS port", SINK_TROUBLE, true},
	{400, 400, "hostname", SINK_TROUBLE, true},
	{400, 400, NULL, SINK_BAD, false},
	{413, 413, NULL, SINK_BAD, false},
	{422, 422, NULL, SINK_BAD, false},
	{401, 401, NULL, SINK_TROUBLE, true},
	{403, 404, NULL, SINK_TROUBLE, true},
	{429, 429, NULL, SINK_WAIT, false},
	{1, 999, NULL, SINK_TROUBLE, false},
	{0},
};

static void verdict_set_wait(const struct sink_answer *a, struct sink_verdict *out)
{
	if ((out->kind == SINK_WAIT || out->kind == SINK_TROUBLE) && a->retry_after > 0)
		out->wait = a->retry_after < RETRY_AFTER_MAX ? a->retry_after : RETRY_AFTER_MAX;
	/* No time was given: the schedule decides. */
	if (out->kind == SINK_WAIT && out->wait == 0)
		out->kind = SINK_TROUBLE;
}

void sink_http_judge_by(const struct sink_answer_row *own, const struct sink_answer *a,
	struct arena *arena, struct sink_verdict *out)
{
	const struct sink_answer_row *row = own ? sink_verdict_find(own, a->status, a->body) : NULL;
	const char *text;

	if (a->status == 0) {
		sink_write_judge(a, arena, out);
		return;
	}
	if (!row)
		row = sink_verdict_find(http_rows, a->status, a->body);
	out->kind = row ? row->kind : SINK_TROUBLE;
	out->denied = row && row->denied;
	verdict_set_wait(a, out);
	text = out->kind == SINK_DELIVERED ? "" : sink_verdict_quote(arena, a->body);
	sink_verdict_say(
		out, out->wait ? arena_printf(arena, "HTTP %ld, asked to wait %lld s%s", a->status,
					 (long long)(out->wait / CLOCK_SECOND), text)
			       : arena_printf(arena, "HTTP %ld%s", a->status, text));
}

void sink_http_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_http_judge_by(NULL, a, arena, out);
}
