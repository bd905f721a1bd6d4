/* SPDX-License-Identifier: MIT */
/*
 * A quoted text ends at the next quote. If the token after it cannot follow a value, then either
 * the quote is part of the text (an apostrophe), or the text was never closed and this quote opens
 * another value. Heuristic: a text that contains a line of configuration was not closed.
 */
#include "quote.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "conf/schema.h"

#define NONE   SIZE_MAX
#define GLANCE ((size_t)200) /* bytes examined after a quote */

static bool quote_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool quote_is_letter(char c)
{
	return (unsigned char)c >= 0x80 || ascii_is_alnum(c);
}

static bool quote_is_key_byte(char c)
{
	return c == '-' || ascii_is_lower(c);
}

static size_t quote_skip_blanks(struct str s, size_t i)
{
	while (i < s.n && quote_is_blank(s.p[i]))
		i++;
	return i;
}

static size_t quote_skip_word(struct str s, size_t i)
{
	while (i < s.n && (unsigned char)s.p[i] > 0x20 && !strchr("\"'{},=#", s.p[i]))
		i++;
	return i;
}

static size_t quote_line_end(struct str s, size_t i)
{
	const char *p = i < s.n ? memchr(s.p + i, '\n', s.n - i) : NULL;

	return p ? (size_t)(p - s.p) : s.n;
}

size_t conf_quote_curly(struct str text, size_t offset)
{
	uint32_t cp = 0;
	size_t n = utf8_decode(text.p + offset, text.n - offset, &cp);

	return (cp >= 0x2018 && cp <= 0x201F) || cp == 0xAB || cp == 0xBB || cp == 0x2039 ||
			       cp == 0x203A || cp == '`' || cp == 0xB4 || cp == 0x2032 ||
			       cp == 0x2033
		       ? n
		       : 0;
}

/* Is the line at i configuration: a closing brace, "key =" or "kind name {"? */
static bool quote_is_config_line(conf_notify_types_fn *types, struct str s, size_t i)
{
	size_t end;
	struct str word;

	i = quote_skip_blanks(s, i);
	if (i < s.n && s.p[i] == '}')
		return true;
	for (end = i; end < s.n && end - i < 40 && quote_is_key_byte(s.p[end]);)
		end++;
	word = str_slice(s.p + i, end - i);
	i = quote_skip_blanks(s, end);
	if (i + 1 < s.n && s.p[i] == '=')
		return conf_schema_is_key(types, word) &&
		       (quote_is_blank(s.p[i + 1]) || strchr("\"'{", s.p[i + 1]));
	if (!conf_schema_is_kind(word))
		return false;
	i = quote_skip_blanks(s, quote_skip_word(s, i));
	return i < s.n && s.p[i] == '{';
}

/* Returns the start of the first such line that begins in (from, to), or NONE. */
static size_t quote_find_config_line(const struct conf_quoted *q, size_t from, size_t to)
{
	struct str s = q->at.file->text;
	/* Bounded by to: else many quotes take quadratic time. */
	struct str part = str_slice(s.p, to);

	for (size_t i = quote_line_end(part, from); i < to; i = quote_line_end(part, i + 1))
		if (quote_is_config_line(q->notify_types, s, i + 1))
			return i + 1;
	return NONE;
}

/* Is what follows i possible after a value? */
static bool quote_may_end(struct str s, size_t i)
{
	size_t word;

	s.n = s.n - i > GLANCE ? i + GLANCE : s.n;
	if (i < s.n &&
		(quote_is_letter(s.p[i]) || s.p[i] == '"' || s.p[i] == '\'' || s.p[i] == '('))
		return false;
	i = quote_skip_blanks(s, i);
	if (i >= s.n || strchr("\n{},#", s.p[i]))
		return true;
	word = quote_skip_word(s, i);
	if (word == i)
		return false;
	i = quote_skip_blanks(s, word);
	if (i < s.n && (s.p[i] == '=' || s.p[i] == '{'))
		return true;
	i = quote_skip_blanks(s, quote_skip_word(s, i));
	return i < s.n && s.p[i] == '{';
}

