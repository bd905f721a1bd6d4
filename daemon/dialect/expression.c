/* SPDX-License-Identifier: MIT */
/*
 * What joins the terms of Brandwatch, Meltwater, Factiva and Nexis. Operators wait on a stack until
 * a weaker one comes, so that a list of any length needs no recursion; that is left to brackets.
 */
#include "reader.h"
#include "text/delimiter.h"

/* Something that waits for what stands behind it. */
struct pending {
	enum { JOINS, WRAPS, NEGATES } what;
	unsigned rank;
	enum dialect_join join;
	struct dialect_joint joint;
	const char *text; /* of WRAPS */
	size_t offset;
};

struct expression {
	struct dialect_reader *r;
	struct dialect_node **nodes;
	struct pending *waiting;
	size_t n_nodes, cap_nodes, n_waiting, cap_waiting;
	bool ors, ands, told; /* at this level */
};

static void *grow(struct dialect_reader *r, void *v, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 8;

	if (n < *cap)
		return v;
	v = arena_grow(r->arena, v, *cap * size, more * size);
	if (v)
		*cap = more;
	else
		r->nomem = true;
	return v;
}

static bool push_node(struct expression *x, struct dialect_node *n)
{
	x->nodes = grow(x->r, x->nodes, x->n_nodes, &x->cap_nodes, sizeof(struct dialect_node *));
	if (!n || !x->nodes)
		return false;
	x->nodes[x->n_nodes++] = n;
	return true;
}

static bool wait_for(struct expression *x, struct pending p)
{
	x->waiting = grow(x->r, x->waiting, x->n_waiting, &x->cap_waiting, sizeof(*x->waiting));
	if (!x->waiting)
		return false;
	x->waiting[x->n_waiting++] = p;
	return true;
}

/* The last thing that waits gets what it waited for. */
static bool reduce(struct expression *x)
{
	const struct pending *p = &x->waiting[--x->n_waiting];
	struct dialect_node *n = x->nodes[--x->n_nodes];

	switch (p->what) {
	case WRAPS: n = dialect_within(x->r, p->text, n, p->offset); break;
	case NEGATES: n = dialect_negate(x->r, n, p->offset); break;
	case JOINS:
		if (p->join == DIALECT_WITHOUT)
			n = dialect_negate(x->r, n, p->offset);
		n = dialect_chain(x->r, p->join == DIALECT_WITHOUT ? DIALECT_AND : p->join,
			p->joint, x->nodes[--x->n_nodes], n);
		break;
	}
	return push_node(x, n);
}

static bool reduce_to(struct expression *x, unsigned rank)
{
	while (x->n_waiting && x->waiting[x->n_waiting - 1].rank <= rank)
		if (!reduce(x))
			return false;
	return true;
}

/* --- before a term --- */

static bool read_field(struct expression *x, bool *done)
{
	struct dialect_reader *r = x->r;
	bool unknown = false;
	size_t n, from = r->at;
	const struct dialect_field *f = dialect_field_at(r, &n, &unknown);

	*done = false;
	if (!f && !unknown)
		return false;
	if (!f || !f->ours) {
		const char *help = f ? f->help : NULL;

		dialect_wrong(r, r->at, n,
			help ? help : "take it out; nightdesk has nothing like it",
			"not known here");
	}
	r->at += n - (r->text.p[r->at + n - 1] == '(');
	if (f && f->ours && f->value) {
		struct dialect_node *v = dialect_value(r, f->ours);

		*done = push_node(x, dialect_within(r, f->ours, v, from));
		return true;
	}
	if (f && f->ours)
		return wait_for(x, (struct pending){.what = WRAPS,
					   .rank = r->d->rank_field,
					   .text = f->ours,
					   .offset = from});
	return true;
}

/* atleast3 */
static bool read_at_least(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct str s = dialect_word(r);
	unsigned n;
	const char *text;

	if (!dialect_at_least(r, s, &n))
		return false;
	text = arena_printf(r->arena, "ATLEAST/%u(", n);
	if (!text)
		r->nomem = true;
	else
		wait_for(x, (struct pending){.what = WRAPS,
				    .rank = r->d->rank_field,
				    .text = text,
				    .offset = r->at});
	r->at += s.n;
	return true;
}

/* How long a NOT or a minus is that stands here; 0. */
static size_t negation(struct dialect_reader *r)
{
	if (dialect_not(r))
		return 3;
	return r->d->minus && dialect_at(r, '-') && r->at + 1 < r->text.n &&
	       !text_space_length(r->text.p + r->at + 1, r->text.n - r->at - 1);
}

/* Something is taken away here. */
static bool read_negation(struct expression *x)
{
	struct dialect_reader *r = x->r;
	size_t n = negation(r);

	if (!n)
		return false;
	wait_for(x, (struct pending){.what = NEGATES, .rank = DIALECT_RANK_FIELD, .offset = r->at});
	r->at += n;
	return true;
}

