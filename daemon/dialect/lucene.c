/* SPDX-License-Identifier: MIT */
/*
 * The query language of Lucene, by the rules of its classic and its standard query parser: clauses
 * that must, may or must not match, escapes, phrases with slop.
 */
#include "reader.h"
#include "text/delimiter.h"
#include "text/words.h"

static const struct dialect_joint nothing;

static struct dialect_node *lucene_join(struct dialect_reader *r, enum dialect_join join,
	struct dialect_node *left, struct dialect_node *right)
{
	return left ? dialect_join_nodes(r, join, nothing, left, right) : right;
}

/* --- words --- */

/* Removes backslashes; an escaped wildcard or quote becomes a space, which separates words. */
static struct str lucene_unescape(struct dialect_reader *r, struct str s)
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

/* Parses the number after word~; the default is 2. Returns false after a report. */
static bool lucene_read_edits(struct dialect_reader *r, struct str s, unsigned *edits)
{
	*edits = 2;
	if (s.n && (!dialect_parse_number(s, edits) || *edits > 2)) {
		dialect_report(r, (size_t)(s.p - r->text.p) - 1, s.n + 1,
			"write ~1 or ~2, the number of letters that may differ",
			"no such number of edits");
		return false;
	}
	return true;
}

static struct dialect_node *lucene_read_word(struct dialect_reader *r)
{
	struct str s = dialect_peek_word(r), word = s;
	size_t from = r->at;
	unsigned edits = 0;
	const char *tilde = memchr(s.p, '~', s.n);

	if (r->value || (tilde > s.p && tilde[-1] == '\\'))
		tilde = NULL;
	r->at += s.n;
	if (from && !r->value && dialect_is_lower_case(r, s) && !dialect_at_end(r))
		query_report(r->report, true, from, s.n, "operators are written in capitals there",
			"%.*s is read as a word (%s)", (int)s.n, s.p, r->d->name);
	r->at = from + s.n;
	if (tilde) {
		word.n = (size_t)(tilde - s.p);
		if (!lucene_read_edits(r, str_slice(tilde + 1, s.n - word.n - 1), &edits))
			return dialect_make_leaf(r, STR("x"), from, s.n);
	}
	word = lucene_unescape(r, word);
	if (word.p)
		word = dialect_format_term(r, word);
	if (!edits || !word.p)
		return dialect_make_leaf(r, word, from, s.n);
	if (word.p[0] == '"')
		return dialect_reject(
			r, from, "write a plain word before it", "~ on more than a word");
	return dialect_make_leaf(r, dialect_printf(r, "%.*s~%u", STR_ARG(word), edits), from, s.n);
}

/* --- phrases --- */

static struct dialect_node *lucene_read_phrase_word(
	struct dialect_reader *r, const struct text_words *w, size_t i, size_t from)
{
	struct str s = arena_str(r->arena, text_words_source(w, i));

	return dialect_make_leaf(r, s.p ? dialect_format_term(r, s) : s, from, r->at - from);
}

/* At most n words between, in this order. */
static struct dialect_node *lucene_join_ordered(struct dialect_reader *r, unsigned n,
	struct dialect_node *first, struct dialect_node *second)
{
	struct str text = dialect_printf(r, "ONEAR/%u", n);

	if (!text.p || !first)
		return NULL;
	return dialect_join_nodes(r, DIALECT_NEAR,
		(struct dialect_joint){text, first->offset, first->length}, first, second);
}

/* "a b"~n: moving the second word before the first costs two of n. */
static struct dialect_node *lucene_format_pair(struct dialect_reader *r, unsigned n,
	struct dialect_node *first, struct dialect_node *second)
{
	struct dialect_node *pair = lucene_join_ordered(r, n, first, second);

	return n < 2 ? pair
		     : dialect_join_nodes(r, DIALECT_OR, nothing, pair,
			       lucene_join_ordered(r, n - 2, second, first));
}

/*
 * "a b c"~n: Lucene's n is an edit distance, the number of positions that words are moved, which
 * allows each permutation other distances: too many to enumerate. Our own "a b c"~n, at most n
 * other words among them in any order, matches a superset.
 */
static struct dialect_node *lucene_format_phrase(
	struct dialect_reader *r, struct str inner, unsigned n, size_t from)
{
	struct str s = dialect_format_phrase(r, inner);

	query_report(r->report, true, from, r->at - from,
		"Lucene finds words in another order than this only where they are nearer",
		"other orders of these words are found more often than there (%s)", r->d->name);
	s = s.p ? dialect_printf(r, "%.*s~%u", STR_ARG(s), n) : s;
	return dialect_make_leaf(r, s, from, r->at - from);
}

/* A phrase with slop; Lucene splits it into words like we do. */
static struct dialect_node *lucene_read_slop(
	struct dialect_reader *r, struct str inner, unsigned n, size_t from)
{
	struct dialect_node *words[2] = {NULL, NULL}, *all;
	struct text_words w;

