/* SPDX-License-Identifier: MIT */
/*
 * Operator-precedence parser for Brandwatch, Meltwater, Factiva and Nexis: a stack of operators and
 * a stack of operands. Only brackets recurse, so lists may have any length.
 */
#include "reader.h"
#include "text/delimiter.h"

/* An entry of the operator stack, whose right operand is not parsed yet. */
struct expression_pending {
	enum dialect_kind kind; /* CHAIN, WITHIN or NOT */
	unsigned rank;
	enum dialect_join join;
	struct dialect_joint joint;
	struct str text; /* WITHIN: "title:", "LEAD/50("; NOT: "NOT " */
	size_t offset;
};

struct expression {
	struct dialect_reader *r;
	struct dialect_node **nodes;
	struct expression_pending *waiting;
	size_t n_nodes, cap_nodes, n_waiting, cap_waiting;
	bool ors, ands, mixed_reported; /* on this bracket level */
};

static bool expression_push_node(struct expression *x, struct dialect_node *n)
{
	x->nodes =
		arena_extend(x->r->arena, x->nodes, x->n_nodes, &x->cap_nodes, sizeof(*x->nodes));
	x->r->nomem = x->r->nomem || !x->nodes;
	if (!n || !x->nodes)
		return false;
	x->nodes[x->n_nodes++] = n;
	return true;
}

static bool expression_push_pending(struct expression *x, struct expression_pending p)
{
	x->waiting = arena_extend(
		x->r->arena, x->waiting, x->n_waiting, &x->cap_waiting, sizeof(*x->waiting));
	x->r->nomem = x->r->nomem || !x->waiting;
	if (!x->waiting)
		return false;
	x->waiting[x->n_waiting++] = p;
	return true;
}

/* Pushes a field, ATLEAST/3( or NOT, whose operand follows. */
static bool expression_push_around(
	struct expression *x, enum dialect_kind kind, unsigned rank, struct str text)
{
	struct expression_pending p = {
		.kind = kind, .rank = rank, .text = text, .offset = x->r->at};

	return expression_push_pending(x, p);
}

/* Applies the operator on top of the stack to its operands. */
static bool expression_reduce_top(struct expression *x)
{
	const struct expression_pending *p = &x->waiting[--x->n_waiting];
	struct dialect_node *n = x->nodes[--x->n_nodes];

	if (p->kind != DIALECT_CHAIN)
		n = dialect_make_around(x->r, p->kind, p->text, n, p->offset);
	else if (p->join == DIALECT_AND_NOT)
		n = dialect_join_nodes(x->r, DIALECT_AND, p->joint, x->nodes[--x->n_nodes],
			dialect_make_around(x->r, DIALECT_NOT, STR("NOT "), n, p->offset));
	else
		n = dialect_join_nodes(x->r, p->join, p->joint, x->nodes[--x->n_nodes], n);
	return expression_push_node(x, n);
}

static bool expression_reduce_to(struct expression *x, unsigned rank)
{
	while (x->n_waiting && x->waiting[x->n_waiting - 1].rank <= rank)
		if (!expression_reduce_top(x))
			return false;
	return true;
}

/* --- before a term --- */

static bool expression_read_field(struct expression *x, bool *done)
{
	struct dialect_reader *r = x->r;
	bool unknown = false;
	size_t n, from = r->at;
	const struct dialect_field *f = dialect_find_field(r, &n, &unknown);

	*done = false;
	if (!f && !unknown)
		return false;
	if (!f || !f->ours)
		dialect_report(
			r, r->at, n, f && f->help ? f->help : DIALECT_NO_HELP, "not supported");
	if (f && f->ours && !f->value)
		expression_push_around(x, DIALECT_WITHIN, r->d->rank_field, str_of(f->ours));
	r->at += n - (r->text.p[r->at + n - 1] == '(');
	if (f && f->ours && f->value) {
		struct dialect_node *v = dialect_read_value(r, f->ours);

		*done = expression_push_node(
			x, dialect_make_around(r, DIALECT_WITHIN, str_of(f->ours), v, from));
	}
	return true;
}

/* atleast3 */
static bool expression_read_at_least(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct str s = dialect_peek_word(r);
	unsigned n;

	if (!dialect_parse_at_least(r, s, &n))
		return false;
	expression_push_around(
		x, DIALECT_WITHIN, r->d->rank_field, dialect_printf(r, "ATLEAST/%u(", n));
	r->at += s.n;
	return true;
}

/* Length of a NOT or minus at r->at; or 0. */
static size_t expression_negation_length(struct dialect_reader *r)
{
	if (dialect_at_not(r))
		return 3;
	return r->d->minus && dialect_at(r, '-') && r->at + 1 < r->text.n &&
	       !text_space_length(r->text.p + r->at + 1, r->text.n - r->at - 1);
}

