/* SPDX-License-Identifier: MIT */
/* Operators and fields as words: NEAR/4, ATLEAST/3, words>300; and what people write for them. */
#ifndef QUERY_LEX_OPERATOR_H
#define QUERY_LEX_OPERATOR_H

#include "lex.h"

/* NULL: there is no such field. */
const struct query_field_name *query_operator_field(struct str name);
/* What may have been meant. */
const char *query_operator_field_help(struct arena *a, struct str name);

/*
 * Where the bare word t->inner is an operator, makes t that token; where it is one written wrongly,
 * reports that and makes it QUERY_TOKEN_BAD. True in both cases, false for a word.
 */
bool query_operator_read(
	struct arena *a, struct str text, struct query_reporter *r, struct query_token *t);

/* Warns about words that were probably meant as operators. */
void query_operator_warn(struct query_reporter *r, const struct query_token *v, size_t n);

#endif
