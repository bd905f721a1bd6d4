/* SPDX-License-Identifier: MIT */
/* Lexer: splits a query into tokens, and reports errors within a token. */
#ifndef QUERY_LEX_H
#define QUERY_LEX_H

#include "query/operator.h"

/* A name before a colon: a field of text (title:) or an attribute (site:). */
struct query_prefix {
	const char *name; /* without the colon */
	bool attribute;
	unsigned field; /* QUERY_FIELD_BIT, or enum query_attribute */
};

enum query_token_kind {
	QUERY_TOKEN_END,
	QUERY_TOKEN_OPEN,
	QUERY_TOKEN_CLOSE,
	QUERY_TOKEN_COMMA,
	QUERY_TOKEN_MINUS,
	QUERY_TOKEN_OPERATOR, /* op; number, ordered, below, age, depending on its row */
	QUERY_TOKEN_PREFIX,   /* prefix */
	QUERY_TOKEN_BARE,     /* inner; exact: preceded by = ; sign; tilde */
	QUERY_TOKEN_QUOTED,   /* inner; tilde */
	QUERY_TOKEN_BRACED,   /* inner */
	QUERY_TOKEN_REGEX,    /* inner; nocase */
	QUERY_TOKEN_REF,      /* inner */
	QUERY_TOKEN_VALUE,    /* inner: the value after feed: site: … */
	QUERY_TOKEN_BAD,      /* an invalid term, already reported */
};

struct query_token {
	enum query_token_kind kind;
	size_t offset, length;
	struct str inner;
	const struct query_prefix *prefix;
	enum query_op op;
	uint32_t number;
	int tilde; /* number after ~; -1: none */
	bool ordered, exact, nocase, below;
	char sign; /* $ or # at the beginning of inner; or 0 */
	int64_t age;
};

/*
 * Returns the tokens of text, valid UTF-8, terminated by QUERY_TOKEN_END; NULL if out of memory.
 * Syntax errors are only reported and counted in r.
 */
const struct query_token *query_lex(struct arena *a, struct str text, struct query_reporter *r);

/* Returns NULL for an unknown name. */
const struct query_prefix *query_prefix_find(struct str name);
/*
 * Returns the help for an unknown name at the beginning of a term: a similar one or the list, and
 * the term in quotes. NULL if out of memory.
 */
const char *query_prefix_help(struct arena *a, struct str name, struct str term);

/*
 * Turns the bare word t->inner into an operator token, or into QUERY_TOKEN_BAD after a report if it
 * is malformed. Returns false if it is not an operator.
 */
bool query_operator_read(
	struct arena *a, struct str text, struct query_reporter *r, struct query_token *t);
/* Warns about operators in lower case between terms, and about numbers after a space. */
void query_operator_warn(struct query_reporter *r, const struct query_token *v, size_t n);

/* Callbacks compare of query_operators. */
bool query_lex_length(struct query_token *t, struct str rest);
bool query_lex_age(struct query_token *t, struct str rest);
bool query_lex_sources(struct query_token *t, struct str rest);

#endif
