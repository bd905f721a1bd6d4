/* SPDX-License-Identifier: MIT */
/*
 * A quoted text ends at the next quote, unless what follows there cannot follow a value: then the
 * quote is part of the text (an apostrophe), or the text was never closed and this quote opens
 * another value. Heuristic: a text that contains a line of configuration was not closed.
 */
#include "lexer.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "conf/schema.h"
#include "foreign.h"
#include "grammar.h"

#define NONE	     SIZE_MAX
#define GLANCE	     ((size_t)200) /* bytes examined after a quote */
#define UNCLOSED_MAX 20		   /* each may cost a scan to the end of the file */

static size_t quote_skip_blanks(struct str s, size_t i)
{
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r'))
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
	end = quote_skip_word(s, i);
	word = str_slice(s.p + i, end - i);
	i = quote_skip_blanks(s, end);
	if (i + 1 < s.n && s.p[i] == '=')
		return conf_schema_is_key(types, word) && strchr(" \t\r\"'{", s.p[i + 1]);
	if (!conf_schema_find_kind(word))
		return false;
	i = quote_skip_blanks(s, quote_skip_word(s, i));
	return i < s.n && s.p[i] == '{';
}

/* Returns the start of the first such line that begins in (from, to), or NONE. */
static size_t quote_find_config_line(const struct conf_lexer *l, size_t from, size_t to)
{
	/* Bounded by to: else many quotes take quadratic time. */
	struct str part = str_slice(l->file->text.p, to);

	for (size_t i = quote_line_end(part, from); i < to; i = quote_line_end(part, i + 1))
		if (quote_is_config_line(l->notify_types, l->file->text, i + 1))
			return i + 1;
	return NONE;
}

/*
 * May a text end before i? Not if a letter or a quote is next, nor before words that begin no
 * statement and have another quote after them.
 */
static bool quote_may_end(struct str s, size_t i, char quote)
{
	size_t word;

	s.n = s.n - i > GLANCE ? i + GLANCE : s.n;
	s.n = quote_line_end(s, i);
	if (i < s.n &&
		((unsigned char)s.p[i] >= 0x80 || ascii_is_alnum(s.p[i]) || strchr("\"'(", s.p[i])))
		return false;
	i = quote_skip_blanks(s, i);
	if (conf_foreign_ends(s, i)) {
		i = quote_skip_blanks(s, i + 1);
		word = quote_skip_word(s, i);
		if (word > i && s.p[word - 1] == ':')
			return true;
	}
	if (i >= s.n || strchr("{},#=\"'", s.p[i]) ||
		(s.p[i] == '/' && i + 1 < s.n && strchr("/*", s.p[i + 1])))
		return true;
	i = quote_skip_blanks(s, quote_skip_word(s, i));
	if (i < s.n && (s.p[i] == '=' || s.p[i] == '{'))
		return true;
	word = quote_skip_blanks(s, quote_skip_word(s, i));
	return (word < s.n && s.p[word] == '{') || !memchr(s.p + i, quote, s.n - i);
}

static void quote_report_inner(struct conf_lexer *l, const struct conf_token *t, size_t i)
{
	bool single = t->quote == '\'';

	conf_error(l->diags, conf_at_advance(t->at, i - t->at.offset),
		single ? "write it twice where it is part of the text: Ukraine''s"
		       : "write \\\" where it is part of the text, or put the whole in '…'",
		single ? "an apostrophe ends the '…' that began at line %u column %u"
		       : "a \" ends the \"…\" that began at line %u column %u",
		t->at.line, t->at.column);
}