static struct dialect_node *missing(struct dialect_reader *r)
{
	size_t at = r->at ? r->at - 1 : 0;

	dialect_wrong(r, at, 0, "write a term there", "something is missing here");
	return dialect_leaf(r, STR("x"), at, 1);
}

/* /F50/ */
static bool is_first_words(const struct dialect_reader *r, struct str s, unsigned *n)
{
	return r->d->glued && s.n > 3 && s.p[s.n - 1] == '/' &&
	       str_eq_nocase(str_slice(s.p, 2), STR("/f")) &&
	       dialect_digits(str_slice(s.p + 2, s.n - 3), n);
}

static struct dialect_node *read_term(struct dialect_reader *r)
{
	struct str s = dialect_word(r);
	unsigned number;

	if (dialect_at_end(r) || dialect_at(r, ')') || (r->d->square && dialect_at(r, ']')))
		return missing(r);
	if (dialect_at(r, '(') || (r->d->square && dialect_at(r, '[')))
		return dialect_brackets(r, NULL);
	if (dialect_at(r, '{') || dialect_at(r, '['))
		return dialect_braced(r);
	if (dialect_at(r, '}') || dialect_at(r, ']')) {
		dialect_wrong(r, r->at++, 1, "take it out", "a bracket never opened");
		return dialect_leaf(r, STR("x"), r->at - 1, 1);
	}
	if (text_quote_length(r->text.p + r->at, r->text.n - r->at))
		return dialect_quoted(r);
	if (s.n == 0 || dialect_operator_of(r, s, &number) || is_first_words(r, s, &number)) {
		if (!s.n)
			s.n = 1; /* a ^ alone */
		dialect_wrong(r, r->at, s.n, "write a term before it",
			"an operator without a term before it");
		r->at += s.n;
		return dialect_leaf(r, STR("x"), r->at - 1, 1);
	}
	return dialect_words(r);
}

/* True: a term that has a form of its own, wc>100. */
static bool read_formed(struct expression *x, bool *done)
{
	struct dialect_node *n = dialect_compared(x->r);

	if (!n && !x->r->nomem && x->r->d->read_special)
		n = x->r->d->read_special(x->r);
	*done = n && push_node(x, n);
	return *done;
}

static bool read_operand(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct dialect_node *n;
	bool done = false;

	while (!done && !r->nomem && !dialect_at_end(r) &&
		(read_negation(x) || read_at_least(x) || read_formed(x, &done) ||
			read_field(x, &done)))
		continue;
	if (done || r->nomem)
		return !r->nomem;
	n = read_term(r);
	dialect_boost(r);
	return push_node(x, n);
}

/* --- between terms --- */

/* /F50/ behind what it is of. */
static bool read_first_words(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct str s = dialect_word(r);
	struct dialect_node *n;
	const char *text;
	unsigned words;

	if (!is_first_words(r, s, &words))
		return false;
	if (!reduce_to(x, DIALECT_RANK_CLOSE))
		return true;
	text = arena_printf(r->arena, "LEAD/%u(", words);
	r->nomem = r->nomem || !text;
	n = x->nodes[--x->n_nodes];
	r->at += s.n;
	push_node(x, text ? dialect_within(r, text, n, r->at - s.n) : NULL);
	return true;
}

/* Has our language no such operator? Then it is told, and another stands for it. */
static bool unlike_ours(struct dialect_reader *r, const struct dialect_operator *o, unsigned n,
	bool negated, size_t from)
{
	const char *help = o->help ? o->help : "take it out; nightdesk has nothing like it";

	if (!o->ours || (negated && !str_starts(str_of(o->ours), STR("NEAR"))))
		dialect_wrong(r, from, r->at - from, help, "not known here");
	else if (o->number && (n < o->less || n - o->less > QUERY_DISTANCE_MAX))
		dialect_wrong(r, from, r->at - from,
			o->less ? "write a distance from 1 to 500" : "write a distance up to 500",
			"no such distance");
	else
		return false;
	return true;
}

/* The operator with its number as we write it. */
static struct dialect_joint joint_of(struct dialect_reader *r, const struct dialect_operator *o,
	unsigned n, bool negated, size_t from)
{
	const char *not = negated ? "NOT " : "", *text;

	if (unlike_ours(r, o, n, negated, from))
		text = "NEAR";
	else if (o->number)
		text = arena_printf(r->arena, "%s%s%u", not, o->ours, n - o->less);
	else
		text = arena_printf(r->arena, "%s%s", not, o->ours);
	r->nomem = r->nomem || !text;
	return (struct dialect_joint){str_of(text), from, r->at - from};
}

