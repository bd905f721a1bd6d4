/* SPDX-License-Identifier: MIT */
/* Builds the node of a term: splits it into words in the form in which they are compared. */
#ifndef QUERY_TERM_H
#define QUERY_TERM_H

#include "lex.h"
#include "text/words.h"

struct query_term_maker {
	struct arena *arena;
	struct query_reporter *report;
	struct text_words words; /* scratch buffer */
	bool failed;		 /* out of memory */
};

/*
 * Returns a QUERY_PHRASE or QUERY_REGEX node for a BARE, QUOTED, BRACED or REGEX token; NULL after
 * a report, or if out of memory, which sets m->failed.
 */
struct query_node *query_term(
	struct query_term_maker *m, const struct query_token *t, struct str text);

#endif
