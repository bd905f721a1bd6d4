/* SPDX-License-Identifier: MIT */
/* Standard output: a terminal, a pipe or the journal. An empty line ends each alert. */
#include "sinks.h"

#define TEXT_MAX ((size_t)64 * 1024)

static const struct conf_key_row stdout_keys[] = {{0}};

static int stdout_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	struct buf text;

	out->transport = SINK_STDOUT;
	buf_init(&text, TEXT_MAX);
	sink_text_plain(m->alerts, ctx->notify->zone, &text);
	buf_addc(&text, '\n');
	return sink_text_keep(&text, arena, &out->body, e);
}

const struct sink_type sink_stdout = {
	.conf = {"stdout", stdout_keys, 0, NULL, .utc = false},
	.render = stdout_render,
	.judge = sink_write_judge,
	.window = 1,
	.max_bytes = TEXT_MAX,
};
