/* SPDX-License-Identifier: MIT */
#include "json_value.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "double_encoding.h"
#include "feed/date.h"
#include "feed/html.h"
#include "feed/link.h"
#include "link_repair.h"

void json_problem(struct json_reader *r, uint32_t line, const char *text)
{
	struct feed_batch *b = r->b;
	struct str copy;

	if (b->n_problems > FEED_PROBLEMS_MAX)
		return;
	if (b->n_problems == FEED_PROBLEMS_MAX)
		text = "more problems are not listed";
	copy = json_keep(r, str_of(text));
	if (copy.p)
		b->problems[b->n_problems++] = (struct feed_problem){line, copy};
}

/* Notes that memory ran out for b; its maximum truncates the text instead. */
static void json_check(struct json_reader *r, const struct buf *b)
{
	r->nomem |= buf_failed(b) && !b->overflow;
}

struct str json_keep(struct json_reader *r, struct str s)
{
	struct str copy;

	json_check(r, &r->scratch);
	if (!s.n)
		return STR_NONE;
	copy = arena_str(r->b->arena, s);
	r->nomem |= !copy.p;
	return copy;
}

void *json_keep_list(struct json_reader *r, size_t n, size_t size)
{
	void *list = arena_array(r->b->arena, n ? n : 1, size);

	r->nomem |= !list;
	return list;
}

static struct str json_value(struct json_reader *r, json_t *v, char number[32])
{
	struct str s = STR_NONE;

	if (json_is_string(v))
		s = str_slice(json_string_value(v), json_string_length(v));
	else if (json_is_integer(v))
		s = str_slice(number, (size_t)snprintf(number, 32, "%" JSON_INTEGER_FORMAT,
					      json_integer_value(v)));
	else if (json_is_real(v))
		s = str_slice(number, (size_t)snprintf(number, 32, "%.17g", json_real_value(v)));
	if (s.n > r->limits->field_bytes) {
		s = utf8_cut(s, r->limits->field_bytes);
		r->field_cut = true;
	}
	s = str_trim(s);
	if (feed_undo_double_encoding(s, &r->repaired))
		s = buf_str(&r->repaired);
	json_check(r, &r->repaired);
	return s.n ? s : STR_NONE;
}

struct str json_field(struct json_reader *r, json_t *object, const char *key, char number[32])
{
	return json_value(r, json_object_get(object, key), number);
}

struct str json_plain(struct json_reader *r, struct str s, bool paragraphs)
{
	struct buf *out = &r->scratch;
	unsigned lines = 0;
	bool space = false;

	buf_clear(out);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (ascii_is_space(c)) {
			space = true;
			lines += c == '\n';
		} else if (c > ' ' && c != 0x7F) {
			if (space && out->len)
				buf_addz(out, !paragraphs || !lines ? " "
					      : lines == 1	    ? "\n"
								    : "\n\n");
			buf_addc(out, (char)c);
			space = false;
			lines = 0;
		}
	}
	return buf_str(out);
}

bool json_has_reference(struct str s)
{
	const char *amp = s.n ? memchr(s.p, '&', s.n) : NULL;

	return amp && memchr(amp, ';', (size_t)(s.p + s.n - amp));
}

struct str json_line(struct json_reader *r, json_t *object, const char *key)
{
	return json_line_of(r, json_object_get(object, key));
}

struct str json_line_of(struct json_reader *r, json_t *string)
{
	char number[32];
	struct str s = json_value(r, string, number);

	if (!s.n)
		return STR_NONE;
	if (!feed_html_has_tags(s) && !json_has_reference(s))
		return json_keep(r, json_plain(r, s, false));
	buf_clear(&r->scratch);
	feed_html_to_line(s, &r->scratch);
	return json_keep(r, buf_str(&r->scratch));
}

struct str json_word(struct json_reader *r, json_t *object, const char *key)
{
	char number[32];
	struct str s = json_field(r, object, key, number);

	return s.n ? json_keep(r, json_plain(r, s, false)) : STR_NONE;
}

struct str json_link(struct json_reader *r, json_t *object, const char *key)
{
	char number[32];
	struct str s = link_unwrap(json_field(r, object, key, number));

	s = link_repair(s, &r->scratch);
	json_check(r, &r->scratch);
	return feed_link_resolve(r->b->arena, r->base, s);
}

void json_body(struct json_reader *r, struct str s, bool html, struct str *text, struct str *raw)
{
	if (!s.n || text->p)
		return;
	if (html)
		*raw = json_keep(r, s);
	if (r->o->headers_only)
		return;
	if (html) {
		buf_clear(&r->scratch);
		feed_html_to_text(s, &r->scratch);
		s = buf_str(&r->scratch);
	} else {
		s = json_plain(r, s, true);
	}
	*text = json_keep(r, s);
}

int64_t json_date(struct json_reader *r, json_t *object, const char *key, bool *odd)
{
	char number[32];
	struct str s = json_field(r, object, key, number);
	bool implausible;
	int64_t stamp = feed_date_parse(s, &implausible);

	if (stamp != STAMP_NONE)
		*odd |= implausible;
	else if (s.n)
		json_problem(r, 0, "a date cannot be read and was left out");
	return stamp;
}

/* --- authors ---------------------------------------------------------------------------------- */

static void json_add_author(struct json_reader *r, json_t *v, struct feed_author *a)
{
	struct feed_author one = {.text = STR_NONE};
	char *joined;

	if (json_is_string(v)) {
		one.name = json_line_of(r, v);
	} else if (json_is_object(v)) {
		one.name = json_line(r, v, "name");
		one.email = json_word(r, v, "email");
		one.uri = json_word(r, v, "url");
	}
	if (!one.email.p && one.uri.n > 7 && str_starts_nocase(one.uri, STR("mailto:"))) {
		one.email = str_slice(one.uri.p + 7, one.uri.n - 7);
		one.uri = STR_NONE;
	}
	one.text = one.name.p ? one.name : one.email;
	if (one.name.p && one.email.p) {
		joined = arena_printf(r->b->arena, "%s (%s)", one.name.p, one.email.p);
		r->nomem |= !joined;
		one.text = str_of(joined);
	}
	if (!a->text.p) {
		*a = one;
	} else if (one.text.p) {
		joined = arena_printf(r->b->arena, "%s, %s", a->text.p, one.text.p);
		r->nomem |= !joined;
		a->text = str_of(joined);
	}
}

struct feed_author json_authors(struct json_reader *r, json_t *object)
{
	static const char *const keys[] = {"authors", "author"};
	struct feed_author a = {.text = STR_NONE};
	json_t *v, *one;
	size_t i;

	for (size_t k = 0; k < 2 && !a.text.p; k++) {
		v = json_object_get(object, keys[k]);
		if (!json_is_array(v)) {
			json_add_author(r, v, &a);
			continue;
		}
		json_array_foreach (v, i, one) {
			if (i < 16) /* each name is appended: bounds the cost */
				json_add_author(r, one, &a);
		}
	}
	return a;
}
