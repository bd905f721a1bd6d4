/* SPDX-License-Identifier: MIT */
/* The operators between operands, strongest first: minus, NEAR and its kin, AND and OR. */
#include "watch/parser.h"

#include "base/utf8.h"
#include "watch/mixed.h"

/* -term */
static struct watch_node *parse_unary(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);
	struct watch_node *n, *kid;

	if (!watch_parse_accept(p, WATCH_TOKEN_MINUS))
		return watch_parse_operand(p);
	kid = watch_parse_operand(p);
	n = kid ? watch_parse_node(p, WATCH_NOT, 1) : NULL;
	if (!n)
		return NULL;
	n->minus = true;
	n->kids[0] = kid;
	n->offset = t->offset;
	watch_parse_set_end(p, n);
	return n;
}

/* --- NEAR, SENT, PARA: left to right --- */

/* A chain grows while NEAR follows NEAR; anything else starts a new node. */
static struct watch_node *extend(struct watch_parser *p, struct watch_node *left, enum watch_op op,
	const struct watch_token *t, struct watch_node *right)
{
	bool chain = op == WATCH_NEAR && left->op == WATCH_NEAR && left->length == 0;
	size_t n = chain ? left->n_kids : 1;
	struct watch_node *node = chain ? left : watch_parse_node(p, op, 0);

	if (!node)
		return NULL;
	if (!chain) {
		node->kids = NULL;
		node->offset = left->offset;
	}
	/* room doubles at powers of two */
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
	node->links[n] = (struct watch_link){t->number, t->ordered};
	node->n_kids = n + 1;
	node->n = t->number;
	return node;
}

/* The operator at hand, 0 when there is none; consumed. */
static bool near_operator(struct watch_parser *p, enum watch_op *op, const struct watch_token **t)
{
	*t = watch_parse_now(p);
	if ((*t)->kind == WATCH_TOKEN_NEAR) {
		*op = WATCH_NEAR;
	} else if ((*t)->kind == WATCH_TOKEN_SENT) {
		*op = WATCH_SENT;
	} else if ((*t)->kind == WATCH_TOKEN_PARA) {
		*op = WATCH_PARA;
	} else if ((*t)->kind == WATCH_TOKEN_NOT && (*t)[1].kind == WATCH_TOKEN_NEAR) {
		*op = WATCH_NOT_NEAR;
		*t = &p->v[++p->at];
		if ((*t)->ordered)
			watch_parse_complain(
				p, *t, "write NOT NEAR", "NOT goes with NEAR, not with ONEAR");
	} else {
		return false;
	}
	p->at++;
	return true;
}

/*
 * While a chain may still grow its length is 0; it gets one as soon as it is whole, so that
 * (a NEAR b) NEAR c and a NEAR b NEAR c stay told apart until here, where they mean the same.
 */
static struct watch_node *parse_near(struct watch_parser *p)
{
	struct watch_node *left = parse_unary(p), *right;
	const struct watch_token *t;
	enum watch_op op;

	while (left && near_operator(p, &op, &t)) {
		right = parse_unary(p);
		if (!right)
			return NULL;
		if (!(op == WATCH_NEAR && left->op == WATCH_NEAR) && left->length == 0)
			left->length = t->offset - left->offset;
		left = extend(p, left, op, t, right);
	}
	if (left && left->length == 0)
		watch_parse_set_end(p, left);
	return left;
}

/* --- AND, OR, NOT --- */

static struct watch_node *negate(
	struct watch_parser *p, struct watch_node *kid, const struct watch_token *t)
{
	struct watch_node *n = kid ? watch_parse_node(p, WATCH_NOT, 1) : NULL;

	if (!n)
		return NULL;
	n->kids[0] = kid;
	n->offset = t->offset;
	watch_parse_set_end(p, n);
	return n;
}

static bool at_end(const struct watch_parser *p, enum watch_token_kind until)
{
	enum watch_token_kind k = watch_parse_now(p)->kind;

	if (k == WATCH_TOKEN_END)
		return true;
	if (k == WATCH_TOKEN_CLOSE)
		return p->level > 0;
	return k == WATCH_TOKEN_COMMA && until == WATCH_TOKEN_COMMA;
}