	text_words_init(&w);
	r->nomem = r->nomem || text_words_split(&w, inner, NULL) < 0;
	for (size_t i = 0; !r->nomem && w.count <= 2 && i < w.count; i++)
		words[i] = lucene_read_phrase_word(r, &w, i, from);
	if (r->nomem)
		all = NULL;
	else if (w.count == 0)
		all = dialect_reject(r, from, "write a word into it", "a phrase without any word");
	else if (w.count == 1)
		all = words[0];
	else if (w.count == 2)
		all = lucene_format_pair(r, n, words[0], words[1]);
	else
		all = lucene_format_phrase(r, inner, n, from);
	text_words_release(&w);
	return all;
}

static struct dialect_node *lucene_read_phrase(struct dialect_reader *r)
{
	size_t from = r->at;
	struct str inner, s;
	unsigned n = 0;

	if (!dialect_read_quotes(r, &inner))
		return dialect_make_leaf(r, STR("x"), from, 1);
	inner = lucene_unescape(r, inner);
	if (!inner.p)
		return NULL;
	if (memchr(inner.p, '*', inner.n) || memchr(inner.p, '?', inner.n))
		return dialect_reject(r, from,
			"Lucene reads none there; take it out, or write the query in our own "
			"language",
			"a wildcard inside quotes");
	if (r->at < r->text.n && r->text.p[r->at] == '~') {
		r->at++;
		s = dialect_peek_word(r);
		r->at += s.n;
		if (!dialect_parse_number(s, &n) || n > QUERY_DISTANCE_MAX)
			return dialect_reject(
				r, from, "write a number up to 500 after ~", "no such distance");
	}
	if (n)
		return lucene_read_slop(r, inner, n, from);
	return dialect_make_leaf(r, dialect_format_phrase(r, inner), from, r->at - from);
}

/* --- /regex/ --- */

/*
 * In Lucene an expression is matched against one lower-cased word, in ours against the text. So it
 * gets word boundaries, ignores case, and a dot matches word characters only; other constructs that
 * could match across words are errors.
 */
static struct dialect_node *lucene_read_regex(struct dialect_reader *r)
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
		n = dialect_reject(
			r, from, "end it with /", "a regular expression that is never closed");
	else if (!plain)
		n = dialect_reject(r, from,
			"write it in our own language, which takes PCRE2 on the whole text",
			"more than letters, dots, lists and repetitions in a regular expression");
	else
		n = dialect_make_leaf(r,
			buf_failed(&out) ? STR_NONE : arena_str(r->arena, buf_str(&out)), from,
			r->at - from);
	buf_release(&out);
	return n;
}

/* --- fn:name(…) --- */

/* Reports an interval function and skips its brackets. */
static struct dialect_node *lucene_reject_function(struct dialect_reader *r)
{
	size_t from = r->at, depth = 0;

	r->at += dialect_peek_word(r).n;
	do {
		if (r->at < r->text.n && r->text.p[r->at] == '(')
			depth++;
		else if (r->at < r->text.n && r->text.p[r->at] == ')' && depth)
			depth--;
		r->at += r->at < r->text.n;
	} while (depth && r->at < r->text.n);
	return dialect_reject(r, from,
		"write (a OR b), (a b c)@2 or \"a b\"~3; in our own language a ONEAR/3 b",
		"Lucene's interval functions are not supported");
}

/* --- operands --- */

/* (a b c)@2 */
static struct dialect_node *lucene_read_brackets(struct dialect_reader *r)
{
	size_t from = r->at;
	struct dialect_node *n = dialect_read_brackets(r);
	struct str s;
	unsigned least;

	if (!n || r->at == r->text.n || r->text.p[r->at] != '@')
		return n;
	r->at++;
	s = dialect_peek_word(r);
	r->at += s.n;
	if (!dialect_parse_number(s, &least) || r->clauses < 2 || n->kind != DIALECT_CHAIN ||
		n->join != DIALECT_OR)
		return dialect_reject(r, from, "write (a b c)@2",
			"@ after something that is not a list of words");
	n->join = DIALECT_COMMA;
	return dialect_make_around(r, DIALECT_WITHIN, dialect_printf(r, "ANY/%u(", least), n, from);
}

static struct dialect_node *lucene_read_term(struct dialect_reader *r)
{
	size_t from = r->at;
	char c = dialect_at_end(r) ? ')' : r->text.p[r->at];
	unsigned number;

	if (c == ')')
		return dialect_report_missing(r, "write a term there", "something is missing here");
	if (c == '(')
		return lucene_read_brackets(r);
	if (c == '{' || c == '[')
		return dialect_read_braces(r);
	if (text_quote_at(r->text, r->at))
		return lucene_read_phrase(r);
	if (c == '/')
		return lucene_read_regex(r);
	if (str_starts(dialect_peek_word(r), STR("fn:")))
		return lucene_reject_function(r);
	if (dialect_find_operator(r, dialect_peek_word(r), &number)) {
		r->at += dialect_peek_word(r).n;
		return dialect_reject(
			r, from, "write a term before it", "an operator without a term before it");
	}
	if (dialect_peek_word(r).n)
		return lucene_read_word(r);
	r->at++;
	return dialect_reject(r, from, "take it out", "not valid here");
}

