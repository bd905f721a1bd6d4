/* SPDX-License-Identifier: MIT */
/* Parser for phrases, {Word} and comparisons. */
#include "reader.h"
#include "text/delimiter.h"

/* --- phrases --- */

bool dialect_read_quotes(struct dialect_reader *r, struct str *inner)
{
	size_t from = r->at, q = text_quote_at(r->text, from);
	size_t end = from + q;

	while (end < r->text.n && !text_quote_at(r->text, end))
		end += r->d->escapes && r->text.p[end] == '\\' && end + 1 < r->text.n ? 2 : 1;
	*inner = str_slice(r->text.p + from + q, end - from - q);
	if (end == r->text.n) {
		dialect_report(r, from, 1, "put a \" where the phrase ends",
			"a quote that is never closed");
		r->at = end;
		return false;
	}
	r->at = end + text_quote_at(r->text, end);
	return true;
}

struct str dialect_format_phrase(struct dialect_reader *r, struct str inner)
{
	struct str s = dialect_format_term(r, inner);

	return !s.p || (s.p[0] == '"' && s.n > 1) ? s : dialect_printf(r, "\"%.*s\"", STR_ARG(s));
}

struct dialect_node *dialect_read_phrase(struct dialect_reader *r)
{
	size_t from = r->at;
	struct str inner, term;
	unsigned n;

	if (!dialect_read_quotes(r, &inner))
		return dialect_make_leaf(r, STR("x"), from, 1);
	term = dialect_format_phrase(r, inner);
	if (!term.p)
		return NULL;
	if (r->at < r->text.n && r->text.p[r->at] == '~') {
		struct str s;

		r->at++;
		s = dialect_peek_word(r);
		r->at += s.n;
		if (!r->d->slop)
			dialect_report(r, from, r->at - from, "write a NEAR instead",
				"~ after a phrase is not supported");
		else if (!dialect_parse_number(s, &n) || n > QUERY_DISTANCE_MAX)
			dialect_report(r, r->at - s.n - 1, s.n + 1, "write a number up to 500",
				"no such distance");
		else
			term = dialect_printf(r, "%.*s~%u", STR_ARG(term), n);
	}
	return dialect_make_leaf(r, term, from, r->at - from);
}

/* --- {Word} --- */

struct dialect_node *dialect_read_braces(struct dialect_reader *r)
{
	size_t from = r->at;
	bool curly = r->text.p[from] == '{';
	const char *p = r->text.p + from, *end;

	end = memchr(p, curly ? '}' : ']', r->text.n - from);
	r->at = end ? (size_t)(end - r->text.p) + 1 : r->text.n;
	if (curly && r->d->braces)
		return dialect_make_leaf(r, str_slice(p, r->at - from), from, r->at - from);
	return dialect_reject(r, from, DIALECT_NO_HELP,
		r->d->escapes ? "ranges are not supported"
			      : "brackets of this kind are not supported");
}

/* --- comparisons --- */

static struct dialect_node *term_make_length(
	struct dialect_reader *r, char how, unsigned n, size_t from)
{
	struct dialect_node *more, *less;

	if (how == '=' && n > 0) {
		more = term_make_length(r, '>', n - 1, from);
		less = term_make_length(r, '<', n + 1, from);
		return dialect_join_nodes(r, DIALECT_AND, (struct dialect_joint){0}, more, less);
	}
	return dialect_make_leaf(r,
		dialect_printf(r, "words%c%u", how == '=' ? '<' : how, how == '=' ? 1 : n), from,
		r->at - from);
}

struct dialect_node *dialect_read_comparison(struct dialect_reader *r)
{
	size_t from = r->at;
	struct str s;
	unsigned n;
	bool bracket, wrong;
	char how;

	if (r->d->segments && dialect_read_sign(r, "date", &bracket, &how)) {
		r->at += dialect_at_end(r) ? 0 : dialect_peek_word(r).n;
		return dialect_reject(
			r, from, "take it out; age<2h is our own", "dates are not supported");
	}
	if (!dialect_read_sign(r, r->d->length, &bracket, &how))
		return NULL;
	dialect_at_end(r);
	s = dialect_peek_word(r);
	r->at += s.n;
	wrong = !dialect_parse_number(s, &n);
	if (bracket && !wrong && dialect_at(r, ')'))
		r->at++;
	else
		wrong = wrong || bracket;
	if (!wrong)
		return term_make_length(r, how, n, from);
	return dialect_reject(
		r, from, "compare it with > or < and a number of words", "not a length in words");
}
