/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the parser share: operands and brackets on one side, operators between
 * them on the other. Recursion only through brackets, which are counted; operators of one level
 * are loops. After an error the parser goes on with a node that stands for what could not be read,
 * so that all errors of a query are told at once.
 */
#ifndef QUERY_PARSER_H
#define QUERY_PARSER_H

#include "query/operator.h"
#include "term.h"

struct query_parser {
	struct arena *arena;
	struct query_reporter *report;
	struct str text;
	const struct query_token *v;
	size_t at;
	struct query_term_maker maker;
	unsigned fields;    /* of the prefix we are inside of; 0: none */
	const char *prefix; /* its name */
	size_t level;	    /* open brackets */
	struct query *out;
	bool failed;  /* memory */
	bool gave_up; /* too deep or too long: no more errors */
};

static inline const struct query_token *query_parse_now(const struct query_parser *p)
{
	return &p->v[p->at];
}

static inline bool query_parse_accept(struct query_parser *p, enum query_token_kind kind)
{
	if (query_parse_now(p)->kind != kind)
		return false;
	p->at++;
	return true;
}

static inline bool query_parse_at(const struct query_parser *p, enum query_op op)
{
	return query_parse_now(p)->kind == QUERY_TOKEN_OPERATOR && query_parse_now(p)->op == op;
}

static inline bool query_parse_accept_op(struct query_parser *p, enum query_op op)
{
	bool at = query_parse_at(p, op);

	p->at += at;
	return at;
}

void query_parse_complain(
	struct query_parser *p, const struct query_token *t, const char *help, const char *what);
/* NULL: p->failed. */
struct query_node *query_parse_node(struct query_parser *p, enum query_op op, size_t n_kids);
/* n ends with the token before the one at hand. */
void query_parse_set_end(const struct query_parser *p, struct query_node *n);

/* One operand: a term, a bracket, a function. NULL: failed or gave up. */
struct query_node *query_parse_operand(struct query_parser *p);
/* An expression up to what ends it, which is left. NULL: failed or gave up. */
struct query_node *query_parse_any(struct query_parser *p, enum query_token_kind until);

#endif