/* Is the quote at i, which ends no value, part of the text? */
static bool quote_is_inner(struct str s, size_t i)
{
	char quote = s.p[i];
	size_t next;

	if (i + 1 < s.n && quote_is_letter(s.p[i + 1]))
		return true;
	next = quote_skip_blanks(s, i + 1);
	if (next >= s.n || next == i + 1 || s.p[next] == quote || s.p[next] == '=')
		return false;
	while (next < s.n && s.p[next] != '\n' && s.p[next] != quote)
		next++;
	return next < s.n && s.p[next] == quote;
}

static void quote_report_inner(const struct conf_quoted *q, size_t i, struct conf_diags *diags)
{
	bool single = q->at.file->text.p[i] == '\'';

	conf_error(diags, conf_at_advance(q->at, i - q->at.offset),
		single ? "write it twice where it is part of the text: Ukraine''s"
		       : "write \\\" where it is part of the text, or put the whole in '…'",
		single ? "an apostrophe ends the '…' that began at line %u column %u"
		       : "a \" ends the \"…\" that began at line %u column %u",
		q->at.line, q->at.column);
}

/* An unbalanced } at the end of the line belongs to the block, not to the text. */
static size_t quote_before_brace(struct str s, size_t from, size_t to)
{
	size_t end = to, open = 0, close = 0;

	for (size_t i = from; i < to; i++) {
		open += s.p[i] == '{';
		close += s.p[i] == '}';
	}
	while (end > from && quote_is_blank(s.p[end - 1]))
		end--;
	return close > open && end > from && s.p[end - 1] == '}' ? end - 1 : to;
}

static void quote_end_unclosed(struct conf_quoted *q, size_t end)
{
	struct str s = q->at.file->text;
	size_t from = q->at.offset + 1u;

	if (end > from && end <= s.n && s.p[end - 1] == '\n')
		end--;
	q->to = q->end = quote_before_brace(s, from, end);
	q->unclosed = true;
}

static void quote_scan_single(struct conf_quoted *q, struct conf_diags *diags)
{
	struct str s = q->at.file->text;
	size_t from = q->at.offset + 1u, checked = from, line = NONE, inner = NONE, i = from;

	for (; i < s.n; i++) {
		if (s.p[i] != '\'')
			continue;
		if (i + 1 < s.n && s.p[i + 1] == '\'') {
			i++;
			continue;
		}
		if (quote_may_end(s, i + 1))
			break;
		line = quote_find_config_line(q, checked, i);
		if (line != NONE || !quote_is_inner(s, i))
			break;
		checked = i;
		if (inner == NONE)
			quote_report_inner(q, inner = i, diags);
	}
	if (i < s.n && line == NONE) {
		q->to = i;
		q->end = i + 1;
		return;
	}
	if (line == NONE)
		line = quote_find_config_line(q, from, s.n);
	quote_end_unclosed(q, line != NONE ? line : inner != NONE ? inner : s.n);
	if (inner == NONE)
		conf_error(diags, q->at, "close it with ' where the text ends",
			"the ' that begins this text is never closed");
}

/* Returns where a value that continues on further lines ends; NONE if it is never closed. */
static size_t quote_find_later_end(const struct conf_quoted *q, size_t i)
{
	struct str s = q->at.file->text;
	size_t stop = quote_find_config_line(q, i > 0 ? i - 1 : 0, s.n);

	for (size_t end = stop == NONE ? s.n : stop; i < end; i++)
		if (s.p[i] == '"')
			return quote_may_end(s, i + 1) ? i : NONE;
	return NONE;
}

static void quote_end_double_line(struct conf_quoted *q, size_t i, struct conf_diags *diags)
{
	size_t end = quote_find_later_end(q, i);

	if (end == NONE) {
		quote_end_unclosed(q, i);
		conf_error(diags, q->at, "close it with \" where the text ends",
			"the \" that begins this text is not closed on its line");
		return;
	}
	q->to = end;
	q->end = end + 1;
	q->unclosed = true;
	conf_error(diags, q->at, "put a text of several lines in '…'",
		"a text in \"…\" ends on the line where it began");
}

