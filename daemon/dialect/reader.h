/* SPDX-License-Identifier: MIT */
/*
 * The translator: lexer and parsers, the intermediate tree they build, and its output. All nodes
 * are allocated from the arena of the reader.
 */
#ifndef DIALECT_READER_H
#define DIALECT_READER_H

#include "product.h"

/* --- the tree --- */

enum dialect_kind {
	DIALECT_LEAF,	/* a term of our language in `text` */
	DIALECT_CHAIN,	/* kids joined by `join` */
	DIALECT_WITHIN, /* `text` before its only kid: "title:", "LEAD/50(" */
	DIALECT_NOT,	/* `text`, "NOT ", before its only kid */
};

/* Our operator, "NEAR/4", and the place of theirs. */
struct dialect_joint {
	struct str text;
	size_t offset, length;
};

struct dialect_node {
	enum dialect_kind kind;
	enum dialect_join join;
	struct str text;
	size_t offset, length; /* in the text of the product */
	struct dialect_node **kids;
	struct dialect_joint *joints; /* NEAR: before each kid but the first */
	size_t n, cap;
	unsigned depth;
	bool closed; /* in brackets: not extended as a chain */
};

/* Cached end of a word: -title:a looks it up from several of its characters. */
struct dialect_word_cache {
	size_t from, end;
};

struct dialect_reader {
	const struct dialect *d;
	struct dialect_word_cache *word_cache; /* of this text; NULL: no cache */
	struct arena *arena;
	struct query_reporter *report;
	struct str text;
	size_t at;
	unsigned depth; /* of open brackets */
	size_t terms;
	size_t clauses; /* Lucene: number of clauses in the last bracket parsed */
	bool value;	/* inside a field that takes values */
	bool nomem;
	bool gave_up; /* too deep or too long: report no more errors */
};

/* Returns the text; STR_NONE if out of memory, which sets r->nomem. */
struct str dialect_printf(struct dialect_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* These return NULL if out of memory or if a text or node they get is NULL, and set r->nomem. */
struct dialect_node *dialect_make_leaf(
	struct dialect_reader *r, struct str text, size_t offset, size_t length);
/* Reports the text since `from`; returns a node that is never output, since there is an error. */
struct dialect_node *dialect_reject(
	struct dialect_reader *r, size_t from, const char *help, const char *what);
/* The same for what is missing here. */
struct dialect_node *dialect_report_missing(
	struct dialect_reader *r, const char *help, const char *what);
/* Returns a node with one kid, WITHIN or NOT. */
struct dialect_node *dialect_make_around(struct dialect_reader *r, enum dialect_kind kind,
	struct str text, struct dialect_node *kid, size_t offset);
/* Joins two nodes; extends left if it is such a chain. joint is used for NEAR only. */
struct dialect_node *dialect_join_nodes(struct dialect_reader *r, enum dialect_join join,
	struct dialect_joint joint, struct dialect_node *left, struct dialect_node *right);
void dialect_write(struct dialect_reader *r, const struct dialect_node *n, struct buf *out,
	struct dialect_map *map);

/* --- lexer: at r->at, without consuming it --- */

/* These skip white space and comments. */
bool dialect_at_end(struct dialect_reader *r);
bool dialect_at(struct dialect_reader *r, char c);
/* Returns the next word; it is empty before a bracket or quote. */
struct str dialect_peek_word(const struct dialect_reader *r);
/* Returns the operator that s is and stores its number; NULL if it is none. */
const struct dialect_operator *dialect_find_operator(
	const struct dialect_reader *r, struct str s, unsigned *n);
bool dialect_at_not(const struct dialect_reader *r);
bool dialect_at_but_not(const struct dialect_reader *r);
bool dialect_at_comparison(const struct dialect_reader *r);
/*
 * Consumes the name of a comparison, its bracket if any, and its sign: < > or =. Returns false and
 * consumes nothing at anything else.
 */
bool dialect_read_sign(struct dialect_reader *r, const char *name, bool *bracket, char *how);
bool dialect_parse_number(struct str s, unsigned *n);
/* Returns true and stores the number if s is atleast3 and the product has that. */
bool dialect_parse_at_least(const struct dialect_reader *r, struct str s, unsigned *n);
/* Returns the field here and its length *n; NULL if none, with *unknown set at an unknown one. */
const struct dialect_field *dialect_find_field(
	const struct dialect_reader *r, size_t *n, bool *unknown);
/* Returns true unless a plain word is next: at an operator, a field, atleast3, wc>100. */
bool dialect_is_special(const struct dialect_reader *r);
void dialect_report(
	struct dialect_reader *r, size_t from, size_t n, const char *help, const char *what);
/* Returns true if s is an operator in lower case where the product requires capitals. */
bool dialect_is_lower_case(const struct dialect_reader *r, struct str s);

/* --- parsers: they consume what they return; NULL if out of memory --- */

/* Callback `read` of products with binary operators. */
struct dialect_node *dialect_read_expression(struct dialect_reader *r);
/* Parses a bracket and its content. */
struct dialect_node *dialect_read_brackets(struct dialect_reader *r);
struct dialect_node *dialect_read_words(struct dialect_reader *r);
struct dialect_node *dialect_read_phrase(struct dialect_reader *r);
/* Stores the text between quotes. Returns false after a report if the closing one is missing. */
bool dialect_read_quotes(struct dialect_reader *r, struct str *inner);
/* ours: prefix in our language, "site:" */
struct dialect_node *dialect_read_value(struct dialect_reader *r, const char *ours);
struct dialect_node *dialect_read_braces(struct dialect_reader *r);
/* wc>300, length > 300. Returns NULL at anything else too. */
struct dialect_node *dialect_read_comparison(struct dialect_reader *r);
void dialect_skip_boost(struct dialect_reader *r);
/* Returns word as term of our language, quoted if necessary; STR_NONE if out of memory. */
struct str dialect_format_term(struct dialect_reader *r, struct str word);
/* The same, always in quotes. */
struct str dialect_format_phrase(struct dialect_reader *r, struct str inner);

#endif
