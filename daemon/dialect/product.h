/* SPDX-License-Identifier: MIT */
/*
 * Description of a product's query language. To add a product: a file that defines its struct
 * dialect, dialect_NAME, and its name in DIALECT_PRODUCTS.
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
	DIALECT_AND_NOT, /* AND NOT */
	DIALECT_NEAR,	 /* NEAR and its like */
	DIALECT_COMMA,	 /* ANY/2(a, b) */
};

/* Operator precedence: the smaller rank binds tighter. */
enum {
	DIALECT_RANK_ADJACENT = 0, /* words without an operator between, if they are a phrase */
	DIALECT_RANK_OR_FIRST = 1, /* OR of Nexis */
	DIALECT_RANK_NEAR = 10,	   /* plus the distance, up to 500, if `ranked` */
	DIALECT_RANK_SENT = 600,
	DIALECT_RANK_PARA = 601,
	DIALECT_RANK_FIELD = 700, /* fields and atleast of Factiva, weaker than near5 */
	DIALECT_RANK_NOT = 800,
	DIALECT_RANK_AND = 810,
	DIALECT_RANK_OR = 820,
	DIALECT_RANK_NOT_LAST = 830, /* AND NOT of Nexis */
};

/* A binary operator. */
struct dialect_operator {
	const char *name; /* in lower case, without its number */
	enum dialect_join join;
	unsigned rank;
	const char *ours;	 /* NEAR: our operator; NULL: it has no counterpart */
	const char *help;	 /* if ours is NULL; NULL: the default help */
	bool number;		 /* digits follow the name, and then `tail` */
	bool ranked;		 /* a smaller number binds tighter */
	unsigned number_default; /* 0: the number is required */
	unsigned subtract;	 /* from the number, which counts words differently */
	const char *tail;
};

struct dialect_field {
	const char *name; /* with its delimiter: "title:", "hd=", "headline(" */
	const char *ours; /* our prefix or function: "title:", "LEAD/50("; NULL: none */
	const char *help; /* if ours is NULL; NULL: the default help */
	bool value;	  /* takes a value, not words: site: lang: */
};

struct dialect {
	const char *name;
	const struct dialect_operator *operators;
	const struct dialect_field *fields;
	const char *length;  /* keyword for the length in words: wc>300; NULL: none */
	unsigned rank_not;   /* of AND NOT */
	unsigned rank_field; /* of fields and atleast */
	/* Parses up to a closing bracket or the end. */
	struct dialect_node *(*read)(struct dialect_reader *r);
	/* Parses a term that only this product has. Returns NULL at other terms, too. */
	struct dialect_node *(*read_special)(struct dialect_reader *r);
	bool escapes;	      /* \ escapes a character; names of fields may start with _ */
	bool any_case;	      /* operators in any case; else in capitals */
	bool adjacent_phrase; /* words without an operator between are a phrase */
	bool refuse_mixed;    /* AND beside OR is an error */
	bool minus;	      /* -word excludes it */
	bool truncation;      /* ! is any ending, * is one letter */
	bool dollar;	      /* word$3: up to three more letters; %: one word between */
	bool slashed;	      /* /N5/ and /F50/ need no white space around them */
	bool segments;	      /* name(…) is a field, even an unknown one */
	bool square_brackets; /* [ ] are brackets like ( ) */
	bool braces;	      /* {Word} is an exact spelling */
	bool slop;	      /* "a b"~3 */
	bool signs;	      /* #word and $word find the word after that sign only */
	bool boost;	      /* ^2 only affects ranking: ignored */
	bool dates;	      /* the words date and upd start a date range */
	bool comments;	      /* <<<comment>>> */
};

/* A row of operators; more members may follow. */
#define DIALECT_OPERATOR(name_, join_, rank_, ...)                                                 \
	{                                                                                          \
		.name = (name_), .join = DIALECT_##join_, .rank = DIALECT_RANK_##rank_,            \
		__VA_ARGS__                                                                        \
	}

/* Defines a product, whose fields are in NAME_fields; the other members follow in any order. */
#define DIALECT_PRODUCT(name_, operators_, ...)                                                    \
	const struct dialect dialect_##name_ = {                                                   \
		.name = #name_, .operators = (operators_), .fields = name_##_fields, __VA_ARGS__}

/* Operators of Brandwatch and Meltwater. */
extern const struct dialect_operator dialect_near_operators[];

/* Default help for what has no counterpart. */
#define DIALECT_NO_HELP "take it out; nightdesk has nothing like it"
/* Help for fields that select sources. */
#define DIALECT_SOURCES_HELP                                                                       \
	"name feeds of yours: feeds = { … } on the watch, or feed:NAME in our own language"

#define DIALECT_DECLARE(name) extern const struct dialect dialect_##name;
DIALECT_PRODUCTS(DIALECT_DECLARE)
#undef DIALECT_DECLARE

#endif