/* NOT or minus before a term. */
static bool expression_read_negation(struct expression *x)
{
	struct dialect_reader *r = x->r;
	size_t n = expression_negation_length(r);

	if (!n)
		return false;
	expression_push_around(x, DIALECT_NOT, DIALECT_RANK_FIELD, STR("NOT "));
	r->at += n;
	return true;
}

/* /F50/ */
static bool expression_is_first_words(const struct dialect_reader *r, struct str s, unsigned *n)
{
	return r->d->slashed && s.n > 3 && s.p[s.n - 1] == '/' &&
	       str_eq_nocase(str_slice(s.p, 2), STR("/f")) &&
	       dialect_parse_number(str_slice(s.p + 2, s.n - 3), n);
}

static bool expression_at_end(struct dialect_reader *r)
{
	return dialect_at_end(r) || dialect_at(r, ')') ||
	       (r->d->square_brackets && dialect_at(r, ']'));
}

static struct dialect_node *expression_read_term(struct dialect_reader *r)
{
	struct str s = dialect_peek_word(r);
	unsigned number;

	if (expression_at_end(r))
		return dialect_report_missing(r, "write a term there", "something is missing here");
	if (dialect_at(r, '(') || (r->d->square_brackets && dialect_at(r, '[')))
		return dialect_read_brackets(r);
	if (dialect_at(r, '{') || dialect_at(r, '['))
		return dialect_read_braces(r);
	if (dialect_at(r, '}') || dialect_at(r, ']')) {
		r->at++;
		return dialect_reject(r, r->at - 1, "take it out", "a bracket never opened");
	}
	if (text_quote_at(r->text, r->at))
		return dialect_read_phrase(r);
	if (s.n == 0 || dialect_find_operator(r, s, &number) ||
		expression_is_first_words(r, s, &number)) {
		s.n = s.n ? s.n : 1; /* a single ^ */
		r->at += s.n;
		return dialect_reject(r, r->at - s.n, "write a term before it",
			"an operator without a term before it");
	}
	return dialect_read_words(r);
}

/* A term with a syntax of its own: wc>100, allcaps(word). */
static bool expression_read_form(struct expression *x, bool *done)
{
	struct dialect_node *n = dialect_read_comparison(x->r);

	if (!n && !x->r->nomem && x->r->d->read_special)
		n = x->r->d->read_special(x->r);
	*done = n && expression_push_node(x, n);
	return *done;
}

static bool expression_read_operand(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct dialect_node *n;
	bool done = false;

	while (!done && !r->nomem && !dialect_at_end(r) &&
		(expression_read_negation(x) || expression_read_at_least(x) ||
			expression_read_form(x, &done) || expression_read_field(x, &done)))
		continue;
	if (done || r->nomem)
		return !r->nomem;
	n = expression_read_term(r);
	dialect_skip_boost(r);
	return expression_push_node(x, n);
}

/* --- between terms --- */

/* /F50/ after its operand. */
static bool expression_read_first_words(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct str s = dialect_peek_word(r);
	struct dialect_node *n;
	unsigned words;

	if (!expression_is_first_words(r, s, &words))
		return false;
	if (!expression_reduce_to(x, DIALECT_RANK_NEAR))
		return true;
	n = x->nodes[--x->n_nodes];
	expression_push_node(x, dialect_make_around(r, DIALECT_WITHIN,
					dialect_printf(r, "LEAD/%u(", words), n, r->at));
	r->at += s.n;
	return true;
}

/* Reports an operator or a number without counterpart; returns false if there is one. */
static bool expression_report_unlike(struct dialect_reader *r, const struct dialect_operator *o,
	unsigned n, bool negated, size_t from)
{
	if (!o->ours || (negated && !str_starts(str_of(o->ours), STR("NEAR"))))
		dialect_report(r, from, r->at - from, o->help ? o->help : DIALECT_NO_HELP,
			"not supported");
	else if (o->number && (n < o->subtract || n - o->subtract > QUERY_DISTANCE_MAX))
		dialect_report(r, from, r->at - from,
			o->subtract ? "write a distance from 1 to 500"
				    : "write a distance up to 500",
			"no such distance");
	else
		return false;
	return true;
}

/* Returns our operator with its number; NEAR after a report. */
static struct dialect_joint expression_make_joint(struct dialect_reader *r,
	const struct dialect_operator *o, unsigned n, bool negated, size_t from)
{
	const char *not = negated ? "NOT " : "";
	struct str text = STR("NEAR");

	if (!expression_report_unlike(r, o, n, negated, from))
		text = o->number ? dialect_printf(r, "%s%s%u", not, o->ours, n - o->subtract)
				 : dialect_printf(r, "%s%s", not, o->ours);
	return (struct dialect_joint){text, from, r->at - from};
}

