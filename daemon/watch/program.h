/* SPDX-License-Identifier: MIT */
/*
 * A compiled set of watches.
 *
 * Each way of comparing one word is an atom, shared by all watches. A term of several words is a
 * phrase over atoms. A watch is a tree of steps over atoms and phrases. Steps, kids and phrases are
 * flat arrays that refer to each other by index, so that a set of 100,000 watches needs only a few
 * allocations.
 */
#ifndef WATCH_PROGRAM_H
#define WATCH_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/buf.h"
#include "query/query.h"
#include "watch/watch.h"
#include "base/table.h"

#define WATCH_NONE	    UINT32_MAX
#define WATCH_LANGUAGES_MAX 32 /* libstemmer has fewer */

enum watch_atom_kind {
	WATCH_ATOM_EXACT,   /* normal form */
	WATCH_ATOM_SPELLED, /* spelling, or normal form after a sign */
	WATCH_ATOM_GLOB,
	WATCH_ATOM_FUZZY,
	WATCH_ATOM_STEM,
	WATCH_ATOM_ATTRIBUTE, /* feed: group: lang: site: one value, not a word */
};

/* Stem of a WATCH_ATOM_STEM in one language. */
struct watch_atom_stem {
	uint32_t language; /* index into languages of the program */
	struct str stem;
};

struct watch_atom {
	enum watch_atom_kind kind;
	unsigned edits;
	struct str form;  /* EXACT, SPELLED (for the look-up), GLOB, FUZZY, ATTRIBUTE (its value) */
	struct str spelt; /* SPELLED; absent: any spelling */
	char sign;	  /* SPELLED, GLOB: # or $, required directly before the word; 0: none */
	struct watch_atom_stem *stems;
	size_t n_stems;
	uint64_t key; /* hash of all that identifies it */
};

/* Words in a row; with slop >= 0, in any order within a window. */
struct watch_phrase {
	uint32_t first, count; /* in pieces: atoms, or WATCH_NONE for any word */
	int32_t slop;
	uint32_t rarest; /* position of the word that the search starts from */
};

/* Op of a step: an enum query_op, or one of these, which the compiler chooses for some. */
enum watch_step_op {
	WATCH_STEP_WORD = QUERY_OPS, /* a phrase of one word */
	WATCH_STEP_WORDS,	     /* an OR of WORDs in the same fields */
	WATCH_STEP_URL,		     /* url: */
	WATCH_STEP_OPS,		     /* number of ops, including those of queries */
};

struct watch_step {
	uint8_t op;
	uint8_t fields; /* fields of a term; of WORDS, of each word */
	/*
	 * AND, OR, WORDS, ANY: number of kids that must match. LEAD, ATLEAST, words, sources: their
	 * number.
	 * REGEX: the first expression of its watch.
	 */
	uint32_t n;
	/*
	 * Kids: kids[first] and following; for WORDS the steps from `first` on. WORD, ATTRIBUTE:
	 * the atom; PHRASE, REGEX: its index; words: 1 for <, 0 for >; age: low half of the ms.
	 */
	uint32_t first;
	uint32_t count; /* of kids; 0: it has none */
	uint32_t text;	/* index into texts: of a term, of url:; age: high half of the ms */
};

struct watch_kid {
	uint32_t step;
	uint32_t link; /* distance * 2 + ordered */
};

enum watch_cost { WATCH_COST_INDEXED, WATCH_COST_SCAN, WATCH_COST_SLOW };

struct watch_entry {
	struct str name;
	uint32_t root; /* step; with sources or exclude an AND of query, sources, NOT exclude */
	bool sourced, excluding;
	bool counts_sources;	   /* it has a QUERY_SOURCES step */
	uint32_t raises, n_raises; /* in raises */
	enum watch_cost cost;
};

struct watch_regex;
struct text_stemmer;

struct watch_program {
	struct arena *arena; /* for strings and small arrays */
	struct watch_atom *atoms;
	struct watch_phrase *phrases;
	uint32_t *pieces;
	struct watch_step *steps;
	struct watch_kid *kids;
	struct str *texts;
	struct watch_regex **regexes;
	struct watch_entry *watches;
	uint32_t *raises;	/* root steps of conditions */
	const char **languages; /* algorithms of libstemmer */
	size_t n_atoms, n_phrases, n_pieces, n_steps, n_kids, n_texts, n_regexes, n_watches,
		n_raises, n_languages;
	size_t cap_atoms, cap_phrases, cap_pieces, cap_steps, cap_kids, cap_texts, cap_regexes,
		cap_watches, cap_raises, cap_languages;
	struct table atom_table, phrase_table; /* by key */
	bool counts_sources;		       /* a watch or a condition does */
	unsigned fields; /* QUERY_FIELD_BITs of the fields that any watch uses */
};

/* Returns kid i of a step, however it is stored. */
static inline uint32_t watch_step_kid(
	const struct watch_program *p, const struct watch_step *s, uint32_t i)
{
	return s->op == WATCH_STEP_WORDS ? s->first + i : p->kids[s->first + i].step;
}

/* Of a QUERY_AGE step, in ms. */
static inline int64_t watch_step_age(const struct watch_step *s)
{
	return (int64_t)((uint64_t)s->text << 32 | s->first);
}

int watch_program_init(struct watch_program *p);
void watch_program_release(struct watch_program *p);

/* Allocates room for `more` elements of one of the arrays; false: out of memory. */
#define WATCH_ROOM(p, what, more)                                                                  \
	array_room(&(p)->what, (p)->n_##what, &(p)->cap_##what, (more), sizeof(*(p)->what))

/* --- compiling --- */

struct watch_compiler {
	struct watch_program *program;
	uint32_t languages[WATCH_LANGUAGES_MAX]; /* of the present watch; indices */
	size_t n_languages;
	struct text_stemmer *stemmers[WATCH_LANGUAGES_MAX]; /* by index in program->languages */
	uint32_t first_regex;				    /* of the present watch */
	bool counts_sources;				    /* so far, the present watch */
	struct buf scratch;
	bool failed; /* out of memory */
};

void watch_compiler_release(struct watch_compiler *c); /* not the program */
/* Adds an algorithm of libstemmer to those of the present watch. False: out of memory. */
bool watch_compiler_language(struct watch_compiler *c, const char *algorithm);
/* Compiles a checked tree into steps. Returns the index of the root, or WATCH_NONE if c->failed. */
uint32_t watch_compile(struct watch_compiler *c, const struct query_node *n);
/* Returns the atom for one piece of a term; WATCH_NONE for any word, or if c->failed. */
uint32_t watch_atom_of_piece(struct watch_compiler *c, const struct query_piece *piece);
/* Returns the atom for feed:, group:, lang: or site:. */
uint32_t watch_atom_of_attribute(
	struct watch_compiler *c, enum query_attribute a, struct str value);
/* Hash key of an item's attribute value. */
uint64_t watch_attribute_key(enum query_attribute a, struct str value);

#endif
