/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the reader of dialects share: the tables that say what a product's language is,
 * the tree a query is read into, and the pieces that are read.
 */
#ifndef WATCH_DIALECT_READER_H
#define WATCH_DIALECT_READER_H

#include "watch/dialect.h"

/* --- what a language is --- */

enum watch_dialect_join {
	WATCH_DIALECT_AND,
	WATCH_DIALECT_OR,
	WATCH_DIALECT_WITHOUT, /* AND NOT */
	WATCH_DIALECT_CLOSE,   /* NEAR and its kin */
	WATCH_DIALECT_COMMA,   /* ANY/2(a, b) */
};

/* How strongly things bind: what has the smaller rank is put together first. */
enum {
	WATCH_RANK_SIDE = 0,	 /* words side by side, where they are a phrase */
	WATCH_RANK_OR_FIRST = 1, /* OR of Nexis */
	WATCH_RANK_CLOSE = 10,	 /* and up to 500 more where the number counts */
	WATCH_RANK_SENT = 600,
	WATCH_RANK_PARA = 601,
	WATCH_RANK_FIELD = 700, /* fields and at-least of Factiva, weaker than near5 */
	WATCH_RANK_NOT = 800,
	WATCH_RANK_AND = 810,
	WATCH_RANK_OR = 820,
	WATCH_RANK_NOT_LAST = 830, /* AND NOT of Nexis */
};

/* A word that joins. name in small letters; with a number: "w/" takes the digits behind it. */
struct watch_dialect_operator {
	const char *name;
	enum watch_dialect_join join;
	unsigned rank;
	const char *ours; /* CLOSE: what is written; NULL: known there, not here */
	const char *help; /* where ours is NULL; may be NULL */
	bool number;	  /* digits follow, and behind them tail */
	bool ranked;	  /* the number counts for the rank */
	unsigned plain;	  /* the number where none is written; 0: there must be one */
	unsigned less;	  /* taken from the number */
	const char *tail;
};

struct watch_dialect_field {
	const char *name; /* with what ends it: "title:", "hd=", "headline(" */
	const char *ours; /* "title:", "LEAD/50("; NULL: known there, not here */
	const char *help; /* where ours is NULL; may be NULL */
	bool value;	  /* not words but a value: site: lang: */
};

