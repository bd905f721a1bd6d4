/* SPDX-License-Identifier: MIT */
/*
 * Lucene's own ways: clauses that must, may or must not be there, escapes, loose phrases.
 * Rules of the classic and the standard query parser.
 */
#include "reader.h"
#include "text/delimiter.h"
#include "text/words.h"

static const struct dialect_joint nothing;

static struct dialect_node *add(struct dialect_reader *r, enum dialect_join join,
	struct dialect_node *left, struct dialect_node *right)
{
	return left ? dialect_chain(r, join, nothing, left, right) : right;
}

/* --- words --- */

/* Escaped letters are none of the language's: they part words. */
static struct str unescape(struct dialect_reader *r, struct str s)
{
	char *p = arena_alloc(r->arena, s.n + 1);
	size_t n = 0;

	if (!p) {
		r->nomem = true;
		return STR_NONE;
	}
	for (size_t i = 0; i < s.n; i++) {
		bool escaped = s.p[i] == '\\' && i + 1 < s.n;

		i += escaped;
		p[n++] = escaped && memchr("*?\"", s.p[i], 3) ? ' ' : s.p[i];
	}
	return str_slice(p, n);
}

/* What follows ~ behind a word, as it is here: ~1 and ~2. False: told. */
static bool read_edits(struct dialect_reader *r, struct str s, unsigned *edits)
{
	*edits = 2;
	if (s.n && (!dialect_digits(s, edits) || *edits > 2)) {
		dialect_wrong(r, (size_t)(s.p - r->text.p) - 1, s.n + 1,
			"write ~1 or ~2, the number of letters that may differ",
			"no such number of edits");
		return false;
	}
	return true;
}

static struct dialect_node *read_word(struct dialect_reader *r)
{
	struct str s = dialect_word(r), word = s;
	size_t from = r->at;
	unsigned edits = 0;
	const char *tilde = memchr(s.p, '~', s.n), *text;

	if (r->value || (tilde > s.p && tilde[-1] == '\\'))
		tilde = NULL;
	r->at += s.n;
	if (from && !r->value && dialect_small(r, s) && !dialect_at_end(r))
		query_report(r->report, true, from, s.n, "operators are written in capitals there",
			"%.*s is read as a word (%s)", (int)s.n, s.p, r->d->name);
	r->at = from + s.n;
	if (tilde) {
		word.n = (size_t)(tilde - s.p);
		if (!read_edits(r, str_slice(tilde + 1, s.n - word.n - 1), &edits))
			return dialect_stand_in(r, from);
	}
	word = unescape(r, word);
	if (word.p)
		word = dialect_term(r, word);
	if (!edits || !word.p)
		return word.p ? dialect_leaf(r, word, from, s.n) : NULL;
	if (word.p[0] == '"')
		return dialect_unknown(
			r, from, "write a plain word before it", "~ on more than a word");
	text = arena_printf(r->arena, "%.*s~%u", (int)word.n, word.p, edits);
	r->nomem = r->nomem || !text;
	return text ? dialect_leaf(r, str_of(text), from, s.n) : NULL;
}

/* --- phrases --- */

static struct dialect_node *read_loose_word(
	struct dialect_reader *r, const struct text_words *w, size_t i, size_t from)
{
	struct str s = arena_str(r->arena, text_words_source(w, i));

	r->nomem = r->nomem || !s.p;
	s = s.p ? dialect_term(r, s) : s;
	return s.p ? dialect_leaf(r, s, from, r->at - from) : NULL;
}

/* n: words between */
static struct dialect_node *join_ordered(struct dialect_reader *r, unsigned n,
	struct dialect_node *first, struct dialect_node *second)
{
	const char *text = arena_printf(r->arena, "ONEAR/%u", n);

	r->nomem = r->nomem || !text;
	if (!text || !first)
		return NULL;
	return dialect_chain(r, DIALECT_CLOSE,
		(struct dialect_joint){str_of(text), first->offset, first->length}, first, second);
}

/* "a b"~n; first is the first of the phrase. Moving the second before it takes two moves more. */
static struct dialect_node *read_loose_pair(struct dialect_reader *r, unsigned n,
	struct dialect_node *first, struct dialect_node *second)
{
	struct dialect_node *pair = join_ordered(r, n, first, second);

	return n < 2 ? pair
		     : dialect_chain(
			       r, DIALECT_OR, nothing, pair, join_ordered(r, n - 2, second, first));
}

