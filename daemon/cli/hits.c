/* SPDX-License-Identifier: MIT */
#include "hits.h"

#include "base/utf8.h"

#define SNIPPET_MAX  240
#define SNIPPET_ROOM 8192

static void put_escaped(struct buf *out, struct str s)
{
	utf8_escape(out, s, s.n, false);
}

void cli_put_snippet(const struct cli *cli, const struct watch_view *v,
	const struct watch_hit *hits, size_t n_hits)
{
	const struct watch_marks marks = {
		cli->color ? "\033[1m" : "[", cli->color ? "\033[0m" : "]", put_escaped};
	struct buf b;

	buf_init(&b, SNIPPET_ROOM);
	watch_snippet(v, hits, n_hits, SNIPPET_MAX, &marks, &b);
	fwrite(buf_z(&b), 1, b.len, stdout);
	buf_release(&b);
}
