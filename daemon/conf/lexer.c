/* SPDX-License-Identifier: MIT */
#include "lexer.h"

#include "base/utf8.h"
#include "foreign.h"

static char lexer_byte_at(const struct conf_lexer *l, size_t offset)
{
	return offset < l->file->text.n ? l->file->text.p[offset] : '\0';
}

static void lexer_skip_to(struct conf_lexer *l, size_t offset)
{
	l->at = conf_at_advance(l->at, offset - l->at.offset);
}

/* Returns the length in bytes of white space or an invisible character that is not ASCII, or 0. */
static size_t lexer_exotic_space(const struct conf_lexer *l, size_t offset)
{
	uint32_t cp = 0;
	size_t n = utf8_decode(l->file->text.p + offset, l->file->text.n - offset, &cp);

	if (cp == 0xA0 || cp == 0x61C || cp == 0x3000 || cp == 0xFEFF ||
		(cp >= 0x2000 && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202F) ||
		(cp >= 0x2060 && cp <= 0x206F))
		return n;
	return 0;
}

static void lexer_report_space(struct conf_lexer *l, bool control)
{
	if (!l->told_space)
		conf_error(l->diags, l->at, "replace it by a plain blank",
			control ? "a control character stands here"
				: "a special space or an invisible character stands here");
	l->told_space = true;
}

static void lexer_skip_blank(struct conf_lexer *l)
{
	while (l->at.offset < l->file->text.n) {
		unsigned char c = (unsigned char)lexer_byte_at(l, l->at.offset);
		size_t i = l->at.offset, n;

		if ((strchr("/;-<%", c) && (n = conf_foreign_comment(l)) > 0)) {
			lexer_skip_to(l, i + n);
		} else if (c == ';') {
			conf_foreign_semicolon(l);
			lexer_skip_to(l, i + 1);
		} else if (c == '#') {
			while (i < l->file->text.n && lexer_byte_at(l, i) != '\n')
				i++;
			lexer_skip_to(l, i);
		} else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			lexer_skip_to(l, i + 1);
		} else if (c < 0x20 || c == 0x7F) {
			lexer_report_space(l, true);
			lexer_skip_to(l, i + 1);
		} else if (c >= 0x80 && lexer_exotic_space(l, i)) {
			lexer_report_space(l, false);
			lexer_skip_to(l, i + lexer_exotic_space(l, i));
		} else {
			return;
		}
	}
}

static bool lexer_ends_word(const struct conf_lexer *l, size_t i)
{
	unsigned char c = (unsigned char)lexer_byte_at(l, i);

	return c <= 0x20 || c == 0x7F || (l->bracket && c == (unsigned char)l->bracket) ||
	       c == '"' || c == '\'' || c == '{' || c == '}' || c == ',' || c == '=' || c == '#' ||
	       (c >= 0x80 && lexer_exotic_space(l, i));
}

static void lexer_set_text(struct conf_lexer *l, struct conf_token *t)
{
	t->text = arena_str(l->arena, str_slice(l->file->text.p + t->from, t->to - t->from));
	if (!t->text.p) {
		l->failed = true;
		t->text = STR("");
	}
}

/* “Typographic quotes”: reported, then treated as the quotes that were meant. */
static void lexer_read_curly(struct conf_lexer *l, struct conf_token *t, size_t open)
{
	size_t i = l->at.offset + open;

	conf_error(l->diags, l->at, "write \"…\" or '…' with the straight quotes of the keyboard",
		"%s is no quote here",
		conf_show(l->diags, str_slice(l->file->text.p + l->at.offset, open)));
	t->kind = CONF_STRING;
	t->quote = '"';
	t->from = (uint32_t)i;
	while (i < l->file->text.n && lexer_byte_at(l, i) != '\n' && lexer_byte_at(l, i) != '"' &&
		!conf_quote_curly(l->file->text, i))
		i++;
	t->to = (uint32_t)i;
	if (i < l->file->text.n && lexer_byte_at(l, i) != '\n')
		i += lexer_byte_at(l, i) == '"' ? 1 : conf_quote_curly(l->file->text, i);
	lexer_skip_to(l, i);
	lexer_set_text(l, t);
}

