/* SPDX-License-Identifier: MIT */
#include "opml_tag.h"

#include <string.h>

static bool space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void assign(struct opml_outline *ol, struct str name, struct str value)
{
	struct {
		const char *name;
		struct str *to;
	} rows[] = {
		{"text", &ol->text},
		{"title", &ol->title},
		{"xmlurl", &ol->xml_url},
		{"url", &ol->url},
		{"htmlurl", &ol->html_url},
		{"type", &ol->type},
		{"language", &ol->language},
		{"category", &ol->category},
		{"iscomment", &ol->comment},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_eq_nocase(name, str_of(rows[i].name)) && !rows[i].to->n)
			*rows[i].to = value;
	}
}

/*
 * A value ends at its quote; where a tag starts before that, the quote was forgotten, and the value
 * ends there or at a '>' before.
 */
static struct str read_value(const char **at, const char *end)
{
	const char *p = *at, *q = p;

	if (p < end && (*p == '"' || *p == '\'')) {
		for (q = p + 1; q < end && *q != *p; q++) {
			if (*q == '<' && q + 1 < end && (q[1] == '/' || q[1] == 'o' || q[1] == 'O'))
				break;
		}
		*at = q < end && *q == *p ? q + 1 : q;
		return str_slice(p + 1, (size_t)(q - p - 1));
	}
	while (q < end && !space(*q) && *q != '>')
		q++;
	*at = q;
	return str_slice(p, (size_t)(q - p));
}

const char *opml_read_attributes(const char *p, const char *end, struct opml_outline *ol)
{
	while (p < end && *p != '>' && *p != '<') {
		struct str name = {p, 0};

		if (space(*p) || *p == '/') {
			ol->empty = *p++ == '/' && p < end && *p == '>';
			continue;
		}
		do
			p++;
		while (p < end && !space(*p) && *p != '=' && *p != '>' && *p != '<');
		name.n = (size_t)(p - name.p);
		while (p < end && space(*p))
			p++;
		if (p < end && *p == '=') {
			p++;
			while (p < end && space(*p))
				p++;
			assign(ol, name, read_value(&p, end));
		}
	}
	return p < end && *p == '>' ? p + 1 : p;
}

struct str opml_tag_name(const char *p, const char *end)
{
	struct str name = {p, 0};
	const char *colon;

	while (p < end && !space(*p) && *p != '>' && *p != '/' && *p != '<')
		p++;
	name.n = (size_t)(p - name.p);
	colon = name.n ? memchr(name.p, ':', name.n) : NULL;
	return colon ? str_slice(colon + 1, (size_t)(p - colon - 1)) : name;
}