/*
 * "a b c"~n. Lucene's n is how many places words are moved against each other, which bounds each
 * order of them by other distances: too many to write. With at most n others among the words, in
 * any order, all is found that Lucene finds, and more of the other orders.
 */
static struct dialect_node *read_loose_phrase(
	struct dialect_reader *r, struct str inner, unsigned n, size_t from)
{
	struct str s = dialect_phrase(r, inner);
	const char *text = s.p ? arena_printf(r->arena, "%.*s~%u", (int)s.n, s.p, n) : NULL;

	query_report(r->report, true, from, r->at - from,
		"Lucene finds words in another order than this only where they are nearer",
		"other orders of these words are found more often than there (%s)", r->d->name);
	r->nomem = r->nomem || !text;
	return text ? dialect_leaf(r, str_of(text), from, r->at - from) : NULL;
}

/* What is cut into words as Lucene and we both do, with ~n after it. */
static struct dialect_node *read_loose(
	struct dialect_reader *r, struct str inner, unsigned n, size_t from)
{
	struct dialect_node *words[2] = {NULL, NULL}, *all;
	struct text_words w;

	text_words_init(&w);
	r->nomem = r->nomem || text_words_split(&w, inner, NULL) < 0;
	for (size_t i = 0; !r->nomem && w.count <= 2 && i < w.count; i++)
		words[i] = read_loose_word(r, &w, i, from);
	if (r->nomem)
		all = NULL;
	else if (w.count == 0)
		all = dialect_unknown(r, from, "write a word into it", "a phrase without any word");
	else if (w.count == 1)
		all = words[0];
	else if (w.count == 2)
		all = read_loose_pair(r, n, words[0], words[1]);
	else
		all = read_loose_phrase(r, inner, n, from);
	text_words_release(&w);
	return all;
}

static struct dialect_node *read_quoted(struct dialect_reader *r)
{
	size_t from = r->at;
	struct str inner, s;
	unsigned n = 0;

	if (!dialect_quotes(r, &inner))
		return dialect_stand_in(r, from);
	inner = unescape(r, inner);
	if (!inner.p)
		return NULL;
	if (memchr(inner.p, '*', inner.n) || memchr(inner.p, '?', inner.n))
		return dialect_unknown(r, from,
			"Lucene reads none there; take it out, or write the query in our own "
			"language",
			"a wildcard inside quotes");
	if (r->at < r->text.n && r->text.p[r->at] == '~') {
		r->at++;
		s = dialect_word(r);
		r->at += s.n;
		if (!dialect_digits(s, &n) || n > QUERY_DISTANCE_MAX)
			return dialect_unknown(
				r, from, "write a number up to 500 after ~", "no such distance");
	}
	if (n)
		return read_loose(r, inner, n, from);
	s = dialect_phrase(r, inner);
	return s.p ? dialect_leaf(r, s, from, r->at - from) : NULL;
}

/* --- /regex/ --- */

/*
 * There it is matched with one whole word in small letters. Here it reads the text, so that it gets
 * bounds, and a dot becomes any letter of a word; what could reach further is told.
 */
static struct dialect_node *read_regex(struct dialect_reader *r)
{
	static const char edge[] = "[\\p{L}\\p{N}]";
	size_t from = r->at, end = from + 1;
	struct dialect_node *n = NULL;
	struct buf out;
	bool plain = true, list = false;

	while (end < r->text.n && r->text.p[end] != '/')
		end += r->text.p[end] == '\\' && end + 1 < r->text.n ? 2 : 1;
	r->at = end < r->text.n ? end + 1 : r->text.n;
	buf_init(&out, QUERY_BYTES_MAX * 16);
	buf_printf(&out, "/(?<!%s)(?:", edge);
	for (size_t i = from + 1; i < end && i < r->text.n; i++) {
		char c = r->text.p[i];

		plain = plain && !memchr("\\^$#@&<>~\"", c, 10) && (unsigned char)c > ' ' &&
			!(c == '(' && i + 1 < end && r->text.p[i + 1] == '?');
		list = c == '[' || (list && c != ']');
		if (c == '.' && !list)
			buf_addz(&out, edge);
		else
			buf_addc(&out, c);
	}
	buf_printf(&out, ")(?!%s)/i", edge);
	if (end >= r->text.n)
		n = dialect_unknown(
			r, from, "end it with /", "a regular expression that is never closed");
	else if (!plain)
		n = dialect_unknown(r, from,
			"write it in our own language, which takes PCRE2 on the whole text",
			"more than letters, dots, lists and repetitions in a regular expression");
	else {
		struct str s = buf_failed(&out) ? STR_NONE : arena_str(r->arena, buf_str(&out));

		r->nomem = r->nomem || !s.p;
		n = s.p ? dialect_leaf(r, s, from, r->at - from) : NULL;
	}
	buf_release(&out);
	return n;
}

