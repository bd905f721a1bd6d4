/* SPDX-License-Identifier: MIT */
/*
 * What the language of a product is. To add a product: a file with its struct dialect, named
 * dialect_PRODUCT, and its name in DIALECT_PRODUCTS.
 */
#ifndef DIALECT_PRODUCT_H
#define DIALECT_PRODUCT_H

#include "dialect/dialect.h"

#define DIALECT_PRODUCTS(PRODUCT)                                                                  \
	PRODUCT(brandwatch)                                                                        \
	PRODUCT(meltwater)                                                                         \
	PRODUCT(factiva)                                                                           \
	PRODUCT(nexis)                                                                             \
	PRODUCT(lucene)

struct dialect_node;
struct dialect_reader;

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
	/* Reads up to a closing bracket or the end. *clauses: how many, if the language has any. */
	struct dialect_node *(*read)(struct dialect_reader *r, size_t *clauses);
	/* Reads a term that only this product has; NULL if none begins here or out of memory. */
	struct dialect_node *(*read_special)(struct dialect_reader *r);
	bool escapes;	  /* \ takes the next character's meaning away; _name: is a field */
	bool any_case;	  /* and is AND */
	bool side_phrase; /* words side by side are a phrase; if not, and not lucene: an error */
	bool mixed_wrong; /* AND beside OR is an error */
	bool minus;	  /* -word leaves it out */
	bool bang;	  /* ! cuts a word off, * is one letter */
	bool dollar;	  /* $3: up to three letters more; %: one word between */
	bool glued;	  /* /N5/ and /F50/ need no space */
	bool segments;	  /* name(…) is a field, known or not */
	bool square;	  /* [ ] are brackets like ( ) */
	bool braces;	  /* {Word} is that very spelling */
	bool loose;	  /* "a b"~3 */
	bool boost;	  /* ^2 says nothing of what matches */
	bool dates;	  /* a bare word date begins a range */
	bool comments;	  /* <<<what is between>>> is none of the query */
};

/* A row of operators; more members may follow. */
#define DIALECT_OPERATOR(name_, join_, rank_, ...)                                                 \
	{                                                                                          \
		.name = (name_), .join = DIALECT_##join_, .rank = DIALECT_RANK_##rank_,            \
		__VA_ARGS__                                                                        \
	}

/* Operators of Brandwatch, which Meltwater has too. */
extern const struct dialect_operator dialect_near_operators[];

/* Help for fields that name sources. */
#define DIALECT_SOURCES_HELP                                                                       \
	"name feeds of yours: feeds = { … } on the watch, or feed:NAME in our own language"

#define DIALECT_DECLARE(name) extern const struct dialect dialect_##name;
DIALECT_PRODUCTS(DIALECT_DECLARE)
#undef DIALECT_DECLARE

#endif
