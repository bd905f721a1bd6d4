/* SPDX-License-Identifier: MIT */
/*
 * State of the parser: operand.c parses operands and brackets, parse.c the operators between them.
 * Recursion is limited by the depth of brackets; operators of one level are parsed in loops. After
 * an error the parser continues with a placeholder node, to report all errors of a query at once.
 */
#ifndef QUERY_PARSER_H
#define QUERY_PARSER_H

#include "lex.h"
#include "text/words.h"

struct query_parser {
	struct arena *arena;
	struct query_reporter *report;
	struct str text;
	const struct query_token *v;
	size_t at;
	struct text_words words; /* scratch buffer */
	unsigned fields;	 /* of the enclosing prefix; 0: none */
	const char *prefix;	 /* its name */
	size_t level;		 /* open brackets */
	struct query *out;
	bool failed;  /* out of memory */
	bool commas;  /* a list without brackets was reported: its commas are not */
	bool gave_up; /* too deep or too long: report no more errors */
};

static inline const struct query_token *query_parse_peek(const struct query_parser *p)
{
	return &p->v[p->at];
}

static inline bool query_parse_accept(struct query_parser *p, enum query_token_kind kind)
{
	if (query_parse_peek(p)->kind != kind)
		return false;
	p->at++;
	return true;
}

static inline bool query_parse_at(const struct query_parser *p, enum query_op op)
{
	return query_parse_peek(p)->kind == QUERY_TOKEN_OPERATOR && query_parse_peek(p)->op == op;
}

static inline bool query_parse_accept_op(struct query_parser *p, enum query_op op)
{
	bool at = query_parse_at(p, op);

	p->at += at;
	return at;
}

void query_parse_complain(
	struct query_parser *p, const struct query_token *t, const char *help, const char *what);
/* Returns a node at the place of t. Returns NULL and sets p->failed if out of memory. */
struct query_node *query_parse_node(
	struct query_parser *p, enum query_op op, const struct query_token *t, size_t n_kids);
/* Sets the length of n, which ends with the last consumed token. */
void query_parse_set_end(const struct query_parser *p, struct query_node *n);

/*
 * Returns a QUERY_PHRASE or QUERY_REGEX node for a BARE, QUOTED, BRACED or REGEX token; NULL after
 * a report, or if out of memory, which sets p->failed.
 */
struct query_node *query_parse_term(struct query_parser *p, const struct query_token *t);
/* Parses a term, bracket or function. Returns NULL if failed or gave up. */
struct query_node *query_parse_operand(struct query_parser *p);
/* Parses up to, without consuming it, the token `until`. Returns NULL if failed or gave up. */
struct query_node *query_parse_expression(struct query_parser *p, enum query_token_kind until);

#endif
