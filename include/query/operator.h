/* SPDX-License-Identifier: MIT */
/*
 * The operators of the language: one row for each enum query_op.
 *
 * To add an operator: append it to enum query_op, add its row here (how it is written, what it may
 * contain) and its row in watch/operator.c (how it is compiled, evaluated and explained).
 */
#ifndef QUERY_OPERATOR_H
#define QUERY_OPERATOR_H

#include "query/query.h"

enum query_form {
	QUERY_FORM_TERM,       /* no word of its own: a term, feed:x, @name */
	QUERY_FORM_JOIN,       /* A AND B: joins the parts of one level */
	QUERY_FORM_NOT,	       /* NOT A, -A */
	QUERY_FORM_CHAIN,      /* A NEAR/4 B, from left to right */
	QUERY_FORM_FUNCTION,   /* LEAD/50(A) */
	QUERY_FORM_LIST,       /* ANY/2(A, B) */
	QUERY_FORM_COMPARISON, /* words>300 */
};

struct query_checker;
struct query_token;

struct query_operator {
	const char *word;    /* as a query writes it; the name of a TERM in messages */
	const char *ordered; /* CHAIN: the word that asks for the order of writing too; or NULL */
	enum query_form form;
	/* The number that follows the word: NEAR/4. most 0: there is none. default 0: it must be.
	 */
	uint32_t number_least, number_most, number_default;
	const char *number_help, *number_wrong; /* messages for a number that cannot be */
	/* COMPARISON: reads ">300" into the token; false: it is wrong. */
	bool (*compare)(struct query_token *t, struct str rest);
	enum query_op negated; /* CHAIN: the operator that it is after NOT; QUERY_AND: none */
	bool warn_lower_case;  /* between terms it was probably meant */
	/* Reports what the node may not contain; NULL: it contains nothing that could be wrong. */
	void (*check)(struct query_checker *c, const struct query_node *n);
	/* Can it match an item that has none of its terms? NULL: it cannot. */
	bool (*matches_empty)(const struct query_node *n);
	bool operand; /* may stand inside CHAIN and FUNCTION operators that compare positions */
	/* If not: what to write instead inside of a CHAIN, of a FUNCTION; NULL: join it by AND. */
	const char *inside_chain, *inside_function;
};

extern const struct query_operator query_operators[QUERY_OPS];

/*
 * Could the word be read as an operator, in whatever case, or as one of another product? Then what
 * writes queries puts it in quotes.
 */
bool query_operator_resembles(struct str word);

#endif
