/* SPDX-License-Identifier: MIT */
/* Operators as words: NEAR/4, ATLEAST/3, words>300; and what other products write for them. */
#ifndef QUERY_LEX_OPERATOR_H
#define QUERY_LEX_OPERATOR_H

#include "lex.h"
#include "query/operator.h"

/*
 * Where the bare word t->inner is an operator, makes t that token; where it is one written wrongly,
 * reports that and makes it QUERY_TOKEN_BAD. True in both cases, false for a word.
 */
bool query_operator_read(
	struct arena *a, struct str text, struct query_reporter *r, struct query_token *t);

/* Warns about words that were probably meant as operators. */
void query_operator_warn(struct query_reporter *r, const struct query_token *v, size_t n);

/* compare of query_operators. */
bool query_lex_length(struct query_token *t, struct str rest);
bool query_lex_age(struct query_token *t, struct str rest);

#endif