/* --- fn:name(…) --- */

/* Functions of intervals have no counterpart; what is in their brackets is not read. */
static struct dialect_node *refuse_function(struct dialect_reader *r)
{
	static const struct {
		const char *name, *help;
	} functions[] = {
		{"fn:or", "write (a OR b)"},
		{"fn:atLeast", "write (a b c)@2"},
		{"fn:maxgaps", "write \"a b\"~3, or in our own language a ONEAR/3 b, a NEAR/3 b"},
		{"fn:maxwidth", "write \"a b\"~3, or in our own language a ONEAR/3 b, a NEAR/3 b"},
	};
	const char *help = "take it out; nightdesk has nothing like it";
	size_t from = r->at, depth = 0;
	struct str name = dialect_word(r);

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (str_is(name, functions[i].name))
			help = functions[i].help;
	r->at += name.n;
	do {
		if (r->at < r->text.n && r->text.p[r->at] == '(')
			depth++;
		else if (r->at < r->text.n && r->text.p[r->at] == ')' && depth)
			depth--;
		r->at += r->at < r->text.n;
	} while (depth && r->at < r->text.n);
	return dialect_unknown(r, from, help, "Lucene's interval functions are not known here");
}

/* --- operands --- */

/* (a b c)@2 */
static struct dialect_node *read_brackets(struct dialect_reader *r)
{
	size_t from = r->at, clauses = 0;
	struct dialect_node *n = dialect_brackets(r, &clauses);
	const char *any;
	struct str s;
	unsigned least;

	if (!n || r->at == r->text.n || r->text.p[r->at] != '@')
		return n;
	r->at++;
	s = dialect_word(r);
	r->at += s.n;
	if (!dialect_digits(s, &least) || clauses < 2 || n->kind != DIALECT_CHAIN ||
		n->join != DIALECT_OR)
		return dialect_unknown(r, from, "write (a b c)@2",
			"@ after something that is not a list of words");
	n->join = DIALECT_COMMA;
	any = arena_printf(r->arena, "ANY/%u(", least);
	r->nomem = r->nomem || !any;
	return any ? dialect_within(r, any, n, from) : NULL;
}

static struct dialect_node *read_plain(struct dialect_reader *r)
{
	size_t from = r->at;
	char c = dialect_at_end(r) ? ')' : r->text.p[r->at];
	unsigned number;

	if (c == ')') {
		dialect_wrong(r, from ? from - 1 : 0, 0, "write a term there",
			"something is missing here");
		return dialect_stand_in(r, from);
	}
	if (c == '(')
		return read_brackets(r);
	if (c == '{' || c == '[')
		return dialect_braced(r);
	if (text_quote_length(r->text.p + r->at, r->text.n - r->at))
		return read_quoted(r);
	if (c == '/')
		return read_regex(r);
	if (str_starts(dialect_word(r), STR("fn:")))
		return refuse_function(r);
	if (dialect_operator_of(r, dialect_word(r), &number)) {
		r->at += dialect_word(r).n;
		return dialect_unknown(
			r, from, "write a term before it", "an operator without a term before it");
	}
	if (dialect_word(r).n)
		return read_word(r);
	r->at++;
	return dialect_unknown(r, from, "take it out", "not valid here");
}

static struct dialect_node *read_operand(struct dialect_reader *r)
{
	bool looks = false;
	size_t n, from;
	const struct dialect_field *f;
	struct dialect_node *inner;

	dialect_at_end(r);
	from = r->at;
	if (r->at < r->text.n && str_starts(dialect_word(r), STR("fn:")))
		return read_plain(r);
	f = dialect_field_at(r, &n, &looks);
	if (!f && !looks)
		return read_plain(r);
	r->at += n;
	if (f && f->value)
		return dialect_within(r, f->ours, dialect_value(r, f->ours), from);
	if (!f)
		dialect_wrong(
			r, from, n, "take it out; nightdesk has nothing like it", "not known here");
	inner = read_plain(r);
	return f ? dialect_within(r, f->ours, inner, from) : inner;
}