/* An unbalanced } at the end of the line belongs to the block, not to the text. */
static size_t quote_before_brace(struct str s, size_t from, size_t to)
{
	size_t end = to, open = 0, close = 0;

	for (size_t i = from; i < to; i++) {
		open += s.p[i] == '{';
		close += s.p[i] == '}';
	}
	while (end > from && strchr(" \t\r", s.p[end - 1]))
		end--;
	return close > open && end > from && s.p[end - 1] == '}' ? end - 1 : to;
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

/* Ends an unclosed text at the line that begins at `end`, or there. */
static void quote_end_unclosed(struct conf_lexer *l, struct conf_token *t, size_t end)
{
	struct str s = l->file->text;

	if (end > t->from && s.p[end - 1] == '\n')
		end--;
	t->to = t->end = (uint32_t)quote_before_brace(s, t->from, end);
	if (++l->unclosed >= UNCLOSED_MAX)
		t->end = (uint32_t)s.n;
}

/* Sets t->to and t->end, the offset after the closing quote. */
static void quote_find_end(struct conf_lexer *l, struct conf_token *t)
{
	struct str s = l->file->text;
	bool single = t->quote == '\'';
	size_t line_end = single ? s.n : quote_line_end(s, t->from);
	size_t next = NONE, inner = NONE, checked = t->from, step;
	char c;

	for (size_t i = t->from; i < s.n && (inner == NONE || i < line_end); i += step) {
		bool ends;

		step = quote_decode_byte(s, t->quote, i, &c);
		if (step > 1 || s.p[i] != t->quote)
			continue;
		ends = quote_may_end(s, i + 1, t->quote);
		if (!ends || i > line_end)
			next = quote_find_config_line(l, checked, i);
		if (next != NONE || (!ends && i > line_end))
			break;
		if (ends) {
			t->to = (uint32_t)i;
			t->end = (uint32_t)i + 1;
			if (i > line_end)
				conf_error(l->diags, t->at, "put a text of several lines in '…'",
					"a text in \"…\" ends on the line where it began");
			return;
		}
		checked = i;
		if (inner == NONE)
			quote_report_inner(l, t, inner = i);
	}
	if (single && next == NONE)
		next = quote_find_config_line(l, t->from, s.n);
	quote_end_unclosed(l, t,
		!single		? line_end
		: next != NONE	? next
		: inner != NONE ? inner
				: s.n);
	if (inner == NONE)
		conf_error(l->diags, t->at,
			single ? "close it with ' where the text ends"
			       : "close it with \" where the text ends",
			single ? "the ' that begins this text is never closed"
			       : "the \" that begins this text is not closed on its line");
}

static void quote_report_escape(struct conf_lexer *l, const struct conf_token *t, size_t i)
{
	struct str rest = utf8_cut(str_slice(l->file->text.p + i, t->to - i), 5);
	uint32_t cp = 0;
	size_t n = rest.n > 1 ? utf8_decode(rest.p + 1, rest.n - 1, &cp) : 0;

	conf_error(l->diags, conf_at_advance(t->at, i - t->at.offset),
		"write \\\\ for a backslash, or put the text in '…', where it stands for itself",
		"%s is none of the escapes \\\\ \\\" \\n",
		conf_show(l->diags, str_slice(rest.p, n + 1)));
}

/* Sets t->text. */
static void quote_decode(struct conf_lexer *l, struct conf_token *t)
{
	struct str s = str_slice(l->file->text.p, t->to);
	char *out = arena_alloc(l->arena, t->to - t->from + 1);
	bool told = false, told_escape = false;
	size_t n = 0, step;

	if (!out) {
		t->text = STR("");
		l->failed = true;
		return;
	}
	for (size_t i = t->from; i < t->to; i += step) {
		unsigned char c;

		step = quote_decode_byte(s, t->quote, i, &out[n]);
		c = (unsigned char)out[n++];
		if (step == 1 && c == '\\' && t->quote == '"' && !told_escape) {
			quote_report_escape(l, t, i);
			told_escape = true;
		}
		if (!told && (c < 0x20 || c == 0x7F) && c != '\n' && c != '\t') {
			conf_error(l->diags, conf_at_advance(t->at, i - t->at.offset),
				"take it out", "a control character stands in this text");
			told = true;
		}
	}
	out[n] = '\0';
	t->text = str_slice(out, n);
}

void conf_quote_read(struct conf_lexer *l, struct conf_token *t)
{
	t->kind = CONF_STRING;
	t->quote = l->file->text.p[t->from++];
	quote_find_end(l, t);
	quote_decode(l, t);
}

struct conf_span conf_value_span(const struct conf_value *v, size_t decoded)
{
	struct str s = str_slice(v->at.file->text.p, v->to);
	size_t i = v->from;
	char c;

	for (; decoded > 0 && i < v->to; decoded--)
		i += quote_decode_byte(s, v->quote, i, &c);
	return (struct conf_span){conf_at_advance(v->at, i - v->at.offset), v->from, v->to};
}