static struct dialect_node *lucene_read_operand(struct dialect_reader *r)
{
	bool looks = false;
	size_t n, from;
	const struct dialect_field *f;
	struct dialect_node *inner;

	dialect_at_end(r);
	from = r->at;
	if (r->at < r->text.n && str_starts(dialect_peek_word(r), STR("fn:")))
		return lucene_read_term(r);
	f = dialect_find_field(r, &n, &looks);
	if (!f && !looks)
		return lucene_read_term(r);
	r->at += n;
	if (!f) {
		dialect_report(r, from, n, DIALECT_NO_HELP, "not supported");
		return lucene_read_term(r);
	}
	if (f->value)
		inner = dialect_read_value(r, f->ours);
	else
		inner = lucene_read_term(r);
	return dialect_make_around(r, DIALECT_WITHIN, str_of(f->ours), inner, from);
}

/* --- clauses --- */

enum must { MAY, MUST, MUST_NOT };

static enum must lucene_read_sign(struct dialect_reader *r)
{
	enum must must = MAY;

	while (!dialect_at_end(r)) {
		char c = r->text.p[r->at];

		if (dialect_at_not(r))
			r->at += 3;
		else if (c == '+' || c == '-' || c == '!')
			r->at++;
		else
			break;
		must = c == '+' ? MUST : MUST_NOT;
	}
	return must;
}

static bool lucene_accept_operator(struct dialect_reader *r, enum dialect_join join)
{
	const struct dialect_operator *o;
	unsigned n;

	if (dialect_at_end(r))
		return false;
	o = dialect_find_operator(r, dialect_peek_word(r), &n);
	if (!o || o->join != join)
		return false;
	r->at += dialect_peek_word(r).n;
	return true;
}

/* Parses operands joined by AND. The sign of a single operand is returned in *must. */
static struct dialect_node *lucene_read_clause(struct dialect_reader *r, enum must *must)
{
	struct dialect_node *all = NULL;
	bool more, plus = false;
	size_t n = 0;

	do {
		size_t from = r->at;
		struct dialect_node *operand;

		*must = lucene_read_sign(r);
		plus = plus || *must == MUST;
		operand = lucene_read_operand(r);
		dialect_skip_boost(r);
		more = lucene_accept_operator(r, DIALECT_AND);
		if (*must == MUST_NOT && (more || n))
			operand = dialect_make_around(r, DIALECT_NOT, STR("NOT "), operand, from);
		all = n++ ? lucene_join(r, DIALECT_AND, all, operand) : operand;
	} while (more && all);
	if (n > 1)
		*must = plus ? MUST : MAY;
	return all;
}

/* Joins the required (or else the optional) clauses and the prohibited ones. */
static struct dialect_node *lucene_join_clauses(
	struct dialect_reader *r, struct dialect_node *all, struct dialect_node *without)
{
	if (!all || !without)
		return all ? all : without;
	if (without->kind != DIALECT_CHAIN)
		return lucene_join(r, DIALECT_AND, all, without);
	for (size_t i = 0; i < without->n; i++)
		all = lucene_join(r, DIALECT_AND, all, without->kids[i]);
	return all;
}

static struct dialect_node *lucene_read_clauses(struct dialect_reader *r)
{
	struct dialect_node *kinds[3] = {NULL, NULL, NULL};
	size_t n = 0;

	do {
		enum must must;
		struct dialect_node *clause;
		size_t from;

		if (n)
			lucene_accept_operator(r, DIALECT_OR);
		dialect_at_end(r);
		from = r->at;
		clause = lucene_read_clause(r, &must);
		if (must == MUST_NOT)
			clause = dialect_make_around(r, DIALECT_NOT, STR("NOT "), clause, from);
		/* the first clause is not merged: (a OR b) counts as one clause of (a OR b) c */
		kinds[must] =
			lucene_join(r, must == MAY ? DIALECT_OR : DIALECT_AND, kinds[must], clause);
		if (r->nomem || !kinds[must])
			return NULL;
		n++;
	} while (!dialect_at_end(r) && !dialect_at(r, ')'));
	r->clauses = n;
	return lucene_join_clauses(r, kinds[kinds[MUST] ? MUST : MAY], kinds[MUST_NOT]);
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
	{.name = "author:", .ours = "author:"},
	{.name = "site:", .ours = "site:", .value = true},
	{.name = "url:", .ours = "url:", .value = true},
	{.name = "language:", .ours = "lang:", .value = true},
	{.name = "body:", .ours = "body:"},
	{.name = "content:", .ours = "body:"},
	{.name = "text:", .ours = "body:"},
	{.name = "category:", .ours = "category:"},
	{.name = "tag:", .ours = "category:"},
	{.name = "lang:", .ours = "lang:", .value = true},
	{0},
};

DIALECT_PRODUCT(lucene, lucene_operators, .escapes = true, .slop = true, .boost = true,
	.read = lucene_read_clauses);
