/* SPDX-License-Identifier: MIT */
#include "link_header.h"

#include "base/ascii.h"
#include "base/utf8.h"

static void link_header_skip(struct str *s, size_t n)
{
	*s = str_slice(s->p + n, s->n - n);
}

static void link_header_skip_space(struct str *s)
{
	while (s->n && ascii_is_space(s->p[0]))
		link_header_skip(s, 1);
}

/* Reads a quoted string, whose opening quote is first; it may lack the closing one. */
static struct str link_header_read_quoted(struct str *s, struct arena *a)
{
	size_t end = 1, n = 0;
	char *to;

	while (end < s->n && s->p[end] != '"')
		end += s->p[end] == '\\' && end + 1 < s->n ? 2 : 1;
	to = arena_alloc(a, end);
	for (size_t i = 1; to && i < end; i++) {
		i += s->p[i] == '\\' && i + 1 < end;
		to[n++] = s->p[i];
	}
	link_header_skip(s, end < s->n ? end + 1 : end);
	return str_slice(to, n);
}

/* A token, or what is written in its place, up to a delimiter. */
static struct str link_header_read_token(struct str *s, const char *delimiters)
{
	size_t n = 0;
	struct str token;

	while (n < s->n && s->p[n] && !strchr(delimiters, s->p[n]))
		n++;
	token = str_slice(s->p, n);
	link_header_skip(s, n);
	return token;
}

/* Decodes UTF-8'en'%e2%82%ac (RFC 8187); absent if the value has another form. */
static struct str link_header_decode_extended(struct str s, struct arena *a)
{
	const char *quote = s.n > 6 ? memchr(s.p + 6, '\'', s.n - 6) : NULL;
	size_t n = 0;
	char *to;

	if (!quote || !str_starts_nocase(s, STR("utf-8'")))
		return STR_NONE;
	link_header_skip(&s, (size_t)(quote - s.p) + 1);
	to = arena_alloc(a, s.n + 1);
	for (size_t i = 0; to && i < s.n; i++) {
		int high = i + 2 < s.n && s.p[i] == '%' ? ascii_hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex_value(s.p[i + 2]) : -1;

		to[n++] = low >= 0 ? (char)(high * 16 + low) : s.p[i];
		i += low >= 0 ? 2 : 0;
	}
	return to && utf8_valid(str_slice(to, n)) ? str_slice(to, n) : STR_NONE;
}

static void link_header_set(struct link_value *v, struct str name, struct str value)
{
	struct {
		const char *name;
		struct str *to;
	} rows[] = {{"rel", &v->rel}, {"type", &v->type}, {"title", &v->title},
		{"hreflang", &v->hreflang}, {"media", &v->media}, {"anchor", &v->anchor}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_eq_nocase(name, str_of(rows[i].name)) && !str_present(*rows[i].to))
			*rows[i].to = value;
	}
}

/* Reads the parameters up to the comma after the link. */
static void link_header_read_parameters(struct str *s, struct arena *a, struct link_value *v)
{
	struct str extended = STR_NONE;

	for (link_header_skip_space(s); s->n && s->p[0] != ','; link_header_skip_space(s)) {
		struct str name = link_header_read_token(s, "=;, \t"), value = STR("");

		link_header_skip_space(s);
		if (s->n && s->p[0] == '=') {
			link_header_skip(s, 1);
			link_header_skip_space(s);
			value = s->n && s->p[0] == '"' ? link_header_read_quoted(s, a)
						       : link_header_read_token(s, ";, \t");
		} else if (s->n && s->p[0] != ',' && !name.n) {
			link_header_skip(s, 1); /* the semicolon, or what is not a parameter */
		}
		if (str_eq_nocase(name, STR("title*")) && !extended.p)
			extended = link_header_decode_extended(value, a);
		link_header_set(v, name, value);
	}
	if (extended.p)
		v->title = extended;
}

bool link_header_next(struct str *header, struct arena *a, struct link_value *v)
{
	*v = (struct link_value){.target = STR_NONE};
	while (header->n) {
		bool opens = header->p[0] == '<';

		if (header->p[0] == '"') {
			link_header_read_quoted(header, a);
			continue;
		}
		link_header_skip(header, 1);
		if (!opens)
			continue;
		v->target = str_trim(link_header_read_token(header, "<>"));
		if (header->n && header->p[0] == '>') {
			link_header_skip(header, 1);
			link_header_read_parameters(header, a, v);
			return true;
		}
	}
	return false;
}
