/* SPDX-License-Identifier: MIT */
/* The text of a query cut into tokens. What is wrong inside one token is reported here. */
#ifndef WATCH_LEX_H
#define WATCH_LEX_H

#include "watch/query.h"

enum watch_token_kind {
	WATCH_TOKEN_END,
	WATCH_TOKEN_OPEN,
	WATCH_TOKEN_CLOSE,
	WATCH_TOKEN_COMMA,
	WATCH_TOKEN_MINUS,
	WATCH_TOKEN_AND,
	WATCH_TOKEN_OR,
	WATCH_TOKEN_NOT,
	WATCH_TOKEN_NEAR, /* number, ordered */
	WATCH_TOKEN_SENT,
	WATCH_TOKEN_PARA,
	WATCH_TOKEN_FIELD, /* field */
	WATCH_TOKEN_LEAD,  /* number */
	WATCH_TOKEN_ATLEAST,
	WATCH_TOKEN_SOME,
	WATCH_TOKEN_BARE,   /* inner; exact: it had a = before it; tilde */
	WATCH_TOKEN_QUOTED, /* inner; tilde */
	WATCH_TOKEN_BRACED, /* inner */
	WATCH_TOKEN_REGEX,  /* inner; nocase */
	WATCH_TOKEN_REF,    /* inner */
	WATCH_TOKEN_VALUE,  /* inner: what follows feed: site: … */
	WATCH_TOKEN_LENGTH, /* number; below */
	WATCH_TOKEN_AGE,    /* age */
	WATCH_TOKEN_BAD,    /* reported already; stands for a term */
};

/* A field of text, or an attribute. */
struct watch_field_name {
	const char *name;
	bool attribute;
	unsigned field; /* WATCH_FIELD_BIT, or enum watch_attribute */
};

struct watch_token {
	enum watch_token_kind kind;
	size_t offset, length;
	struct str inner;
	const struct watch_field_name *field;
	uint32_t number;
	int tilde; /* -1: none */
	bool ordered, exact, nocase, below;
	int64_t age;
};

struct watch_tokens {
	struct watch_token *v; /* ends with WATCH_TOKEN_END */
	size_t n;
};

/* text is valid UTF-8. 0 or -ERR_NOMEM; what is wrong with the text counts in r alone. */
int watch_lex(struct arena *a, struct str text, struct watch_reporter *r, struct watch_tokens *out);

/* How many bytes of white space, or of a double quote (straight or curly), start at p. */
size_t watch_lex_space(const char *p, size_t n);
size_t watch_lex_quote(const char *p, size_t n);

#endif
