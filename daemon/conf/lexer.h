/* SPDX-License-Identifier: MIT */
/*
 * Tokenizer of configuration files. Reads every byte once (twice after an unclosed quote), reports
 * invalid quotes, escapes and characters, and continues after them.
 */
#ifndef CONF_LEXER_H
#define CONF_LEXER_H

#include <stdbool.h>

#include "base/arena.h"
#include "diag.h"
#include "source.h"

enum conf_token_kind {
	CONF_END,
	CONF_WORD,   /* bare */
	CONF_STRING, /* quoted */
	CONF_OPEN,   /* { */
	CONF_CLOSE,  /* } */
	CONF_EQUALS,
	CONF_COMMA,
};

struct conf_token {
	enum conf_token_kind kind;
	struct conf_at at; /* start; the opening quote, if it has one */
	uint32_t end;	   /* offset after it */
	char quote;	   /* ' or " or 0 */
	uint32_t from, to; /* offsets of the text between the quotes */
	struct str text;   /* decoded, NUL-terminated; WORD and STRING */
};

#define CONF_LOOKAHEAD 4

/* at is the start of the file, the rest but the pointers zeroed. */
struct conf_lexer {
	const struct conf_source *file;
	struct arena *arena;
	struct conf_diags *diags;
	conf_notify_types_fn *notify_types;
	struct conf_at at; /* next byte */
	struct conf_token ahead[CONF_LOOKAHEAD];
	unsigned first, count; /* ring buffer */
	unsigned unclosed;     /* counter of unclosed quotes */
	bool told_space;       /* unusual white space is reported once per file */
	bool told_comment;     /* a comment of another format too */
	char bracket;	       /* the ] or ) that ends the current list; or 0 */
	bool failed;	       /* out of memory */
};

/* Returns token i ahead, i < CONF_LOOKAHEAD. The pointer is valid until conf_next returns it. */
const struct conf_token *conf_peek(struct conf_lexer *l, unsigned i);
struct conf_token conf_next(struct conf_lexer *l);
/* Removes token i ahead. */
void conf_drop(struct conf_lexer *l, unsigned i);

/* quote.c. Reads the quoted text at t->from = l->at into t. Unclosed text is reported. */
void conf_quote_read(struct conf_lexer *l, struct conf_token *t);
/* Returns the length in bytes of a typographic quote at offset, or 0. */
size_t conf_quote_curly(struct str text, size_t offset);

#endif
