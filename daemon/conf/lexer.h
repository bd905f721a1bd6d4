/* SPDX-License-Identifier: MIT */
/*
 * A configuration file as tokens. Reads every byte once (a quote that is not closed, twice), says
 * what is wrong with quotes, escapes and characters, and goes on behind it.
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
	struct conf_at at; /* where it begins, at the quote if it has one */
	uint32_t end;	   /* offset behind it */
	char quote;	   /* ' or " or 0 */
	uint32_t from, to; /* offsets of what stands between the quotes */
	struct str text;   /* decoded, NUL-terminated; WORD and STRING */
};

#define CONF_LOOKAHEAD 4

struct conf_lexer {
	const struct conf_source *file;
	struct arena *arena;
	struct conf_diags *diags;
	conf_notify_types_fn *notify_types; /* NULL after conf_lexer_init */
	struct conf_at at;		    /* of the next byte to read */
	struct conf_token ahead[CONF_LOOKAHEAD];
	unsigned first, count; /* ring */
	unsigned unclosed;     /* quotes without an end so far */
	bool told_space;       /* of exotic white space, once a file */
	bool failed;	       /* out of memory */
};

void conf_lexer_init(struct conf_lexer *l, const struct conf_source *file, struct arena *arena,
	struct conf_diags *diags);
/* The i-th token from here, i < CONF_LOOKAHEAD. Stays good until it is taken by conf_next. */
const struct conf_token *conf_peek(struct conf_lexer *l, unsigned i);
struct conf_token conf_next(struct conf_lexer *l);

#endif
