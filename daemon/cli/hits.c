/* SPDX-License-Identifier: MIT */
#include "hits.h"

#include <string.h>

#include "base/utf8.h"
#include "document/value.h"

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

static json_t *hit_json(const struct watch_hit *h)
{
	json_t *o = json_object();

	json_object_set_new(o, "field", json_string(query_field_name(h->field)));
	json_object_set_new(o, "offset", json_integer((json_int_t)h->offset));
	json_object_set_new(o, "length", json_integer((json_int_t)h->length));
	document_set_text(o, "text", h->text);
	document_set_text(o, "term", h->term);
	return o;
}

void cli_set_hits(json_t *o, const struct watch_view *v, const struct watch_hit *hits, size_t n)
{
	static const struct watch_marks none = {"", "", NULL};
	json_t *list = json_array();
	struct buf b;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, hit_json(&hits[i]));
	json_object_set_new(o, "hits", list);
	buf_init(&b, SNIPPET_ROOM);
	watch_snippet(v, hits, n, SNIPPET_MAX, &none, &b);
	document_set_text(o, "snippet", str_slice(buf_z(&b), b.len));
	buf_release(&b);
}

void cli_set_reasons(json_t *o, struct str why)
{
	json_t *list = json_array();

	while (why.n > 0) {
		const char *end = memchr(why.p, '\n', why.n);
		size_t n = end ? (size_t)(end - why.p) : why.n;

		json_array_append_new(list, json_stringn(why.p, n));
		n += end != NULL;
		why = str_slice(why.p + n, why.n - n);
	}
	json_object_set_new(o, "why", list);
}
