/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the parser share: operands and brackets on one side, operators between
 * them on the other. Recursion only through brackets, which are counted; operators of one level
 * are loops. After an error the parser goes on with a node that stands for what could not be read,
 * so that all errors of a query are told at once.
 */
#ifndef WATCH_PARSER_H
#define WATCH_PARSER_H

#include "watch/term.h"

struct watch_parser {
	struct arena *arena;
	struct watch_reporter *report;
	struct str text;
	const struct watch_token *v;
	size_t at;
	struct watch_term_maker maker;
	unsigned fields;    /* of the prefix we are inside of; 0: none */
	const char *prefix; /* its name */
	size_t level;	    /* open brackets */
	struct watch_query *out;
	bool failed;  /* memory */
	bool gave_up; /* too deep or too long: no more errors */
};

static inline const struct watch_token *watch_parse_now(const struct watch_parser *p)
{
	return &p->v[p->at];
}

static inline bool watch_parse_accept(struct watch_parser *p, enum watch_token_kind kind)
{
	if (watch_parse_now(p)->kind != kind)
		return false;
	p->at++;
	return true;
}

void watch_parse_complain(
	struct watch_parser *p, const struct watch_token *t, const char *help, const char *what);
/* NULL: p->failed. */
struct watch_node *watch_parse_node(struct watch_parser *p, enum watch_op op, size_t n_kids);
/* n ends with the token before the one at hand. */
void watch_parse_set_end(const struct watch_parser *p, struct watch_node *n);

/* One operand: a term, a bracket, a function. NULL: failed or gave up. */
struct watch_node *watch_parse_operand(struct watch_parser *p);
/* An expression up to what ends it, which is left. NULL: failed or gave up. */
struct watch_node *watch_parse_any(struct watch_parser *p, enum watch_token_kind until);

#endif