static void quote_scan_double(struct conf_quoted *q, struct conf_diags *diags)
{
	struct str s = q->at.file->text;
	size_t i = q->at.offset + 1u;
	size_t inner = NONE;

	for (; i < s.n && s.p[i] != '\n'; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] != '\n') {
			i++;
			continue;
		}
		if (s.p[i] != '"')
			continue;
		if (quote_may_end(s, i + 1) || !quote_is_inner(s, i)) {
			q->to = i;
			q->end = i + 1;
			return;
		}
		if (inner == NONE)
			quote_report_inner(q, inner = i, diags);
	}
	if (inner == NONE)
		quote_end_double_line(q, i, diags);
	else
		quote_end_unclosed(q, i);
}

/* Decodes one byte: returns the length of its escape sequence, or 1 if it is not escaped. */
static size_t quote_decode_byte(struct str s, char quote, size_t i, char *decoded)
{
	*decoded = s.p[i];
	if (i + 1 >= s.n)
		return 1;
	if (s.p[i] == '\r' && s.p[i + 1] == '\n') {
		*decoded = '\n';
		return 2;
	}
	if (quote == '\'' && s.p[i] == '\'' && s.p[i + 1] == '\'')
		return 2;
	if (quote == '"' && s.p[i] == '\\' && strchr("\\\"n", s.p[i + 1]) && s.p[i + 1]) {
		*decoded = s.p[i + 1] == 'n' ? '\n' : s.p[i + 1];
		return 2;
	}
	return 1;
}

static void quote_report_escape(const struct conf_quoted *q, size_t i, struct conf_diags *diags)
{
	struct str rest = utf8_cut(str_slice(q->at.file->text.p + i, q->to - i), 5);
	uint32_t cp = 0;
	size_t n = rest.n > 1 ? utf8_decode(rest.p + 1, rest.n - 1, &cp) : 0;

	conf_error(diags, conf_at_advance(q->at, i - q->at.offset),
		"write \\\\ for a backslash, or put the text in '…', where it stands for itself",
		"%s is none of the escapes \\\\ \\\" \\n",
		conf_show(diags, str_slice(rest.p, n + 1)));
}

static int quote_decode(struct conf_quoted *q, struct arena *arena, struct conf_diags *diags)
{
	struct str s = str_slice(q->at.file->text.p, q->to);
	char quote = s.p[q->at.offset];
	size_t from = q->at.offset + 1u, n = 0;
	char *out = arena_alloc(arena, q->to - from + 1);
	bool told = false, told_escape = false;

	if (!out) {
		q->text = STR("");
		return -ERR_NOMEM;
	}
	for (size_t i = from; i < q->to;) {
		size_t step = quote_decode_byte(s, quote, i, &out[n]);
		unsigned char c = (unsigned char)out[n];

		if (step == 1 && c == '\\' && quote == '"' && !told_escape) {
			quote_report_escape(q, i, diags);
			told_escape = true;
		}
		if (!told && (c < 0x20 || c == 0x7F) && c != '\n' && c != '\t') {
			conf_error(diags, conf_at_advance(q->at, i - q->at.offset), "take it out",
				"a control character stands in this text");
			told = true;
		}
		n++;
		i += step;
	}
	out[n] = '\0';
	q->text = str_slice(out, n);
	return 0;
}

int conf_quote_read(struct conf_quoted *q, struct arena *arena, struct conf_diags *diags)
{
	if (q->at.file->text.p[q->at.offset] == '\'')
		quote_scan_single(q, diags);
	else
		quote_scan_double(q, diags);
	return quote_decode(q, arena, diags);
}

struct conf_at conf_quote_locate(
	struct conf_at at, char quote, size_t from, size_t to, size_t decoded)
{
	struct str s = str_slice(at.file->text.p, to);
	size_t i = from;
	char c;

	while (decoded > 0 && i < to) {
		i += quote_decode_byte(s, quote, i, &c);
		decoded--;
	}
	return conf_at_advance(at, i - at.offset);
}
