/* SPDX-License-Identifier: MIT */
#include "sinks.h"

#include <string.h>

#define SINK_ROW(name) &sink_##name,
const struct sink_type *const sinks[] = {SINK_LIST(SINK_ROW) NULL};

#define SINKS_N (sizeof(sinks) / sizeof(sinks[0]) - 1)

const struct conf_notify_type *sink_conf_type(size_t i)
{
	return i < SINKS_N ? &sinks[i]->conf : NULL;
}

/* Valid cast: conf is the first member. */
const struct sink_type *sink_type_of(const struct conf_notify *n)
{
	return (const struct sink_type *)(const void *)n->type;
}

size_t sink_window(const struct conf_notify *n)
{
	const struct sink_type *type = sink_type_of(n);

	return type->window_of ? type->window_of(n->settings) : type->window;
}

static int sink_keep_secrets(const struct sink_context *ctx, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	out->secrets = arena_array(arena, ctx->secrets->n, sizeof(*out->secrets));
	if (!out->secrets)
		return err_nomem(e);
	for (size_t i = 0; i < ctx->secrets->n; i++) {
		out->secrets[i] = arena_str(arena, ctx->secrets->v[i].value);
		if (!out->secrets[i].p)
			return err_nomem(e);
	}
	out->n_secrets = ctx->secrets->n;
	return 0;
}

int sink_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = sink_type_of(ctx->notify)->render(ctx, m, arena, out, e);
	/* A message of its own would be more noise than news. */
	if (m->alerts->kind == ALERT_STORY && !sink_type_of(ctx->notify)->sends_json &&
		(!str_present(m->receipt) || m->of_digest))
		out->needless = true;
	return rc ? rc : sink_keep_secrets(ctx, arena, out, e);
}

/* --- acknowledgements --- */

const struct sink_ack_source *sink_ack_source_of(const struct conf_notify *n)
{
	const struct sink_type *type = sink_type_of(n);

	return type->acks && type->conf.acks && type->conf.acks(n->settings) ? type->acks : NULL;
}

int sink_ack_ask(const struct sink_context *ctx, const struct sink_ack_question *q,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = sink_ack_source_of(ctx->notify)->ask(ctx, q, arena, out, e);
	out->answer_max = SINK_ACK_ANSWER_MAX;
	return rc ? rc : sink_keep_secrets(ctx, arena, out, e);
}

int sink_ack_ask_name(const struct sink_context *ctx, struct str who, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = sink_ack_source_of(ctx->notify)->ask_name(ctx, who, arena, out, e);
	return rc ? rc : sink_keep_secrets(ctx, arena, out, e);
}

int sink_ack_reply(const struct sink_context *ctx, const struct sink_ack *ack, const char *text,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = sink_ack_source_of(ctx->notify)->reply(ctx, ack, text, arena, out, e);
	return rc ? rc : sink_keep_secrets(ctx, arena, out, e);
}

void sink_judge(const struct conf_notify *n, const struct sink_answer *a, struct arena *arena,
	struct sink_verdict *out)
{
	*out = (struct sink_verdict){.kind = SINK_DELIVERED};
	sink_type_of(n)->judge(a, arena, out);
}