/* --- clauses --- */

enum must { MAY, MUST, MUST_NOT };

static enum must read_sign(struct dialect_reader *r)
{
	enum must must = MAY;

	while (!dialect_at_end(r)) {
		char c = r->text.p[r->at];

		if (dialect_not(r))
			r->at += 3;
		else if (c == '+' || c == '-' || c == '!')
			r->at++;
		else
			break;
		must = c == '+' ? MUST : MUST_NOT;
	}
	return must;
}

static bool reads(struct dialect_reader *r, enum dialect_join join)
{
	const struct dialect_operator *o;
	unsigned n;

	if (dialect_at_end(r))
		return false;
	o = dialect_operator_of(r, dialect_word(r), &n);
	if (!o || o->join != join)
		return false;
	r->at += dialect_word(r).n;
	return true;
}

/* a AND -b; a sign alone is the clause's. */
static struct dialect_node *read_clause(struct dialect_reader *r, enum must *must)
{
	struct dialect_node *all = NULL;
	bool more, plus = false;
	size_t n = 0;

	do {
		size_t from = r->at;
		struct dialect_node *operand;

		*must = read_sign(r);
		plus = plus || *must == MUST;
		operand = read_operand(r);
		dialect_boost(r);
		more = reads(r, DIALECT_AND);
		if (*must == MUST_NOT && (more || n))
			operand = dialect_negate(r, operand, from);
		all = n++ ? add(r, DIALECT_AND, all, operand) : operand;
	} while (more && all);
	if (n > 1)
		*must = plus ? MUST : MAY;
	return all;
}

/* Those that may be there count only where none must. */
static struct dialect_node *join_clauses(
	struct dialect_reader *r, struct dialect_node *all, struct dialect_node *without)
{
	if (!all || !without)
		return all ? all : without;
	if (without->kind != DIALECT_CHAIN)
		return add(r, DIALECT_AND, all, without);
	for (size_t i = 0; i < without->n; i++)
		all = add(r, DIALECT_AND, all, without->kids[i]);
	return all;
}

static struct dialect_node *read_clauses(struct dialect_reader *r, size_t *clauses)
{
	struct dialect_node *kinds[3] = {NULL, NULL, NULL};
	size_t n = 0;

	do {
		enum must must;
		struct dialect_node *clause;
		size_t from;

		if (n)
			reads(r, DIALECT_OR);
		dialect_at_end(r);
		from = r->at;
		clause = read_clause(r, &must);
		if (must == MUST_NOT)
			clause = dialect_negate(r, clause, from);
		/* A first clause stays what it is: (a OR b) is one of (a OR b) c */
		if (clause && !kinds[must])
			kinds[must] = clause;
		else
			kinds[must] =
				clause ? dialect_chain(r, must == MAY ? DIALECT_OR : DIALECT_AND,
						 nothing, kinds[must], clause)
				       : NULL;
		if (r->nomem || !kinds[must])
			return NULL;
		n++;
	} while (!dialect_at_end(r) && !dialect_at(r, ')'));
	if (clauses)
		*clauses = n;
	return join_clauses(r, kinds[kinds[MUST] ? MUST : MAY], kinds[MUST_NOT]);
}

/* --- the product --- */

static const struct dialect_operator lucene_operators[] = {
	DIALECT_OPERATOR("or", OR, OR),
	DIALECT_OPERATOR("||", OR, OR),
	DIALECT_OPERATOR("and", AND, AND),
	DIALECT_OPERATOR("&&", AND, AND),
	{0},
};

static const struct dialect_field lucene_fields[] = {
	{.name = "title:", .ours = "title:"},
	{.name = "body:", .ours = "body:"},
	{.name = "content:", .ours = "body:"},
	{.name = "text:", .ours = "body:"},
	{.name = "author:", .ours = "author:"},
	{.name = "category:", .ours = "category:"},
	{.name = "tag:", .ours = "category:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{.name = "lang:", .ours = "lang:", .value = true},
	{0},
};

const struct dialect dialect_lucene = {
	.name = "lucene",
	.operators = lucene_operators,
	.fields = lucene_fields,
	.escapes = true,
	.loose = true,
	.boost = true,
	.read = read_clauses,
};