struct watch_dialect {
	const char *name;
	const struct watch_dialect_operator *operators;
	const struct watch_dialect_field *fields;
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

enum watch_dialect_kind {
	WATCH_DIALECT_LEAF,   /* text, as we write it */
	WATCH_DIALECT_CHAIN,  /* kids, joined */
	WATCH_DIALECT_WITHIN, /* text before the one kid: "title:", "LEAD/50(" */
	WATCH_DIALECT_NOT,
};

/* "NEAR/4", and where that was written in their words. */
struct watch_dialect_joint {
	struct str text;
	size_t offset, length;
};

struct watch_dialect_node {
	enum watch_dialect_kind kind;
	enum watch_dialect_join join;
	struct str text;
	size_t offset, length; /* in the text that is read */
	struct watch_dialect_node **kids;
	struct watch_dialect_joint *joints; /* CLOSE: before each kid but the first */
	size_t n, cap;
	unsigned depth;
	bool closed; /* stood in brackets: a chain that does not grow */
};

/* Where a word ends is the same from each of its letters: -title:a asks for it again and again. */
struct watch_dialect_memo {
	size_t from, end;
};

struct watch_dialect_reader {
	const struct watch_dialect *d;
	struct watch_dialect_memo *memo; /* of this text; NULL: none */
	struct arena *arena;
	struct watch_reporter *report;
	struct str text;
	size_t at;
	unsigned depth; /* of brackets */
	size_t terms;
	bool value; /* inside of a field that has values */
	bool nomem, gave_up;
};

/* These give NULL when memory is out, and take NULL for a node that was not made. */
struct watch_dialect_node *watch_dialect_leaf(
	struct watch_dialect_reader *r, struct str text, size_t offset, size_t length);
/* For what was read since `from` and is told: nobody looks at it, since the query has an error. */
struct watch_dialect_node *watch_dialect_stand_in(struct watch_dialect_reader *r, size_t from);
struct watch_dialect_node *watch_dialect_within(struct watch_dialect_reader *r, const char *text,
	struct watch_dialect_node *kid, size_t offset);
struct watch_dialect_node *watch_dialect_negate(
	struct watch_dialect_reader *r, struct watch_dialect_node *kid, size_t offset);
/* left and right joined; where left is such a chain it grows. joint: of CLOSE, else not read. */
struct watch_dialect_node *watch_dialect_chain(struct watch_dialect_reader *r,
	enum watch_dialect_join join, struct watch_dialect_joint joint,
	struct watch_dialect_node *left, struct watch_dialect_node *right);
void watch_dialect_write(struct watch_dialect_reader *r, const struct watch_dialect_node *n,
	struct buf *out, struct watch_dialect_map *map);

/* --- what is at hand --- */

bool watch_dialect_at_end(struct watch_dialect_reader *r); /* skips space */
bool watch_dialect_at(struct watch_dialect_reader *r, char c);
/* The word at hand, not consumed; empty before a bracket or quote. */
struct str watch_dialect_word(const struct watch_dialect_reader *r);
/* The operator that the word is, with its number; NULL. */
const struct watch_dialect_operator *watch_dialect_operator_of(
	const struct watch_dialect_reader *r, struct str s, unsigned *n);
bool watch_dialect_not(const struct watch_dialect_reader *r);
bool watch_dialect_but_not(const struct watch_dialect_reader *r);
bool watch_dialect_digits(struct str s, unsigned *n);
/* Is s atleast3, where the product has it? */
bool watch_dialect_at_least(const struct watch_dialect_reader *r, struct str s, unsigned *n);
/* The field that begins here, *n bytes of it. *unknown: it looks like one. */
const struct watch_dialect_field *watch_dialect_field_at(
	const struct watch_dialect_reader *r, size_t *n, bool *unknown);
void watch_dialect_wrong(
	struct watch_dialect_reader *r, size_t from, size_t n, const char *help, const char *what);
/* Is the word an operator there, but for its small letters? */
bool watch_dialect_small(const struct watch_dialect_reader *r, struct str s);

/* --- these read what is at hand; NULL: memory is out --- */

/* Up to a closing bracket or the end. */
struct watch_dialect_node *watch_dialect_expression(struct watch_dialect_reader *r);
struct watch_dialect_node *watch_dialect_clauses(struct watch_dialect_reader *r, size_t *n);
/* A bracket and what is in it, from the opening one on. *clauses: of Lucene's, how many; or NULL.
 */
struct watch_dialect_node *watch_dialect_brackets(struct watch_dialect_reader *r, size_t *clauses);
struct watch_dialect_node *watch_dialect_words(struct watch_dialect_reader *r);
struct watch_dialect_node *watch_dialect_quoted(struct watch_dialect_reader *r);
/* The text up to the closing quote; false: told that there is none. */
bool watch_dialect_quotes(struct watch_dialect_reader *r, struct str *inner);
/* ours: of the field, "site:" */
struct watch_dialect_node *watch_dialect_value(struct watch_dialect_reader *r, const char *ours);
struct watch_dialect_node *watch_dialect_braced(struct watch_dialect_reader *r);
/* wc>300, length > 300; allcaps(word). NULL too where there is none. */
struct watch_dialect_node *watch_dialect_compared(struct watch_dialect_reader *r);
struct watch_dialect_node *watch_dialect_capitals(struct watch_dialect_reader *r);
bool watch_dialect_compares(const struct watch_dialect_reader *r);
void watch_dialect_boost(struct watch_dialect_reader *r);
/* word as a term of ours, in quotes where it could be taken for more. NONE: memory. */
struct str watch_dialect_term(struct watch_dialect_reader *r, struct str word);

/* Told by what it is; what was read since `from` is replaced by something that may stand there. */
struct watch_dialect_node *watch_dialect_unknown(
	struct watch_dialect_reader *r, size_t from, const char *help, const char *what);
struct watch_dialect_node *watch_dialect_lucene_word(struct watch_dialect_reader *r);
struct watch_dialect_node *watch_dialect_lucene_quoted(struct watch_dialect_reader *r);
/* fn:name(…) */
struct watch_dialect_node *watch_dialect_interval(struct watch_dialect_reader *r);

/*
 * Words (or phrases) that may stand apart: Lucene's "a b c"~n, in any order by moves, or in their
 * order with n words between in all.
 */
struct watch_dialect_node *watch_dialect_apart(struct watch_dialect_reader *r,
	struct watch_dialect_node **words, size_t n_words, unsigned n, bool in_order);

#endif
