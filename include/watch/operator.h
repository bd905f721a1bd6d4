/* SPDX-License-Identifier: MIT */
/* Operators and fields as words: NEAR/4, ATLEAST/3, words>300; and what people write for them. */
#ifndef WATCH_OPERATOR_H
#define WATCH_OPERATOR_H

#include "watch/lex.h"

/* NULL: there is no such field. */
const struct watch_field_name *watch_operator_field(struct str name);
/* What may have been meant. */
const char *watch_operator_field_help(struct arena *a, struct str name);

/*
 * Where the bare word t->inner is an operator, makes t that token; where it is one written wrongly,
 * reports that and makes it WATCH_TOKEN_BAD. True in both cases, false for a word.
 */
bool watch_operator_read(
	struct arena *a, struct str text, struct watch_reporter *r, struct watch_token *t);

/* Warns about words that were probably meant as operators. */
void watch_operator_warn(struct watch_reporter *r, const struct watch_token *v, size_t n);

#endif
