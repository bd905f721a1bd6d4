/* SPDX-License-Identifier: MIT */
/* Terms of other products that are no plain words: quoted, braced, compared, in capitals; values.
 */
#include "reader.h"
#include "text/delimiter.h"

/* --- phrases --- */

bool dialect_quotes(struct dialect_reader *r, struct str *inner)
{
	size_t from = r->at, q = text_quote_length(r->text.p + from, r->text.n - from);
	size_t end = from + q;

	while (end < r->text.n && !text_quote_length(r->text.p + end, r->text.n - end))
		end += r->d->escapes && r->text.p[end] == '\\' && end + 1 < r->text.n ? 2 : 1;
	*inner = str_slice(r->text.p + from + q, end - from - q);
	if (end == r->text.n) {
		dialect_wrong(r, from, 1, "put a \" where the phrase ends",
			"a quote that is never closed");
		r->at = end;
		return false;
	}
	r->at = end + text_quote_length(r->text.p + end, r->text.n - end);
	return true;
}

struct str dialect_phrase(struct dialect_reader *r, struct str inner)
{
	struct str s = dialect_term(r, inner);
	const char *text;

	if (!s.p || (s.p[0] == '"' && s.n > 1))
		return s;
	text = arena_printf(r->arena, "\"%.*s\"", (int)s.n, s.p);
	r->nomem = r->nomem || !text;
	return str_of(text);
}

struct dialect_node *dialect_quoted(struct dialect_reader *r)
{
	size_t from = r->at;
	struct str inner, term;
	unsigned n;

	if (!dialect_quotes(r, &inner))
		return dialect_stand_in(r, from);
	term = dialect_phrase(r, inner);
	if (!term.p)
		return NULL;
	if (r->at < r->text.n && r->text.p[r->at] == '~') {
		struct str s;

		r->at++;
		s = dialect_word(r);
		r->at += s.n;
		if (!r->d->loose)
			dialect_wrong(r, from, r->at - from, "write a NEAR instead",
				"~ on a phrase is not known here");
		else if (!dialect_digits(s, &n) || n > QUERY_DISTANCE_MAX)
			dialect_wrong(r, r->at - s.n - 1, s.n + 1, "write a number up to 500",
				"no such distance");
		else
			term = str_of(arena_printf(r->arena, "%.*s~%u", (int)term.n, term.p, n));
	}
	r->nomem = r->nomem || !term.p;
	return term.p ? dialect_leaf(r, term, from, r->at - from) : NULL;
}

/* --- {Word} --- */

struct dialect_node *dialect_braced(struct dialect_reader *r)
{
	size_t from = r->at;
	bool curly = r->text.p[from] == '{';
	const char *p = r->text.p + from, *end;

	end = memchr(p, curly ? '}' : ']', r->text.n - from);
	r->at = end ? (size_t)(end - r->text.p) + 1 : r->text.n;
	if (curly && r->d->braces)
		return dialect_leaf(r, str_slice(p, r->at - from), from, r->at - from);
	dialect_wrong(r, from, r->at - from, "take it out; nightdesk has nothing like it",
		r->d->escapes ? "a range is not known here" : "such brackets are not known here");
	return dialect_stand_in(r, from);
}

/* --- wc>300, length > 300 --- */

/* A sign between a name and its number, or a word for it; 0. */
static char sign(struct dialect_reader *r, bool words_too)
{
	static const struct {
		const char *word;
		char sign;
	} words[] = {{"aft", '>'}, {"bef", '<'}, {"is", '='}};
	struct str s;

	if (dialect_at_end(r))
		return 0;
	s = dialect_word(r);
	for (size_t i = 0; words_too && i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(s, str_of(words[i].word))) {
			r->at += s.n;
			return words[i].sign;
		}
	return memchr("<>=", r->text.p[r->at], 3) ? r->text.p[r->at++] : 0;
}

static struct dialect_node *length_is(struct dialect_reader *r, char how, unsigned n, size_t from)
{
	struct dialect_node *more, *less;
	const char *text;

	if (how == '=' && n > 0) {
		more = length_is(r, '>', n - 1, from);
		less = length_is(r, '<', n + 1, from);
		return dialect_chain(r, DIALECT_AND, (struct dialect_joint){0}, more, less);
	}
	text = arena_printf(r->arena, "words%c%u", how == '=' ? '<' : how, how == '=' ? 1 : n);
	r->nomem = r->nomem || !text;
	return text ? dialect_leaf(r, str_of(text), from, r->at - from) : NULL;
}

/* The name with the sign behind it; false, and nothing is consumed. */
static bool compares(struct dialect_reader *r, const char *name, bool *bracket, char *how)
{
	struct str s = dialect_word(r);
	size_t from = r->at, n = name ? strlen(name) : 0;

	*bracket = false;
	if (!n || s.n < n || !str_eq_nocase(str_slice(s.p, n), str_of(name)))
		return false;
	r->at += n;
	if (r->d->segments && dialect_at(r, '(')) {
		r->at++;
		*bracket = true;
	}
	*how = sign(r, r->d->segments && (*bracket || s.n == n));
	if (!*how)
		r->at = from;
	return *how != 0;
}

bool dialect_compares(const struct dialect_reader *r)
{
	struct dialect_reader peek = *r;
	bool bracket;
	char how;

	return (r->d->segments && compares(&peek, "date", &bracket, &how)) ||
	       compares(&peek, r->d->length, &bracket, &how);
}

struct dialect_node *dialect_compared(struct dialect_reader *r)
{
	size_t from = r->at;
	struct str s;
	unsigned n;
	bool bracket, wrong;
	char how;

	if (r->d->segments && compares(r, "date", &bracket, &how)) {
		r->at += dialect_at_end(r) ? 0 : dialect_word(r).n;
		dialect_wrong(r, from, r->at - from, "take it out; age<2h is our own",
			"dates are not known here");
		return dialect_stand_in(r, from);
	}
	if (!compares(r, r->d->length, &bracket, &how))
		return NULL;
	dialect_at_end(r);
	s = dialect_word(r);
	r->at += s.n;
	wrong = !dialect_digits(s, &n);
	if (bracket && !wrong && dialect_at(r, ')'))
		r->at++;
	else
		wrong = wrong || bracket;
	if (!wrong)
		return length_is(r, how, n, from);
	dialect_wrong(r, from, r->at - from, "compare it with > or < and a number of words",
		"not a length in words");
	return dialect_stand_in(r, from);
}