static void lexer_read_word(struct conf_lexer *l, struct conf_token *t)
{
	size_t i = l->at.offset;

	t->kind = CONF_WORD;
	t->from = (uint32_t)i;
	while (i < l->file->text.n && !lexer_ends_word(l, i))
		i++;
	if (lexer_byte_at(l, i) == '=' && lexer_byte_at(l, i - 1) == ':') {
		conf_error(l->diags, conf_at_advance(l->at, i - 1 - l->at.offset),
			"write key = value", "a : where a = belongs");
		t->to = (uint32_t)i - 1;
		lexer_skip_to(l, i);
		lexer_set_text(l, t);
		return;
	}
	if ((lexer_byte_at(l, i) == '\'' || lexer_byte_at(l, i) == '"') &&
		lexer_byte_at(l, i - 1) != ':') {
		conf_error(l->diags, conf_at_advance(l->at, i - l->at.offset),
			lexer_byte_at(l, i) == '"' ? "put the whole value in '…'"
						   : "put the whole value in \"…\"",
			"a quote inside a value that is not quoted");
		while (i < l->file->text.n && (unsigned char)lexer_byte_at(l, i) > 0x20 &&
			lexer_byte_at(l, i) != '}' && lexer_byte_at(l, i) != ',')
			i++;
	}
	t->to = (uint32_t)i;
	if (lexer_byte_at(l, i) == '#' &&
		str_find(str_slice(l->file->text.p + t->from, t->to - t->from), STR("://")) >= 0)
		conf_warn(l->diags, conf_at_advance(l->at, i - l->at.offset),
			"put the address in \"…\"", "what follows the # is a comment");
	lexer_skip_to(l, i);
	lexer_set_text(l, t);
}

/* Reads { } = , or what other formats write in their place. Returns false at anything else. */
static bool lexer_read_sign(struct conf_lexer *l, struct conf_token *t)
{
	char c = lexer_byte_at(l, l->at.offset), close;
	size_t n = 1;

	if (c == '=' || c == ':')
		n = conf_foreign_equals(l);
	if (c == '{') {
		t->kind = CONF_OPEN;
	} else if (c == '}' || (l->bracket && c == l->bracket)) {
		t->kind = CONF_CLOSE;
		l->bracket = '\0';
	} else if (c == '=' || n == 2 || (c == ':' && n)) {
		t->kind = CONF_EQUALS;
	} else if (c == ',') {
		t->kind = CONF_COMMA;
	} else if ((c == '[' || c == '(') && (close = conf_foreign_list(l))) {
		t->kind = CONF_OPEN;
		l->bracket = close;
	} else {
		return false;
	}
	lexer_skip_to(l, l->at.offset + (n ? n : 1));
	return true;
}

static struct conf_token lexer_read_token(struct conf_lexer *l)
{
	struct conf_token t = {.kind = CONF_END};
	size_t curly;

	lexer_skip_blank(l);
	t.at = l->at;
	t.from = t.to = l->at.offset;
	if (l->at.offset < l->file->text.n && !lexer_read_sign(l, &t)) {
		char c = lexer_byte_at(l, l->at.offset);

		if (c == '"' || c == '\'') {
			conf_quote_read(l, &t);
			lexer_skip_to(l, t.end);
		} else if ((curly = conf_quote_curly(l->file->text, l->at.offset))) {
			lexer_read_curly(l, &t, curly);
		} else {
			lexer_read_word(l, &t);
		}
	}
	t.end = l->at.offset;
	return t;
}

void conf_drop(struct conf_lexer *l, unsigned i)
{
	(void)conf_peek(l, i);
	for (; i + 1 < l->count; i++)
		l->ahead[(l->first + i) % CONF_LOOKAHEAD] =
			l->ahead[(l->first + i + 1) % CONF_LOOKAHEAD];
	l->count--;
}

const struct conf_token *conf_peek(struct conf_lexer *l, unsigned i)
{
	while (l->count <= i) {
		l->ahead[(l->first + l->count) % CONF_LOOKAHEAD] = lexer_read_token(l);
		l->count++;
	}
	return &l->ahead[(l->first + i) % CONF_LOOKAHEAD];
}

struct conf_token conf_next(struct conf_lexer *l)
{
	struct conf_token t = *conf_peek(l, 0);

	l->first = (l->first + 1) % CONF_LOOKAHEAD;
	l->count--;
	return t;
}
