/* SPDX-License-Identifier: MIT */
#include "redact_form.h"

#include <stdlib.h>

#include "base/ascii.h"

/* Of decoding: what was percent-encoded may be encoded again, or put into JSON. */
#define ROUNDS 3

/* One encoded character at text: its length, and the character in *c; 0: none is encoded there. */
static size_t form_decode_hex(struct str text, size_t prefix, size_t digits, char *c)
{
	int value = 0;

	if (text.n < prefix + digits)
		return 0;
	for (size_t i = 0; i < digits; i++) {
		int digit = ascii_hex_value(text.p[prefix + i]);

		if (digit < 0 || value > 0xF)
			return 0;
		value = value * 16 + digit;
	}
	*c = (char)value;
	return prefix + digits;
}

/* "&#47;", "&#x2f;" */
static size_t form_decode_number(struct str text, char *c)
{
	bool hex = text.n > 2 && ascii_lower(text.p[2]) == 'x';
	int value = 0;

	for (size_t i = hex ? 3 : 2; i < text.n && i < 12; i++) {
		int digit = ascii_hex_value(text.p[i]);

		if (text.p[i] == ';' && value > 0) {
			*c = (char)value;
			return i + 1;
		}
		if (digit < 0 || (!hex && digit > 9))
			return 0;
		value = value * (hex ? 16 : 10) + digit;
		if (value > 0xFF)
			return 0;
	}
	return 0;
}

static size_t form_decode_entity(struct str text, char *c)
{
	static const struct {
		struct str name;
		char c;
	} names[] = {{STR("&amp;"), '&'}, {STR("&lt;"), '<'}, {STR("&gt;"), '>'},
		{STR("&quot;"), '"'}, {STR("&apos;"), '\''}, {STR("&sol;"), '/'},
		{STR("&equals;"), '='}, {STR("&quest;"), '?'}, {STR("&nbsp;"), ' '}};

	if (text.n > 2 && text.p[1] == '#')
		return form_decode_number(text, c);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_starts_nocase(text, names[i].name)) {
			*c = names[i].c;
			return names[i].name.n;
		}
	return 0;
}

static size_t form_decode_escape(struct str text, char *c)
{
	if (text.n < 2)
		return 0;
	switch (text.p[1]) {
	case 'u': return form_decode_hex(text, 2, 4, c);
	case 'x': return form_decode_hex(text, 2, 2, c);
	case '/':
	case '\\':
	case '"': *c = text.p[1]; return 2;
	}
	return 0;
}

static size_t form_decode(struct str text, char *c)
{
	switch (text.p[0]) {
	case '%': return form_decode_hex(text, 1, 2, c);
	case '&': return form_decode_entity(text, c);
	case '\\': return form_decode_escape(text, c);
	}
	return 0;
}

/* False: nothing was encoded. */
static bool form_decode_round(struct redact_form *f)
{
	size_t to = 0, n;
	bool decoded = false;

	for (size_t from = 0; from < f->n; from += n, to++) {
		char c = f->text[from];

		n = form_decode(str_slice(f->text + from, f->n - from), &c);
		decoded = decoded || n;
		if (n == 0)
			n = 1;
		f->text[to] = c;
		f->start[to] = f->start[from];
	}
	f->start[to] = f->start[f->n];
	f->n = to;
	return decoded;
}

/* One character for those that a query, or another alphabet of base64, writes differently. */
static char form_fold(char c)
{
	if (c == '+' || c == '-' || ascii_is_space(c))
		return ' ';
	return c == '_' ? '/' : ascii_lower(c);
}

bool redact_form_make(struct redact_form *f, struct str s)
{
	*f = (struct redact_form){.text = malloc(s.n + 1),
		.n = s.n,
		.start = malloc((s.n + 1) * sizeof(*f->start)),
		.size = s.n};
	if (!f->text || !f->start)
		return false;
	if (s.n)
		memcpy(f->text, s.p, s.n);
	for (size_t i = 0; i <= s.n; i++)
		f->start[i] = i;
	for (int i = 0; i < ROUNDS && form_decode_round(f); i++)
		;
	for (size_t i = 0; i < f->n; i++)
		f->text[i] = form_fold(f->text[i]);
	return true;
}

void redact_form_release(struct redact_form *f)
{
	if (f->text)
		explicit_bzero(f->text, f->size);
	free(f->text);
	free(f->start);
	*f = (struct redact_form){0};
}
