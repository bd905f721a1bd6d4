/* SPDX-License-Identifier: MIT */
/* Recursive-descent parser: minus binds strongest, then NEAR and its like, then AND and OR. */
#include "parser.h"

#include "base/buf.h"
#include "base/utf8.h"

#define READING_MAX 240

/* A part of one bracket level, and what joins it to the part before. */
struct parse_part {
	enum { JOIN_SIDE, JOIN_AND, JOIN_NOT, JOIN_OR } join; /* SIDE: no operator */
	struct query_node *node;
	size_t at; /* offset of the operator */
};

struct parse_level {
	struct parse_part *v;
	size_t n, cap;
};

/* Returns the NOT of kid, which begins at t. */
static struct query_node *parse_negated(
	struct query_parser *p, struct query_node *kid, const struct query_token *t, bool minus)
{
	struct query_node *n = kid ? query_parse_node(p, QUERY_NOT, t, 1) : NULL;

	if (!n)
		return NULL;
	n->minus = minus;
	n->kids[0] = kid;
	query_parse_set_end(p, n);
	return n;
}

/* -term */
static struct query_node *parse_unary(struct query_parser *p)
{
	const struct query_token *t = query_parse_peek(p);

	if (!query_parse_accept(p, QUERY_TOKEN_MINUS))
		return query_parse_operand(p);
	return parse_negated(p, query_parse_operand(p), t, true);
}

/* --- NEAR, SENT, PARA: left to right --- */

/* Appends right to a chain of NEARs; for other operators makes a new node. */
static struct query_node *parse_extend_chain(struct query_parser *p, struct query_node *left,
	enum query_op op, const struct query_token *t, struct query_node *right)
{
	bool chain = op == QUERY_NEAR && left->op == QUERY_NEAR && left->length == 0;
	size_t n = chain ? left->n_kids : 1;
	struct query_node *node = chain ? left : query_parse_node(p, op, t, 0);

	if (!node)
		return NULL;
	if (!chain) {
		node->kids = NULL;
		node->offset = left->offset;
		node->length = 0;
	}
	/* the arrays double in size at powers of two */
	if ((n & (n - 1)) == 0) {
		node->kids = arena_grow(p->arena, chain ? node->kids : NULL,
			n * sizeof(*node->kids), 2 * n * sizeof(*node->kids));
		node->links = arena_grow(p->arena, chain ? node->links : NULL,
			n * sizeof(*node->links), 2 * n * sizeof(*node->links));
		if (!node->kids || !node->links) {
			p->failed = true;
			return NULL;
		}
	}
	if (!chain)
		node->kids[0] = left;
	node->kids[n] = right;
	node->links[n] = (struct query_link){t->number, t->ordered};
	node->n_kids = n + 1;
	node->n = t->number;
	return node;
}

static bool parse_is_chain_operator(const struct query_token *t)
{
	return t->kind == QUERY_TOKEN_OPERATOR && query_operators[t->op].form == QUERY_FORM_CHAIN;
}

/* Parses a CHAIN operator, or NOT and a CHAIN operator. Returns false at any other token. */
static bool parse_read_chain_operator(
	struct query_parser *p, enum query_op *op, const struct query_token **t)
{
	const struct query_operator *o;

	*t = query_parse_peek(p);
	if (parse_is_chain_operator(*t)) {
		*op = (*t)->op;
	} else if (query_parse_at(p, QUERY_NOT) && parse_is_chain_operator(*t + 1) &&
		   query_operators[(*t)[1].op].negated) {
		*t = &p->v[++p->at];
		o = &query_operators[(*t)->op];
		*op = o->negated;
		if ((*t)->ordered && !p->gave_up)
			query_report(p->report, false, (*t)->offset, (*t)->length,
				arena_printf(p->arena, "write NOT %s", o->word),
				"NOT goes with %s, not with %s", o->word, o->ordered);
	} else {
		return false;
	}
	p->at++;
	return true;
}

/*
 * The length of a chain is 0 until it is complete. So a chain in brackets, whose length is set, is
 * not extended: (a NEAR b) NEAR c has two nodes.
 */
