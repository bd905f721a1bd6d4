/* SPDX-License-Identifier: MIT */
/* Terms: what stands between operators, made into words as they are compared. */
#ifndef QUERY_TERM_H
#define QUERY_TERM_H

#include "lex.h"
#include "text/words.h"

struct query_term_maker {
	struct arena *arena;
	struct query_reporter *report;
	struct text_words words; /* scratch */
	bool failed;		 /* memory */
};

/*
 * A BARE, QUOTED, BRACED or REGEX token to a node QUERY_PHRASE or QUERY_REGEX. NULL: reported, or
 * maker->failed.
 */
struct query_node *query_term(
	struct query_term_maker *m, const struct query_token *t, struct str text);

#endif