static struct pending join_by(struct dialect_reader *r, const struct dialect_operator *o,
	unsigned n, bool negated, size_t from)
{
	struct pending p = {.what = JOINS, .join = o->join, .rank = o->rank, .offset = from};

	if (o->ranked)
		p.rank += n < QUERY_DISTANCE_MAX ? n : QUERY_DISTANCE_MAX;
	if (o->join == DIALECT_CLOSE)
		p.joint = joint_of(r, o, n, negated, from);
	return p;
}

/* not, not w/5, and not, but not; consumed. */
static bool read_without(struct dialect_reader *r, struct pending *p)
{
	const struct dialect_operator *o;
	size_t from = r->at;
	struct str s = dialect_word(r);
	unsigned n;

	o = dialect_operator_of(r, s, &n);
	if ((o && o->join == DIALECT_AND) || dialect_but_not(r)) {
		r->at += s.n;
		dialect_at_end(r);
		if (!negation(r)) {
			r->at = from;
			return false;
		}
	}
	if (!negation(r))
		return false;
	*p = (struct pending){
		.what = JOINS, .join = DIALECT_WITHOUT, .rank = r->d->rank_not, .offset = r->at};
	r->at += negation(r);
	dialect_at_end(r);
	s = dialect_word(r);
	o = dialect_operator_of(r, s, &n);
	if (!o || o->join != DIALECT_CLOSE)
		return true;
	r->at += s.n;
	*p = join_by(r, o, n, true, from);
	return true;
}

/* Nothing stands between two terms. */
static struct pending read_side(struct expression *x)
{
	struct dialect_reader *r = x->r;
	size_t n = dialect_word(r).n;

	if (r->d->side_phrase)
		return (struct pending){.what = JOINS,
			.join = DIALECT_CLOSE,
			.rank = DIALECT_RANK_SIDE,
			.joint = {STR("ONEAR/0"), r->at, n ? n : 1},
			.offset = r->at};
	dialect_wrong(r, r->at, n ? n : 1,
		dialect_small(r, dialect_word(r))
			? "operators are written in capitals there"
			: "write AND before it, or put quotes around words that are a phrase",
		"an operator is missing before it");
	return (struct pending){
		.what = JOINS, .join = DIALECT_AND, .rank = DIALECT_RANK_AND, .offset = r->at};
}

static void check_mixed(struct expression *x, const struct pending *p, size_t length)
{
	x->ors = x->ors || p->join == DIALECT_OR;
	x->ands = x->ands || p->join == DIALECT_AND || p->join == DIALECT_WITHOUT;
	if (!x->r->d->mixed_wrong || !x->ors || !x->ands || x->told)
		return;
	x->told = true;
	dialect_wrong(x->r, p->offset, length, "put brackets around the parts that belong together",
		"AND and OR are mixed without brackets");
}

static bool read_join(struct expression *x)
{
	struct dialect_reader *r = x->r;
	struct str s = dialect_word(r);
	const struct dialect_operator *o;
	struct pending p;
	unsigned n;
	size_t from = r->at;

	if (!read_without(r, &p)) {
		o = dialect_operator_of(r, s, &n);
		if (o) {
			r->at += s.n;
			p = join_by(r, o, n, false, from);
		} else {
			p = read_side(x);
		}
	}
	check_mixed(x, &p, r->at > from ? r->at - from : 1);
	return reduce_to(x, p.rank) && wait_for(x, p);
}

static bool ends(struct dialect_reader *r)
{
	return dialect_at_end(r) || dialect_at(r, ')') || (r->d->square && dialect_at(r, ']'));
}

struct dialect_node *dialect_expression(struct dialect_reader *r, size_t *clauses)
{
	struct expression x = {.r = r};

	(void)clauses;
	for (;;) {
		if (!read_operand(&x))
			return NULL;
		while (!ends(r) && read_first_words(&x))
			if (r->nomem)
				return NULL;
		if (ends(r))
			break;
		if (!read_join(&x))
			return NULL;
	}
	return reduce_to(&x, UINT32_MAX) && x.n_nodes ? x.nodes[0] : NULL;
}

struct dialect_node *dialect_brackets(struct dialect_reader *r, size_t *clauses)
{
	size_t from = r->at++;
	char close = r->text.p[from] == '[' ? ']' : ')';
	struct dialect_node *n;

	if (++r->depth > QUERY_DEPTH_MAX) {
		dialect_wrong(r, from, 1, "put a part of it in a define",
			"brackets deeper than 100 levels");
		r->at = r->text.n;
		r->gave_up = true;
		return dialect_leaf(r, STR("x"), from, 1);
	}
	n = r->d->read(r, clauses);
	r->depth--;
	if (n)
		n->closed = true;
	if (dialect_at(r, close))
		r->at++;
	else if (!r->gave_up)
		dialect_wrong(r, from, 1, "put a bracket where it ends",
			"a bracket that is never closed");
	return n;
}