/* Stray ) and , are told and skipped. */
static void skip_stray(struct watch_parser *p, enum watch_token_kind until)
{
	while (!at_end(p, until) && (watch_parse_now(p)->kind == WATCH_TOKEN_CLOSE ||
					    watch_parse_now(p)->kind == WATCH_TOKEN_COMMA)) {
		if (watch_parse_now(p)->kind == WATCH_TOKEN_CLOSE)
			watch_parse_complain(p, watch_parse_now(p),
				"take it out, or put a ( where the part begins",
				"a closing bracket that was never opened");
		else
			watch_parse_complain(p, watch_parse_now(p),
				"write AND or OR; commas stand in ANY/2(a, b, c) alone",
				"a comma means nothing here");
		p->at++;
	}
}

/* One part with what joins it to the part before; consumes the joining words. */
static bool parse_part(struct watch_parser *p, struct watch_mixed *m, enum watch_token_kind until)
{
	const struct watch_token *t = watch_parse_now(p), *negation;
	enum watch_join join = WATCH_JOIN_SIDE;
	struct watch_node *n;

	if (m->n && t->kind == WATCH_TOKEN_OR)
		join = WATCH_JOIN_OR;
	else if (m->n && t->kind == WATCH_TOKEN_AND)
		join = WATCH_JOIN_AND;
	if (join != WATCH_JOIN_SIDE)
		p->at++;
	negation = watch_parse_now(p);
	if (watch_parse_accept(p, WATCH_TOKEN_NOT)) {
		n = negate(p, parse_near(p), negation);
		if (join == WATCH_JOIN_SIDE && m->n)
			join = WATCH_JOIN_NOT;
	} else {
		n = parse_near(p);
	}
	if (n && p->at == (size_t)(t - p->v) && !at_end(p, until))
		p->at++; /* an operator where a term should be: go on behind it */
	return n && watch_mixed_add(m, p->arena, join, n, t->offset);
}

struct watch_node *watch_parse_any(struct watch_parser *p, enum watch_token_kind until)
{
	struct watch_mixed m = {0};
	struct watch_node *n;

	skip_stray(p, until);
	do {
		if (!parse_part(p, &m, until)) {
			p->failed = p->failed || !p->gave_up;
			return NULL;
		}
		skip_stray(p, until);
	} while (!at_end(p, until) && !p->failed && !p->gave_up);
	if (p->gave_up || p->failed)
		return NULL;
	if (m.n == 1)
		return m.v[0].node;
	if (watch_mixed_wrong(&m))
		watch_mixed_report(&m, p->arena, p->text, p->report);
	n = watch_parse_node(p, m.ors ? WATCH_OR : WATCH_AND, m.n);
	if (!n)
		return NULL;
	for (size_t i = 0; i < m.n; i++)
		n->kids[i] = m.v[i].node;
	n->offset = n->kids[0]->offset;
	watch_parse_set_end(p, n);
	return n;
}

static int parse(struct watch_parser *p)
{
	struct watch_tokens tokens;

	if (watch_lex(p->arena, p->text, p->report, &tokens) < 0)
		return -(int)ERR_NOMEM;
	p->v = tokens.v;
	p->out->root = watch_parse_any(p, WATCH_TOKEN_END);
	if (p->failed)
		return -(int)ERR_NOMEM;
	if (!p->report->errors)
		return 0;
	p->out->broken = p->out->root;
	p->out->root = NULL;
	return -(int)ERR_CONF;
}

int watch_query_parse(
	struct arena *a, struct str text, struct watch_reporter *r, struct watch_query *out)
{
	struct watch_parser p = {.arena = a, .report = r, .out = out};
	int rc;

	*out = (struct watch_query){0};
	if (text.n > WATCH_QUERY_BYTES_MAX) {
		watch_report(r, false, 0, 1, "make several watches of it, or use defines",
			"a query of more than 64 KiB");
		return -(int)ERR_CONF;
	}
	if (!utf8_valid(text)) {
		watch_report(r, false, utf8_valid_prefix(text.p, text.n), 1,
			"save the file as UTF-8", "the query is not valid UTF-8");
		return -(int)ERR_CONF;
	}
	out->text = arena_str(a, str_present(text) ? text : STR(""));
	if (!out->text.p)
		return -(int)ERR_NOMEM;
	p.text = out->text;
	p.maker = (struct watch_term_maker){.arena = a, .report = r};
	watch_words_init(&p.maker.words);
	rc = parse(&p);
	watch_words_release(&p.maker.words);
	return rc;
}