static struct query_node *parse_near(struct query_parser *p)
{
	struct query_node *left = parse_unary(p), *right;
	const struct query_token *t;
	enum query_op op;

	while (left && parse_read_chain_operator(p, &op, &t)) {
		right = parse_unary(p);
		if (!right)
			return NULL;
		if (!(op == QUERY_NEAR && left->op == QUERY_NEAR) && left->length == 0)
			left->length = t->offset - left->offset;
		left = parse_extend_chain(p, left, op, t, right);
	}
	if (left && left->length == 0)
		query_parse_set_end(p, left);
	return left;
}

/* --- AND, OR, NOT --- */

/* Appends the text with brackets around sequences joined by OR, or by AND. */
static void level_put_reading(
	const struct parse_level *m, struct str text, bool ors, struct buf *out)
{
	static const char *const words[] = {" ", " AND ", " ", " OR "};
	bool open = false;

	for (size_t i = 0; i < m->n; i++) {
		const struct query_node *n = m->v[i].node;
		bool next = i + 1 < m->n && (m->v[i + 1].join == JOIN_OR) == ors;
		bool negated = ors && n->op == QUERY_NOT && !n->minus;

		if (i)
			buf_addz(out, words[m->v[i].join]);
		if (!open && next) {
			buf_addz(out, negated ? "NOT (" : "(");
			open = true;
			if (negated) /* NOT x OR y: NOT goes before the bracket */
				n = n->kids[0];
		}
		buf_adds(out, str_slice(text.p + n->offset, n->length));
		if (open && !next) {
			buf_addc(out, ')');
			open = false;
		}
	}
}

/* Returns false for -a OR b, which cannot be written with OR in brackets. */
static bool level_has_readings(const struct parse_level *m)
{
	for (size_t i = 0; i + 1 < m->n; i++)
		if (m->v[i].node->op == QUERY_NOT && m->v[i].node->minus &&
			m->v[i + 1].join == JOIN_OR)
			return false;
	for (size_t i = 1; i < m->n; i++)
		if (m->v[i].node->op == QUERY_NOT && m->v[i].join == JOIN_OR)
			return false;
	return true;
}

/* Reports AND beside OR; the help shows both readings with brackets if they are short enough. */
static void level_report_mixed(
	const struct parse_level *m, struct query_parser *p, const struct parse_part *second)
{
	const char *help = NULL;
	size_t length = second->join == JOIN_OR ? 2 : second->join == JOIN_SIDE ? 1 : 3;
	struct buf readings;

	buf_init(&readings, READING_MAX);
	buf_addz(&readings, "write ");
	level_put_reading(m, p->text, false, &readings);
	buf_addz(&readings, ", or ");
	level_put_reading(m, p->text, true, &readings);
	if (!buf_failed(&readings) && level_has_readings(m))
		help = arena_strdup(p->arena, buf_z(&readings));
	buf_release(&readings);
	query_report(p->report, false, second->at, length,
		help ? help : "put brackets around the parts that belong together",
		"AND and OR are mixed without brackets");
}

/* Joins the parts by the operator of the second one; other operators are an error. */
static struct query_node *level_join_parts(const struct parse_level *m, struct query_parser *p)
{
	bool ors = m->n > 1 && m->v[1].join == JOIN_OR;
	struct query_node *n;

	if (m->n == 1)
		return m->v[0].node;
	for (size_t i = 2; i < m->n; i++)
		if ((m->v[i].join == JOIN_OR) != ors) {
			level_report_mixed(m, p, &m->v[i]);
			break;
		}
	n = query_parse_node(p, ors ? QUERY_OR : QUERY_AND, &p->v[p->at], m->n);
	if (!n)
		return NULL;
	for (size_t i = 0; i < m->n; i++)
		n->kids[i] = m->v[i].node;
	n->offset = n->kids[0]->offset;
	query_parse_set_end(p, n);
	return n;
}

