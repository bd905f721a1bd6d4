/* SPDX-License-Identifier: MIT */
/* The text of a query cut into tokens. What is wrong inside one token is reported here. */
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
	QUERY_TOKEN_OPERATOR, /* op; number, ordered, below, age as its row has them */
	QUERY_TOKEN_PREFIX,   /* prefix */
	QUERY_TOKEN_BARE,     /* inner; exact: it had a = before it; tilde */
	QUERY_TOKEN_QUOTED,   /* inner; tilde */
	QUERY_TOKEN_BRACED,   /* inner */
	QUERY_TOKEN_REGEX,    /* inner; nocase */
	QUERY_TOKEN_REF,      /* inner */
	QUERY_TOKEN_VALUE,    /* inner: what follows feed: site: … */
	QUERY_TOKEN_BAD,      /* reported already; stands for a term */
};

struct query_token {
	enum query_token_kind kind;
	size_t offset, length;
	struct str inner;
	const struct query_prefix *prefix;
	enum query_op op;
	uint32_t number;
	int tilde; /* -1: none */
	bool ordered, exact, nocase, below;
	int64_t age;
};

struct query_tokens {
	struct query_token *v; /* ends with QUERY_TOKEN_END */
	size_t n;
};

/* text is valid UTF-8. 0 or -ERR_NOMEM; what is wrong with the text counts in r alone. */
int query_lex(struct arena *a, struct str text, struct query_reporter *r, struct query_tokens *out);

#endif
