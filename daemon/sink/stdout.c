/* SPDX-License-Identifier: MIT */
/* Standard output: for a terminal, a pipe, or the journal. A blank line ends each alert. */
#include "text.h"

int sink_stdout(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	struct buf text;

	(void)ctx;
	out->transport = SINK_STDOUT;
	buf_init(&text, (size_t)64 * 1024);
	sink_text_plain(m->alerts, &text);
	buf_addc(&text, '\n');
	return sink_text_keep(&text, arena, &out->body, e);
}