static bool parse_at_end(const struct query_parser *p, enum query_token_kind until)
{
	enum query_token_kind k = query_parse_peek(p)->kind;

	if (k == QUERY_TOKEN_END)
		return true;
	if (k == QUERY_TOKEN_CLOSE)
		return p->level > 0;
	return k == QUERY_TOKEN_COMMA && until == QUERY_TOKEN_COMMA;
}

/* Reports and skips ) and , without meaning here. */
static void parse_skip_stray(struct query_parser *p, enum query_token_kind until)
{
	while (!parse_at_end(p, until) && (query_parse_peek(p)->kind == QUERY_TOKEN_CLOSE ||
						  query_parse_peek(p)->kind == QUERY_TOKEN_COMMA)) {
		if (query_parse_peek(p)->kind == QUERY_TOKEN_CLOSE)
			query_parse_complain(p, query_parse_peek(p),
				"take it out, or put a ( where the part begins",
				"a closing bracket that was never opened");
		else if (!p->commas)
			query_parse_complain(p, query_parse_peek(p),
				"write AND or OR; commas are only valid in ANY/2(a, b, c)",
				"a comma means nothing here");
		p->at++;
	}
}

/* Parses one part and the operator before it. Returns false if failed or gave up. */
static bool parse_part(struct query_parser *p, struct parse_level *m, enum query_token_kind until)
{
	const struct query_token *t = query_parse_peek(p), *negation;
	struct parse_part part = {.at = t->offset};

	if (m->n && query_parse_accept_op(p, QUERY_OR))
		part.join = JOIN_OR;
	else if (m->n && query_parse_accept_op(p, QUERY_AND))
		part.join = JOIN_AND;
	negation = query_parse_peek(p);
	if (query_parse_accept_op(p, QUERY_NOT)) {
		part.node = parse_negated(p, parse_near(p), negation, false);
		if (part.join == JOIN_SIDE)
			part.join = JOIN_NOT;
	} else {
		part.node = parse_near(p);
	}
	if (!part.node)
		return false;
	if (p->at == (size_t)(t - p->v) && !parse_at_end(p, until))
		p->at++; /* skip an operator that was reported as missing term */
	m->v = arena_extend(p->arena, m->v, m->n, &m->cap, sizeof(*m->v));
	if (m->v)
		m->v[m->n++] = part;
	return m->v != NULL;
}

struct query_node *query_parse_expression(struct query_parser *p, enum query_token_kind until)
{
	struct parse_level m = {0};

	parse_skip_stray(p, until);
	do {
		if (!parse_part(p, &m, until)) {
			p->failed = p->failed || !p->gave_up;
			return NULL;
		}
		parse_skip_stray(p, until);
	} while (!parse_at_end(p, until) && !p->failed && !p->gave_up);
	return p->gave_up || p->failed ? NULL : level_join_parts(&m, p);
}

static int parse_tokens(struct query_parser *p)
{
	p->v = query_lex(p->arena, p->text, p->report);
	if (!p->v)
		return -(int)ERR_NOMEM;
	p->out->root = query_parse_expression(p, QUERY_TOKEN_END);
	if (p->failed)
		return -(int)ERR_NOMEM;
	if (!p->report->errors)
		return 0;
	p->out->broken = p->out->root;
	p->out->root = NULL;
	return -(int)ERR_CONF;
}

int query_parse(struct arena *a, struct str text, struct query_reporter *r, struct query *out)
{
	struct query_parser p = {.arena = a, .report = r, .out = out};
	int rc;

	*out = (struct query){0};
	if (text.n > QUERY_BYTES_MAX) {
		query_report(r, false, 0, 1, "make several watches of it, or use defines",
			"a query of more than 64 KiB");
		return -(int)ERR_CONF;
	}
	if (!utf8_valid(text)) {
		query_report(r, false, utf8_valid_prefix(text.p, text.n), 1,
			"save the file as UTF-8", "the query is not valid UTF-8");
		return -(int)ERR_CONF;
	}
	out->text = arena_str(a, str_present(text) ? text : STR(""));
	if (!out->text.p)
		return -(int)ERR_NOMEM;
	p.text = out->text;
	text_words_init(&p.words);
	rc = parse_tokens(&p);
	text_words_release(&p.words);
	return rc;
}
