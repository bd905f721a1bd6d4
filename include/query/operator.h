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
	QUERY_FORM_JOIN,       /* A AND B: any number of parts on one level */
	QUERY_FORM_NOT,	       /* NOT A, -A */
	QUERY_FORM_CHAIN,      /* A NEAR/4 B: binary, left associative */
	QUERY_FORM_FUNCTION,   /* LEAD/50(A) */
	QUERY_FORM_LIST,       /* ANY/2(A, B) */
	QUERY_FORM_COMPARISON, /* words>300 */
};

/* Kids that must match an item without any of the query's terms for the operator to match it. */
enum query_empty {
	QUERY_EMPTY_NEVER, /* never matches such an item */
	QUERY_EMPTY_ALL,
	QUERY_EMPTY_ANY,
	QUERY_EMPTY_SOME, /* as many as the number of the operator */
	QUERY_EMPTY_NOT,  /* none */
	QUERY_EMPTY_ALWAYS,
};

struct query_checker;
struct query_token;

struct query_operator {
	const char *word;    /* keyword in a query; of a TERM, its name in messages */
	const char *ordered; /* CHAIN: keyword of the variant whose operands must come in order; or
				NULL */
	enum query_form form;
	/*
	 * Range and default of the number after the keyword: NEAR/4. most 0: it takes no number.
	 * default 0: the number is required.
	 */
	uint32_t number_least, number_most, number_default;
	const char *number_help, *number_wrong; /* messages for an invalid number */
	/* COMPARISON: parses ">300" into the token; returns false if it is invalid. */
	bool (*compare)(struct query_token *t, struct str rest);
	enum query_op negated; /* CHAIN: the operator it becomes after NOT; QUERY_AND: none */
	bool warn_lower_case;  /* warn if it is written in lower case between terms */
	/* Reports invalid operands; NULL: every operand is valid, or there are none. */
	void (*check)(struct query_checker *c, const struct query_node *n);
	enum query_empty empty;
	bool operand; /* valid inside of CHAIN and FUNCTION operators that compare positions */
	/* Help where it is invalid in a CHAIN, a FUNCTION; NULL: the default, to join it by AND. */
	const char *inside_chain, *inside_function;
};

extern const struct query_operator query_operators[QUERY_OPS];

/*
 * Returns true if the word, in any case, could be parsed as an operator or as one of another
 * product. A caller that generates queries must put it in quotes.
 */
bool query_operator_resembles(struct str word);

#endif
