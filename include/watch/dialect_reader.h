/* SPDX-License-Identifier: MIT */
/* What the two halves of the reader of dialects share: words and phrases, and
 * what joins them. */
#ifndef WATCH_DIALECT_READER_H
#define WATCH_DIALECT_READER_H

#include "watch/dialect.h"

/* A binary operator; name in small letters; with a number: "w/" takes the
 * digits behind it. */
struct watch_dialect_operator {
	const char *name;
	bool number;	  /* digits follow */
	unsigned level;	  /* 0 binds weakest */
	const char *ours; /* what is written, then the number */
	int less;	  /* taken from the number */
	const char *tail; /* what must follow the number: the f of NEAR/4f */
};

struct watch_dialect_field {
	const char *name; /* with what ends it: "title:", "hd=", "headline(" */
	const char *ours; /* NULL: known there, not here */
};

struct watch_dialect {
	const char *name;
	const struct watch_dialect_operator *operators;
	const struct watch_dialect_field *fields;
	bool any_case;	  /* and is AND */
	bool side_phrase; /* words side by side are a phrase */
	bool side_or;	  /* … or any of them */
	bool mixed_wrong; /* AND beside OR is an error */
	bool bang;	  /* ! cuts a word off, * is one letter */
	bool dollar;	  /* $3: up to three letters more */
	bool boost;	  /* ^2 is left out */
};

struct watch_dialect_reader {
	const struct watch_dialect *d;
	struct arena *arena;
	struct watch_reporter *report;
	struct str text;
	size_t at;
	unsigned depth;
	struct buf *out;
};

void watch_dialect_space(struct watch_dialect_reader *r);
/* The word at hand, not consumed; empty before a bracket or quote. */
struct str watch_dialect_word(const struct watch_dialect_reader *r);
/* Is s this word, small or, where the product wants that, in capitals? */
bool watch_dialect_is(const struct watch_dialect_reader *r, struct str s, const char *name);
/* The operator that the word at hand is, with its number; NULL. */
const struct watch_dialect_operator *watch_dialect_operator_at(
	const struct watch_dialect_reader *r, unsigned *n);
bool watch_dialect_not(const struct watch_dialect_reader *r);
bool watch_dialect_digits(struct str s, unsigned *n);
void watch_dialect_wrong(
	struct watch_dialect_reader *r, size_t from, size_t n, const char *help, const char *what);

/* These read what is at hand and write it in our language. */
void watch_dialect_put_word(struct watch_dialect_reader *r, struct str s);
void watch_dialect_side(struct watch_dialect_reader *r); /* words as a phrase */
void watch_dialect_quoted(struct watch_dialect_reader *r);

#endif
