/* SPDX-License-Identifier: MIT */
/* State of the parser of grammar.c, and what it shares with grammar_value.c. */
#ifndef CONF_GRAMMAR_STATE_H
#define CONF_GRAMMAR_STATE_H

#include "grammar.h"
#include "lexer.h"

struct grammar {
	struct conf_lexer lexer;
	struct conf_tree *tree;
	struct conf_node *here; /* current block */
	unsigned depth;
	struct conf_value *spare; /* buffer for the values of a list */
	size_t cap;
	struct conf_diags *diags;
	unsigned early; /* blocks that were closed where their } was missing */
	bool stop;
	bool section; /* after a [section]: its keys are not reported one by one */
};

static inline const struct conf_token *grammar_peek(struct grammar *r, unsigned i)
{
	return conf_peek(&r->lexer, i);
}

static inline bool grammar_next_is(struct grammar *r, unsigned i, enum conf_token_kind kind)
{
	return grammar_peek(r, i)->kind == kind;
}

static inline bool grammar_next_is_text(struct grammar *r, unsigned i)
{
	return grammar_next_is(r, i, CONF_WORD) || grammar_next_is(r, i, CONF_STRING);
}

/* Is token i on the line on which the token before it ended? */
static inline bool grammar_on_same_line(
	struct grammar *r, const struct conf_token *before, unsigned i)
{
	const struct conf_token *t = grammar_peek(r, i);
	const char *text = r->lexer.file->text.p;

	return t->kind != CONF_END && !memchr(text + before->end, '\n', t->at.offset - before->end);
}

/* --- grammar_value.c --- */

/* Does a new statement begin here, so that the current one must have ended? */
bool grammar_begins_statement(struct grammar *r);
/* "title: x" or "title:x" as in other formats: returns the length of the key, or 0. */
size_t grammar_find_colon_key(struct grammar *r, struct str word);

/* Does "title:" begin here? */
static inline bool grammar_begins_colon_key(struct grammar *r)
{
	const struct conf_token *t = grammar_peek(r, 0);

	return t->kind == CONF_WORD && t->text.n && t->text.p[t->text.n - 1] == ':' &&
	       grammar_find_colon_key(r, t->text);
}

/* The values after `before`, the = or the key. */
void grammar_read_value(struct grammar *r, struct conf_node *key, const struct conf_token *before);
void grammar_add_value(struct grammar *r, struct conf_node *key, const struct conf_token *t);
/* Copies the values that were added to the tree. */
void grammar_store_values(struct grammar *r, struct conf_node *key);

#endif
