/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the reader of dialects share: the tables that say what a product's language is,
 * the tree a query is read into, and the pieces that are read.
 */
#ifndef DIALECT_READER_H
#define DIALECT_READER_H

#include "product.h"

/* --- the tree --- */

enum dialect_kind {
	DIALECT_LEAF,	/* text, as we write it */
	DIALECT_CHAIN,	/* kids, joined */
	DIALECT_WITHIN, /* text before the one kid: "title:", "LEAD/50(" */
	DIALECT_NOT,
};

/* "NEAR/4", and where that was written in their words. */
struct dialect_joint {
	struct str text;
	size_t offset, length;
};

struct dialect_node {
	enum dialect_kind kind;
	enum dialect_join join;
	struct str text;
	size_t offset, length; /* in the text that is read */
	struct dialect_node **kids;
	struct dialect_joint *joints; /* CLOSE: before each kid but the first */
	size_t n, cap;
	unsigned depth;
	bool closed; /* stood in brackets: a chain that does not grow */
};

/* Where a word ends is the same from each of its letters: -title:a asks for it again and again. */
struct dialect_memo {
	size_t from, end;
};

struct dialect_reader {
	const struct dialect *d;
	struct dialect_memo *memo; /* of this text; NULL: none */
	struct arena *arena;
	struct query_reporter *report;
	struct str text;
	size_t at;
	unsigned depth; /* of brackets */
	size_t terms;
	bool value; /* inside of a field that has values */
	bool nomem, gave_up;
};

/* These give NULL when memory is out, and take NULL for a node that was not made. */
struct dialect_node *dialect_leaf(
	struct dialect_reader *r, struct str text, size_t offset, size_t length);
/* For what was read since `from` and is told: nobody looks at it, since the query has an error. */
struct dialect_node *dialect_stand_in(struct dialect_reader *r, size_t from);
struct dialect_node *dialect_within(
	struct dialect_reader *r, const char *text, struct dialect_node *kid, size_t offset);
struct dialect_node *dialect_negate(
	struct dialect_reader *r, struct dialect_node *kid, size_t offset);
/* left and right joined; where left is such a chain it grows. joint: of CLOSE, else not read. */
struct dialect_node *dialect_chain(struct dialect_reader *r, enum dialect_join join,
	struct dialect_joint joint, struct dialect_node *left, struct dialect_node *right);
void dialect_write(struct dialect_reader *r, const struct dialect_node *n, struct buf *out,
	struct dialect_map *map);

/* --- what is at hand --- */

bool dialect_at_end(struct dialect_reader *r); /* skips space */
bool dialect_at(struct dialect_reader *r, char c);
/* The word at hand, not consumed; empty before a bracket or quote. */
struct str dialect_word(const struct dialect_reader *r);
/* The operator that the word is, with its number; NULL. */
const struct dialect_operator *dialect_operator_of(
	const struct dialect_reader *r, struct str s, unsigned *n);
bool dialect_not(const struct dialect_reader *r);
bool dialect_but_not(const struct dialect_reader *r);
bool dialect_digits(struct str s, unsigned *n);
/* Is s atleast3, where the product has it? */
bool dialect_at_least(const struct dialect_reader *r, struct str s, unsigned *n);
/* The field that begins here, *n bytes of it. *unknown: it looks like one. */
const struct dialect_field *dialect_field_at(
	const struct dialect_reader *r, size_t *n, bool *unknown);
/* Is what begins here no plain word: an operator, a field, atleast3, wc>100? */
bool dialect_is_special(const struct dialect_reader *r);
void dialect_wrong(
	struct dialect_reader *r, size_t from, size_t n, const char *help, const char *what);
/* Is the word an operator there, but for its small letters? */
bool dialect_small(const struct dialect_reader *r, struct str s);

/* --- these read what is at hand; NULL: memory is out --- */

/* read of products whose operators join terms; *clauses is left. */
struct dialect_node *dialect_expression(struct dialect_reader *r, size_t *clauses);
/* A bracket and what is in it, from the opening one on. *clauses: of Lucene's, how many; or NULL.
 */
struct dialect_node *dialect_brackets(struct dialect_reader *r, size_t *clauses);
struct dialect_node *dialect_words(struct dialect_reader *r);
struct dialect_node *dialect_quoted(struct dialect_reader *r);
/* The text up to the closing quote; false: told that there is none. */
bool dialect_quotes(struct dialect_reader *r, struct str *inner);
/* ours: of the field, "site:" */
struct dialect_node *dialect_value(struct dialect_reader *r, const char *ours);
struct dialect_node *dialect_braced(struct dialect_reader *r);
/* wc>300, length > 300; allcaps(word). NULL too where there is none. */
struct dialect_node *dialect_compared(struct dialect_reader *r);
bool dialect_compares(const struct dialect_reader *r);
void dialect_boost(struct dialect_reader *r);
/* word as a term of ours, in quotes where it could be taken for more. NONE: memory. */
struct str dialect_term(struct dialect_reader *r, struct str word);
/* The same, in quotes always. */
struct str dialect_phrase(struct dialect_reader *r, struct str inner);

/* Told by what it is; what was read since `from` is replaced by something that may stand there. */
struct dialect_node *dialect_unknown(
	struct dialect_reader *r, size_t from, const char *help, const char *what);

#endif
