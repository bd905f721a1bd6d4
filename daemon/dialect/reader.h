/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the reader of dialects share: the tables that say what a product's language is,
 * the tree a query is read into, and the pieces that are read.
 */
#ifndef DIALECT_READER_H
#define DIALECT_READER_H

#include "dialect/dialect.h"

/* --- what a language is --- */

enum dialect_join {
	DIALECT_AND,
	DIALECT_OR,
	DIALECT_WITHOUT, /* AND NOT */
	DIALECT_CLOSE,	 /* NEAR and its kin */
	DIALECT_COMMA,	 /* ANY/2(a, b) */
};

/* How strongly things bind: what has the smaller rank is put together first. */
enum {
	DIALECT_RANK_SIDE = 0,	   /* words side by side, where they are a phrase */
	DIALECT_RANK_OR_FIRST = 1, /* OR of Nexis */
	DIALECT_RANK_CLOSE = 10,   /* and up to 500 more where the number counts */
	DIALECT_RANK_SENT = 600,
	DIALECT_RANK_PARA = 601,
	DIALECT_RANK_FIELD = 700, /* fields and at-least of Factiva, weaker than near5 */
	DIALECT_RANK_NOT = 800,
	DIALECT_RANK_AND = 810,
	DIALECT_RANK_OR = 820,
	DIALECT_RANK_NOT_LAST = 830, /* AND NOT of Nexis */
};

/* A word that joins. name in small letters; with a number: "w/" takes the digits behind it. */
struct dialect_operator {
	const char *name;
	enum dialect_join join;
	unsigned rank;
	const char *ours; /* CLOSE: what is written; NULL: known there, not here */
	const char *help; /* where ours is NULL; may be NULL */
	bool number;	  /* digits follow, and behind them tail */
	bool ranked;	  /* the number counts for the rank */
	unsigned plain;	  /* the number where none is written; 0: there must be one */
	unsigned less;	  /* taken from the number */
	const char *tail;
};

struct dialect_field {
	const char *name; /* with what ends it: "title:", "hd=", "headline(" */
	const char *ours; /* "title:", "LEAD/50("; NULL: known there, not here */
	const char *help; /* where ours is NULL; may be NULL */
	bool value;	  /* not words but a value: site: lang: */
};

struct dialect {
	const char *name;
	const struct dialect_operator *operators;
	const struct dialect_field *fields;
	const char *length;  /* the name that is compared with a number of words; NULL: none */
	unsigned rank_not;   /* of AND NOT */
	unsigned rank_field; /* of fields and at-least */
	bool lucene;	     /* clauses; see dialect_lucene.c */
	bool any_case;	     /* and is AND */
	bool side_phrase;    /* words side by side are a phrase; if not, and not lucene: an error */
	bool mixed_wrong;    /* AND beside OR is an error */
	bool minus;	     /* -word leaves it out */
	bool bang;	     /* ! cuts a word off, * is one letter */
	bool dollar;	     /* $3: up to three letters more; %: one word between */
	bool glued;	     /* /N5/ and /F50/ need no space */
	bool segments;	     /* name(…) is a field, known or not */
	bool square;	     /* [ ] are brackets like ( ) */
	bool braces;	     /* {Word} is that very spelling */
	bool loose;	     /* "a b"~3 */
	bool boost;	     /* ^2 says nothing of what matches */
	bool dates;	     /* a bare word date begins a range */
	bool comments;	     /* <<<what is between>>> is none of the query */
};

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
void dialect_wrong(
	struct dialect_reader *r, size_t from, size_t n, const char *help, const char *what);
/* Is the word an operator there, but for its small letters? */
bool dialect_small(const struct dialect_reader *r, struct str s);

/* --- these read what is at hand; NULL: memory is out --- */

/* Up to a closing bracket or the end. */
struct dialect_node *dialect_expression(struct dialect_reader *r);
struct dialect_node *dialect_clauses(struct dialect_reader *r, size_t *n);
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
struct dialect_node *dialect_capitals(struct dialect_reader *r);
bool dialect_compares(const struct dialect_reader *r);
void dialect_boost(struct dialect_reader *r);
/* word as a term of ours, in quotes where it could be taken for more. NONE: memory. */
struct str dialect_term(struct dialect_reader *r, struct str word);
/* The same, in quotes always. */
struct str dialect_phrase(struct dialect_reader *r, struct str inner);

/* Told by what it is; what was read since `from` is replaced by something that may stand there. */
struct dialect_node *dialect_unknown(
	struct dialect_reader *r, size_t from, const char *help, const char *what);
struct dialect_node *dialect_lucene_word(struct dialect_reader *r);
struct dialect_node *dialect_lucene_quoted(struct dialect_reader *r);

#endif
