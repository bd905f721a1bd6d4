/* SPDX-License-Identifier: MIT */
/*
 * Standard output: a terminal, a pipe or the journal. An empty line ends each alert; with a
 * template, a line break does.
 */
#include "sinks.h"

#define TEXT_MAX ((size_t)64 * 1024)

struct stdout_settings {
	const char *template;
};

static const struct conf_key_row stdout_keys[] = {SINK_TEMPLATE_KEY(stdout_settings, PROSE), {0}};

static void stdout_check(struct conf_check *c, const void *settings)
{
	const struct stdout_settings *s = settings;

	(void)sink_template_check(c, "template", s->template);
}

static int stdout_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	static const struct sink_escape escape = {sink_text_put, NULL};
	const struct stdout_settings *s = ctx->notify->settings;
	struct buf text;

	out->transport = SINK_STDOUT;
	buf_init(&text, TEXT_MAX);
	if (s->template)
		sink_template_write(s->template, m->alerts, ctx->notify->zone, &escape, &text);
	else
		sink_text_plain(m->alerts, ctx->notify->zone, &text);
	buf_addc(&text, '\n');
	return sink_text_keep(&text, arena, &out->body, e);
}

const struct sink_type sink_stdout = {
	.conf = {"stdout", stdout_keys, sizeof(struct stdout_settings), stdout_check, .utc = false},
	.render = stdout_render,
	.judge = sink_write_judge,
	.window = 1,
	.max_bytes = TEXT_MAX,
};