static struct expression_pending expression_make_join(struct dialect_reader *r,
	const struct dialect_operator *o, unsigned n, bool negated, size_t from)
{
	struct expression_pending p = {
		.kind = DIALECT_CHAIN, .join = o->join, .rank = o->rank, .offset = from};

	if (o->ranked)
		p.rank += n < QUERY_DISTANCE_MAX ? n : QUERY_DISTANCE_MAX;
	if (o->join == DIALECT_NEAR)
		p.joint = expression_make_joint(r, o, n, negated, from);
	return p;
}

/* Parses not, not w/5, and not, but not. */
static bool expression_read_and_not(struct dialect_reader *r, struct expression_pending *p)
{
	const struct dialect_operator *o;
	size_t from = r->at;
	struct str s = dialect_peek_word(r);
	unsigned n;

	o = dialect_find_operator(r, s, &n);
	if ((o && o->join == DIALECT_AND) || dialect_at_but_not(r)) {
		r->at += s.n;
		dialect_at_end(r);
	}
	if (!expression_negation_length(r)) {
		r->at = from;
		return false;
	}
	*p = (struct expression_pending){.kind = DIALECT_CHAIN,
		.join = DIALECT_AND_NOT,
		.rank = r->d->rank_not,
		.offset = r->at};
	r->at += expression_negation_length(r);
	dialect_at_end(r);
	s = dialect_peek_word(r);
	o = dialect_find_operator(r, s, &n);
	if (!o || o->join != DIALECT_NEAR)
		return true;
	r->at += s.n;
	*p = expression_make_join(r, o, n, true, from);
	return true;
}

/* Two terms without an operator between them. */
static struct expression_pending expression_read_adjacent(struct expression *x)
{
	struct dialect_reader *r = x->r;
	size_t n = dialect_peek_word(r).n;

	if (r->d->adjacent_phrase)
		return (struct expression_pending){.kind = DIALECT_CHAIN,
			.join = DIALECT_NEAR,
			.rank = DIALECT_RANK_ADJACENT,
			.joint = {STR("ONEAR/0"), r->at, n ? n : 1},
			.offset = r->at};
	dialect_report(r, r->at, n ? n : 1,
		dialect_is_lower_case(r, dialect_peek_word(r))
			? "operators are written in capitals there"
			: "write AND before it, or put quotes around words that are a phrase",
		"an operator is missing before it");
	return (struct expression_pending){.kind = DIALECT_CHAIN,
		.join = DIALECT_AND,
		.rank = DIALECT_RANK_AND,
		.offset = r->at};
}

static void expression_check_mixed(
	struct expression *x, const struct expression_pending *p, size_t length)
{
	x->ors = x->ors || p->join == DIALECT_OR;
	x->ands = x->ands || p->join == DIALECT_AND || p->join == DIALECT_AND_NOT;
	if (!x->r->d->refuse_mixed || !x->ors || !x->ands || x->mixed_reported)
		return;
	x->mixed_reported = true;
	dialect_report(x->r, p->offset, length,
		"put brackets around the parts that belong together",
		"AND and OR are mixed without brackets");
}

static bool expression_read_join(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct str s = dialect_peek_word(r);
	const struct dialect_operator *o;
	struct expression_pending p;
	unsigned n;
	size_t from = r->at;

	if (!expression_read_and_not(r, &p)) {
		o = dialect_find_operator(r, s, &n);
		if (o) {
			r->at += s.n;
			p = expression_make_join(r, o, n, false, from);
		} else {
			p = expression_read_adjacent(x);
		}
	}
	expression_check_mixed(x, &p, r->at > from ? r->at - from : 1);
	return expression_reduce_to(x, p.rank) && expression_push_pending(x, p);
}

struct dialect_node *dialect_read_expression(struct dialect_reader *r)
{
	struct expression x = {.r = r};

	for (;;) {
		if (!expression_read_operand(&x))
			return NULL;
		while (!expression_at_end(r) && expression_read_first_words(&x))
			if (r->nomem)
				return NULL;
		if (expression_at_end(r))
			break;
		if (!expression_read_join(&x))
			return NULL;
	}
	return expression_reduce_to(&x, UINT32_MAX) && x.n_nodes ? x.nodes[0] : NULL;
}

struct dialect_node *dialect_read_brackets(struct dialect_reader *r)
{
	size_t from = r->at++;
	char close = r->text.p[from] == '[' ? ']' : ')';
	struct dialect_node *n;

	if (++r->depth > QUERY_DEPTH_MAX) {
		dialect_report(r, from, 1, "put a part of it in a define",
			"brackets deeper than 100 levels");
		r->at = r->text.n;
		r->gave_up = true;
		return dialect_make_leaf(r, STR("x"), from, 1);
	}
	n = r->d->read(r);
	r->depth--;
	if (n)
		n->closed = true;
	if (dialect_at(r, close))
		r->at++;
	else if (!r->gave_up)
		dialect_report(r, from, 1, "put a bracket where it ends",
			"a bracket that is never closed");
	return n;
}
