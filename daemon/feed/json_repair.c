/* SPDX-License-Identifier: MIT */
#include "json_repair.h"

#include <string.h>

#include "base/ascii.h"

struct json_repairer {
	struct str in;
	size_t i;
	uint32_t line;
	struct json_repaired *m;
	const struct feed_limits *limits;
	unsigned depth, values;
	uint64_t objects; /* bit d: what was opened at depth d is an object */
	struct str last;  /* the last string, without quotes */
	bool in_items;	  /* inside the array "items" of the root */
	size_t comma; /* offset in the output of a comma followed by white space only; or NONE */
	size_t whole; /* length of the output up to the last complete item; 0: none */
};

#define NONE	      SIZE_MAX
#define NUMBER_DIGITS 18 /* of any number that 64 bits hold */

static void json_note(struct json_repairer *j, const char *what)
{
	if (!j->m->first_line) {
		j->m->first_line = j->line;
		j->m->first = what;
	}
}

static int json_read_hex4(struct str s, size_t i)
{
	int v = 0;

	if (s.n - i < 4)
		return -1;
	for (size_t k = i; k < i + 4; k++) {
		int digit = ascii_hex_value(s.p[k]);

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

/* in[i] is the 'u' of \u. */
static void json_repair_unicode(struct json_repairer *j)
{
	struct buf *out = &j->m->text;
	int v = json_read_hex4(j->in, j->i + 1), low = -1;

	if (v < 0) {
		json_note(j, "a broken \\u escape");
		buf_addz(out, "u");
		j->i++;
		return;
	}
	if (v >= 0xD800 && v < 0xDC00 && j->in.n - j->i >= 11 && j->in.p[j->i + 5] == '\\' &&
		j->in.p[j->i + 6] == 'u')
		low = json_read_hex4(j->in, j->i + 7);
	if (low >= 0xDC00 && low < 0xE000) {
		buf_addz(out, "\\");
		buf_add(out, j->in.p + j->i, 11);
		j->i += 11;
		return;
	}
	if (v == 0 || (v >= 0xD800 && v < 0xE000)) {
		json_note(j, "half of a surrogate pair, or NUL");
		buf_addz(out, "\\ufffd");
	} else {
		buf_addz(out, "\\");
		buf_add(out, j->in.p + j->i, 5);
	}
	j->i += 5;
}

/* in[i] is a backslash inside a string. */
static void json_repair_escape(struct json_repairer *j)
{
	char c;

	j->i++;
	if (j->i == j->in.n)
		return;
	c = j->in.p[j->i];
	if (c == 'u') {
		json_repair_unicode(j);
	} else if (c && strchr("\"\\/bfnrt", c)) {
		buf_addc(&j->m->text, '\\');
		buf_addc(&j->m->text, c);
		j->i++;
	} else {
		json_note(j, "an escape that JSON does not have"); /* the character is kept */
	}
}

/* in[i] is the opening quote. Without a closing one, i is at the end of the input afterwards. */
static void json_repair_string(struct json_repairer *j)
{
	struct buf *out = &j->m->text;
	size_t start = ++j->i;

	buf_addc(out, '"');
	while (j->i < j->in.n && j->in.p[j->i] != '"') {
		size_t from = j->i;
		unsigned char c = 0;

		while (j->i < j->in.n && (c = (unsigned char)j->in.p[j->i]) >= ' ' && c != '"' &&
			c != '\\')
			j->i++;
		buf_add(out, j->in.p + from, j->i - from);
		if (j->i == j->in.n)
			return;
		if (c == '\\') {
			json_repair_escape(j);
		} else if (c < ' ') {
			json_note(j, "a line break or control character inside a string");
			buf_addz(out, c == '\n' ? "\\n" : " ");
			j->line += c == '\n';
			j->i++;
		}
	}
	if (j->i == j->in.n)
		return;
	j->last = str_slice(j->in.p + start, j->i - start);
	j->i++;
	buf_addc(out, '"');
}

/*
 * in[i] is the first byte of a number. One that the parser refuses becomes a string: too many
 * digits, as in ids, or a zero before others.
 */
static void json_repair_number(struct json_repairer *j)
{
	struct buf *out = &j->m->text;
	size_t start = j->i, digits;
	struct str number;
	bool odd;

	while (j->i < j->in.n && (ascii_is_alnum(j->in.p[j->i]) || strchr("+-.", j->in.p[j->i])) &&
		j->in.p[j->i])
		j->i++;
	number = str_slice(j->in.p + start, j->i - start);
	digits = number.n - (*number.p == '-');
	odd = digits > NUMBER_DIGITS || (digits > 1 && number.p[number.n - digits] == '0' &&
						ascii_is_digit(number.p[number.n - digits + 1]));
	if (odd)
		buf_addc(out, '"');
	buf_adds(out, number);
	if (odd)
		buf_addc(out, '"');
}

static void json_open_bracket(struct json_repairer *j, char c)
{
	if (j->depth == 1 && c == '[')
		j->in_items = str_is(j->last, "items");
	if (j->depth == 2 && c == '{' && j->in_items)
		buf_add(&j->m->lines, &j->line, sizeof(j->line));
	j->objects = c == '{' ? j->objects | UINT64_C(1) << j->depth
			      : j->objects & ~(UINT64_C(1) << j->depth);
	j->depth++;
	buf_addc(&j->m->text, c);
	j->i++;
}

/* The parser reports a bracket of the wrong kind. */
static void json_close_bracket(struct json_repairer *j, char c)
{
	if (j->comma != NONE) {
		json_note(j, "a comma before a closing bracket");
		j->m->text.data[j->comma] = ' ';
	}
	j->depth -= j->depth > 0;
	buf_addc(&j->m->text, c);
	j->i++;
	if (j->depth == 2 && c == '}' && j->in_items)
		j->whole = j->m->text.len;
	if (j->depth == 1)
		j->in_items = false;
}

static bool json_repair_step(struct json_repairer *j)
{
	char c = j->in.p[j->i];
	size_t comma = NONE;

	if (c == '{' || c == '[') {
		if (j->depth == JSON_DEPTH_MAX)
			return false;
		json_open_bracket(j, c);
		j->values++;
	} else if (c == '}' || c == ']') {
		json_close_bracket(j, c);
	} else if (c == '"') {
		json_repair_string(j);
	} else if (c == '-' || ascii_is_digit(c)) {
		json_repair_number(j);
	} else {
		if (ascii_is_xml_space(c))
			comma = j->comma;
		if (c == ',') {
			comma = j->m->text.len;
			j->values++;
		}
		j->line += c == '\n';
		buf_addc(&j->m->text, c ? c : ' ');
		j->i++;
	}
	j->comma = comma;
	return !buf_failed(&j->m->text) && j->values <= j->limits->elements;
}

int json_repair(
	struct str body, const struct feed_limits *limits, struct json_repaired *m, struct err *e)
{
	struct json_repairer j = {.in = body, .line = 1, .m = m, .limits = limits, .comma = NONE};
	bool within = true;

	*m = (struct json_repaired){0};
	/* A repair at most doubles the length. */
	buf_init(&m->text,
		body.n < limits->body_bytes ? 2 * body.n + 64 : 2 * limits->body_bytes + 64);
	buf_init(&m->lines, (size_t)limits->elements * sizeof(uint32_t));
	if (body.n > limits->body_bytes)
		return err_set(
			e, ERR_LIMIT, "the document is larger than %zu bytes", limits->body_bytes);
	if (str_starts(body, STR("\xEF\xBB\xBF")))
		j.i = 3;
	while (within && j.i < body.n && (j.depth || !j.values))
		within = json_repair_step(&j);
	if ((buf_failed(&m->text) && !m->text.overflow) || buf_failed(&m->lines))
		return err_nomem(e);
	if (!within)
		return err_set(e, ERR_LIMIT,
			"line %u: the JSON is nested deeper than %d or has more than %u values",
			j.line, JSON_DEPTH_MAX, limits->elements);
	if (j.depth) {
		m->cut = true;
		json_note(&j, "the document ends in the middle");
		if (j.whole) {
			buf_truncate(&m->text, j.whole);
			buf_addz(&m->text, "]}");
		}
	} else if (str_trim(str_slice(body.p + j.i, body.n - j.i)).n) {
		json_note(&j, "something stands behind the end of the document");
	}
	return buf_failed(&m->text) ? err_nomem(e) : 0;
}

void json_repaired_release(struct json_repaired *m)
{
	buf_release(&m->text);
	buf_release(&m->lines);
}
