/* SPDX-License-Identifier: MIT */
#include "value.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "document/document.h"

#define SNIPPET_MAX  240
#define SNIPPET_ROOM 8192

void document_set_text(json_t *o, const char *key, struct str s)
{
	struct buf clean;

	if (!str_present(s))
		return;
	if (utf8_valid(s)) {
		json_object_set_new(o, key, json_stringn(s.p, s.n));
		return;
	}
	buf_init(&clean, s.n * 8 + 16);
	utf8_escape(&clean, s, s.n, false);
	json_object_set_new(o, key, json_string(buf_z(&clean)));
	buf_release(&clean);
}

json_t *document_stamp(int64_t ms)
{
	char text[STAMP_TEXT_MAX];

	return ms == STAMP_NONE ? NULL : json_string(clock_rfc3339(ms, false, text));
}

void document_set_url(json_t *o, const char *key, struct str url)
{
	struct buf shown;

	buf_init(&shown, 4 * url.n + 16);
	redact_show_url(&shown, url);
	if (str_present(url))
		document_set_text(o, key, buf_str(&shown));
	buf_release(&shown);
}

void document_set_stamp(json_t *o, const char *key, int64_t ms)
{
	if (ms != STAMP_NONE)
		json_object_set_new(o, key, document_stamp(ms));
}

void document_set_int(json_t *o, const char *key, int64_t n)
{
	json_object_set_new(o, key, json_integer(n));
}

void document_set_bool(json_t *o, const char *key, bool yes)
{
	json_object_set_new(o, key, json_boolean(yes));
}

json_t *document_bits(uint32_t bits, const char *const *names)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < 32; i++)
		if (bits >> i & 1)
			json_array_append_new(
				list, names ? json_string(names[i]) : json_integer(i));
	return list;
}

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
	static const struct watch_marks none = {"", "", NULL, NULL};
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

int document_print(json_t *doc, FILE *to)
{
	int rc = json_dumpf(doc, to, JSON_COMPACT);

	fputc('\n', to);
	json_decref(doc);
	return rc ? -(int)ERR_NOMEM : 0;
}

json_t *document_error(const struct err *e)
{
	json_t *o = json_object();

	document_set_text(o, "error", str_of(e->text));
	document_set_text(o, "class", str_of(err_class_name(e->cls)));
	return o;
}
