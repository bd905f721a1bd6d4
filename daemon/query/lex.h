/* SPDX-License-Identifier: MIT */
/* Lexer: splits a query into tokens, and reports errors within a token. */
#ifndef QUERY_LEX_H
#define QUERY_LEX_H

#include "prefix.h"
#include "query/query.h"

enum query_token_kind {
	QUERY_TOKEN_END,
	QUERY_TOKEN_OPEN,
	QUERY_TOKEN_CLOSE,
	QUERY_TOKEN_COMMA,
	QUERY_TOKEN_MINUS,
	QUERY_TOKEN_OPERATOR, /* op; number, ordered, below, age, depending on its row */
	QUERY_TOKEN_PREFIX,   /* prefix */
	QUERY_TOKEN_BARE,     /* inner; exact: preceded by = ; tilde */
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
	int64_t age;
};

struct query_tokens {
	struct query_token *v; /* terminated by QUERY_TOKEN_END */
	size_t n;
};

/* text must be valid UTF-8. Returns 0 or -ERR_NOMEM; syntax errors are only counted in r. */
int query_lex(struct arena *a, struct str text, struct query_reporter *r, struct query_tokens *out);

#endif
