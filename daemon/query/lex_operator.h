/* SPDX-License-Identifier: MIT */
/* Lexer for operators: NEAR/4, ATLEAST/3, words>300; and for those of other products. */
#ifndef QUERY_LEX_OPERATOR_H
#define QUERY_LEX_OPERATOR_H

#include "lex.h"
#include "query/operator.h"

/*
 * Turns the bare word t->inner into an operator token, or into QUERY_TOKEN_BAD after a report if it
 * is malformed. Returns false if it is not an operator.
 */
bool query_operator_read(
	struct arena *a, struct str text, struct query_reporter *r, struct query_token *t);

/* Warns about operators in lower case between terms. */
void query_operator_warn(struct query_reporter *r, const struct query_token *v, size_t n);

/* Callbacks compare of query_operators. */
bool query_lex_length(struct query_token *t, struct str rest);
bool query_lex_age(struct query_token *t, struct str rest);

#endif
