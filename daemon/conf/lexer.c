/* SPDX-License-Identifier: MIT */
#include "lexer.h"

#include "base/utf8.h"
#include "quote.h"

void conf_lexer_init(struct conf_lexer *l, const struct conf_source *file, struct arena *arena,
	struct conf_diags *diags)
{
	*l = (struct conf_lexer){
		.file = file, .arena = arena, .diags = diags, .at = {file, 0, 1, 1}};
}

static char byte_at(const struct conf_lexer *l, size_t offset)
{
	return offset < l->file->text.n ? l->file->text.p[offset] : '\0';
}

static void skip_to(struct conf_lexer *l, size_t offset)
{
	l->at = conf_at_advance(l->at, offset - l->at.offset);
}

/* What looks like a blank, or like nothing, and is something; 0 or its length in bytes. */
static size_t exotic_space(const struct conf_lexer *l, size_t offset)
{
	uint32_t cp = 0;
	size_t n = utf8_decode(l->file->text.p + offset, l->file->text.n - offset, &cp);

	if (cp == 0xA0 || cp == 0x61C || cp == 0x3000 || cp == 0xFEFF ||
		(cp >= 0x2000 && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202F) ||
		(cp >= 0x2060 && cp <= 0x206F))
		return n;
	return 0;
}

static void tell_space(struct conf_lexer *l, bool control)
{
	if (!l->told_space)
		conf_error(l->diags, l->at, "replace it by a plain blank",
			control ? "a control character stands here"
				: "a special space or an invisible character stands here");
	l->told_space = true;
}

static void skip_blank(struct conf_lexer *l)
{
	while (l->at.offset < l->file->text.n) {
		unsigned char c = (unsigned char)byte_at(l, l->at.offset);
		size_t i = l->at.offset;

		if (c == '#') {
			while (i < l->file->text.n && byte_at(l, i) != '\n')
				i++;
			skip_to(l, i);
		} else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			skip_to(l, i + 1);
		} else if (c < 0x20 || c == 0x7F) {
			tell_space(l, true);
			skip_to(l, i + 1);
		} else if (c >= 0x80 && exotic_space(l, i)) {
			tell_space(l, false);
			skip_to(l, i + exotic_space(l, i));
		} else {
			return;
		}
	}
}

static bool ends_word(const struct conf_lexer *l, size_t i)
{
	unsigned char c = (unsigned char)byte_at(l, i);

	return c <= 0x20 || c == 0x7F || c == '"' || c == '\'' || c == '{' || c == '}' ||
	       c == ',' || c == '=' || c == '#' || (c >= 0x80 && exotic_space(l, i));
}

static void set_text(struct conf_lexer *l, struct conf_token *t)
{
	t->text = arena_str(l->arena, str_slice(l->file->text.p + t->from, t->to - t->from));
	if (!t->text.p) {
		l->failed = true;
		t->text = STR("");
	}
}

/* “Like this”: taken as the quotes that were meant, after an error. */
static void lex_curly(struct conf_lexer *l, struct conf_token *t, size_t open)
{
	size_t i = l->at.offset + open;

	conf_error(l->diags, l->at, "write \"…\" or '…' with the straight quotes of the keyboard",
		"%s is no quote here",
		conf_show(l->diags, str_slice(l->file->text.p + l->at.offset, open)));
	t->kind = CONF_STRING;
	t->quote = '"';
	t->from = (uint32_t)i;
	while (i < l->file->text.n && byte_at(l, i) != '\n' && byte_at(l, i) != '"' &&
		!conf_quote_curly(l->file->text, i))
		i++;
	t->to = (uint32_t)i;
	if (i < l->file->text.n && byte_at(l, i) != '\n')
		i += byte_at(l, i) == '"' ? 1 : conf_quote_curly(l->file->text, i);
	skip_to(l, i);
	set_text(l, t);
}

static void lex_word(struct conf_lexer *l, struct conf_token *t)
{
	size_t i = l->at.offset;

	t->kind = CONF_WORD;
	t->from = (uint32_t)i;
	while (i < l->file->text.n && !ends_word(l, i))
		i++;
	if ((byte_at(l, i) == '\'' || byte_at(l, i) == '"') && byte_at(l, i - 1) != ':') {
		conf_error(l->diags, conf_at_advance(l->at, i - l->at.offset),
			byte_at(l, i) == '"' ? "put the whole value in '…'"
					     : "put the whole value in \"…\"",
			"a quote inside a value that is not quoted");
		while (i < l->file->text.n && (unsigned char)byte_at(l, i) > 0x20 &&
			byte_at(l, i) != '}' && byte_at(l, i) != ',')
			i++;
	}
	t->to = (uint32_t)i;
	if (byte_at(l, i) == '#' &&
		str_find(str_slice(l->file->text.p + t->from, t->to - t->from), STR("://")) >= 0)
		conf_warn(l->diags, conf_at_advance(l->at, i - l->at.offset),
			"put the address in \"…\"", "what follows the # is a comment");
	skip_to(l, i);
	set_text(l, t);
}

static void lex_quoted(struct conf_lexer *l, struct conf_token *t)
{
	struct conf_quoted q = {.at = l->at, .notify_types = l->notify_types};

	t->kind = CONF_STRING;
	t->quote = byte_at(l, l->at.offset);
	if (conf_quote_read(&q, l->arena, l->diags))
		l->failed = true;
	t->from = l->at.offset + 1;
	t->to = (uint32_t)q.to;
	t->text = q.text;
	skip_to(l, q.end);
	/* Each may have cost a walk to the end of the file: bounded, so that reading stays linear.
	 */
	if (q.unclosed && ++l->unclosed >= 20)
		skip_to(l, l->file->text.n);
}

static struct conf_token lex(struct conf_lexer *l)
{
	struct conf_token t = {.kind = CONF_END};
	size_t curly;

	skip_blank(l);
	t.at = l->at;
	t.from = t.to = l->at.offset;
	if (l->at.offset < l->file->text.n) {
		char c = byte_at(l, l->at.offset);

		if (c == '{' || c == '}' || c == '=' || c == ',') {
			t.kind = c == '{'   ? CONF_OPEN
				 : c == '}' ? CONF_CLOSE
				 : c == '=' ? CONF_EQUALS
					    : CONF_COMMA;
			skip_to(l, l->at.offset + 1u);
		} else if (c == '"' || c == '\'') {
			lex_quoted(l, &t);
		} else if ((curly = conf_quote_curly(l->file->text, l->at.offset))) {
			lex_curly(l, &t, curly);
		} else {
			lex_word(l, &t);
		}
	}
	t.end = l->at.offset;
	return t;
}

const struct conf_token *conf_peek(struct conf_lexer *l, unsigned i)
{
	while (l->count <= i) {
		l->ahead[(l->first + l->count) % CONF_LOOKAHEAD] = lex(l);
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
