/* SPDX-License-Identifier: MIT */
#include "hits.h"

#include <string.h>

#include "value.h"

#define SNIPPET_MAX  240
#define SNIPPET_ROOM 8192

static json_t *hits_one(const struct watch_hit *h)
{
	json_t *o = json_object();

	document_set_text(o, "field", str_of(query_field_name(h->field)));
	document_set_int(o, "offset", (int64_t)h->offset);
	document_set_int(o, "length", (int64_t)h->length);
	document_set_text(o, "text", h->text);
	document_set_text(o, "term", h->term);
	return o;
}

void document_set_hits(
	json_t *o, const struct watch_view *v, const struct watch_hit *hits, size_t n_hits)
{
	static const struct watch_marks none = {"", "", NULL};
	json_t *list = json_array();
	struct buf b;

	for (size_t i = 0; i < n_hits; i++)
		json_array_append_new(list, hits_one(&hits[i]));
	json_object_set_new(o, "hits", list);
	buf_init(&b, SNIPPET_ROOM);
	watch_snippet(v, hits, n_hits, SNIPPET_MAX, &none, &b);
	document_set_text(o, "snippet", str_slice(buf_z(&b), b.len));
	buf_release(&b);
}

void document_set_reasons(json_t *o, struct str why)
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
