/* SPDX-License-Identifier: MIT */
#include "json_part.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "feed/date.h"

/* Text of feeds is valid; what another program wrote into the database may not be. */
json_t *json_part_text(struct str s)
{
	struct buf clean;
	json_t *text;

	if (s.n == 0)
		return json_string_nocheck("");
	if (!memchr(s.p, '\0', s.n) && utf8_valid(s))
		return json_stringn_nocheck(s.p, s.n);
	buf_init(&clean, 3 * s.n);
	utf8_append_valid(&clean, s);
	text = buf_failed(&clean) ? NULL : json_stringn_nocheck(buf_z(&clean), clean.len);
	buf_release(&clean);
	return text;
}

int json_part_put_text(json_t *object, const char *key, struct str s)
{
	return str_present(s) ? json_object_set_new_nocheck(object, key, json_part_text(s)) : 0;
}

int json_part_put_stamp(json_t *object, const char *key, int64_t ms)
{
	char stamp[STAMP_TEXT_MAX];

	if (ms == STAMP_NONE)
		return 0;
	return json_part_put_text(object, key, str_of(clock_rfc3339(ms, false, stamp)));
}

json_t *json_part_watch(const struct alert *a)
{
	return json_pack("{s:o, s:o, s:s}", "name", json_part_text(a->watch), "title",
		json_part_text(a->watch_title), "priority", alert_priority_words[a->priority]);
}

json_t *json_part_feed(const struct alert *a)
{
	json_t *o = json_object();
	int bad = 0;

	bad |= json_part_put_text(o, "name", a->feed);
	bad |= json_part_put_text(o, "title", str_present(a->feed_title) ? a->feed_title : a->feed);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static const char *json_part_short_form(unsigned char c)
{
	switch (c) {
	case '"': return "\\\"";
	case '\\': return "\\\\";
	case '\b': return "\\b";
	case '\f': return "\\f";
	case '\n': return "\\n";
	case '\r': return "\\r";
	case '\t': return "\\t";
	default: return NULL;
	}
}

static void json_part_write_text(struct str s, struct buf *out)
{
	size_t run = 0; /* begin of what is copied at once */

	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		const char *form;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s.p + run, i - run);
		run = i + 1;
		form = json_part_short_form(c);
		if (form)
			buf_addz(out, form);
		else
			buf_printf(out, "\\u%04X", c);
	}
	if (run < s.n)
		buf_add(out, s.p + run, s.n - run);
	buf_addc(out, '"');
}

static void json_part_write_object(json_t *object, struct buf *out)
{
	const char *key, *separator = "{";
	json_t *value;

	json_object_foreach (object, key, value) {
		buf_addz(out, separator);
		separator = ",";
		json_part_write_text(str_of(key), out);
		buf_addc(out, ':');
		json_part_write(value, out);
	}
	buf_addz(out, *separator == '{' ? "{}" : "}");
}

static void json_part_write_array(const json_t *array, struct buf *out)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i)
			buf_addc(out, ',');
		json_part_write(json_array_get(array, i), out);
	}
	buf_addc(out, ']');
}

/* Jansson decodes each character of a text: 90,000 instructions for a document of 1 KB. */
void json_part_write(json_t *value, struct buf *out)
{
	char text[64];
	size_t n;

	switch (json_typeof(value)) {
	case JSON_OBJECT: json_part_write_object(value, out); return;
	case JSON_ARRAY: json_part_write_array(value, out); return;
	case JSON_STRING:
		json_part_write_text(
			str_slice(json_string_value(value), json_string_length(value)), out);
		return;
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL: break;
	}
	n = json_dumpb(value, text, sizeof(text), JSON_ENCODE_ANY);
	if (n == 0 || n > sizeof(text))
		out->failed = true;
	else
		buf_add(out, text, n);
}

int json_part_dump(json_t *root, struct buf *out)
{
	if (root)
		json_part_write(root, out);
	json_decref(root);
	return !root || buf_failed(out) ? -(int)ERR_NOMEM : 0;
}

int json_part_read_text(const json_t *from, struct arena *arena, struct str *out)
{
	*out = STR_NONE;
	if (!json_is_string(from))
		return 0;
	*out = arena_str(arena, str_slice(json_string_value(from), json_string_length(from)));
	return out->p ? 0 : -(int)ERR_NOMEM;
}

int64_t json_part_read_stamp(const json_t *from)
{
	if (!json_is_string(from))
		return STAMP_NONE;
	return feed_date_parse(str_slice(json_string_value(from), json_string_length(from)), NULL);
}
