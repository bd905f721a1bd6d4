/* SPDX-License-Identifier: MIT */
/*
 * Inverted index of watches: each is entered under the terms of its rarest required part, its
 * triggers. If none of them occurs in an item, the watch cannot match. Its other required parts are
 * its guards: lists of terms of which one must occur too.
 *
 * A term is an atom, or a phrase: n_atoms + its number. A phrase that is a trigger is found by its
 * pair, the two adjacent words that are rarest together; if it has no two adjacent EXACT atoms, by
 * one word, its anchor. Most words of an item are never looked up in the tables: they are rejected
 * by a Bloom filter, which fits in a near cache.
 */
#ifndef WATCH_INDEX_H
#define WATCH_INDEX_H

#include "program.h"
#include "vocabulary.h"

/* Entry of a posting list: one watch under one of its triggers. */
struct watch_posting {
	uint32_t watch;
	uint32_t
		guard; /* offset in guards; WATCH_DECIDED: trigger and guards are the whole query */
};
#define WATCH_DECIDED 0x80000000u

/* A term of a guard. It cannot occur if no word of the item has its tag, unless that is unknown. */
#define WATCH_TAG_UNKNOWN 0
struct watch_guard_term {
	uint32_t term, tag;
};

/* An EXACT atom that is a trigger or an anchor, by its tag; atom WATCH_NONE: empty slot. */
struct watch_trigger_atom {
	uint32_t tag, atom;
};

/* Two words of a phrase that is a trigger, by their pair tag; phrase WATCH_NONE: empty slot. */
struct watch_pair {
	uint32_t tag, phrase;
	uint32_t atoms[2];
	uint16_t first; /* position of the pair in the phrase, from 0 */
	uint8_t rarer;	/* 0 or 1: the rarer word, which is in the Bloom filter */
	bool whole;	/* the phrase has no other words */
};

/*
 * Bloom filter with one hash function, the top bits of a tag: a bit that is 0 means "not
 * contained".
 */
struct watch_bloom {
	uint64_t *bits;
	unsigned shift;
};

struct watch_index {
	/* Hash tables with open addressing. */
	struct watch_trigger_atom *trigger_atoms;
	struct watch_pair *pairs;
	uint32_t trigger_mask, pair_mask;
	struct watch_bloom words;  /* trigger atoms and rarer words of pairs */
	struct watch_bloom rarer;  /* rarer words of pairs */
	struct watch_bloom paired; /* pairs */
	/* Posting list of term t: postings[starts[t]] to postings[starts[t + 1] - 1]. */
	uint32_t *starts;
	struct watch_posting *postings;
	/* Phrases with atom a as anchor: from anchored[anchored_starts[a]], in the same way. */
	uint32_t *anchored_starts;
	uint32_t *anchored;
	uint32_t *guards; /* at 0: empty; else n, n times: count, watch_guard_terms */
	uint32_t *always; /* watches without a trigger */
	size_t n_guards, cap_guards, n_always;
};

struct watch_set {
	struct watch_program program;
	struct watch_vocabulary vocabulary;
	struct watch_index index; /* built from guessed frequencies */
};

static inline uint32_t watch_pair_tag(uint32_t first, uint32_t second)
{
	return (first + second * UINT32_C(0x85EBCA6B)) * UINT32_C(0x9E3779B1);
}

static inline unsigned watch_bloom_has(const struct watch_bloom *s, uint32_t tag)
{
	uint32_t bit = tag >> s->shift;

	return s->bits[bit / 64] >> bit % 64 & 1;
}

/* In how many items each term occurred. */
struct watch_frequencies {
	const uint32_t *counts;
	uint64_t items; /* counted items; 0: unknown, costs are guessed */
};

/* Takes ownership of the program in any case. Returns 0 or -ERR_NOMEM. */
int watch_set_make(struct watch_program *p, struct watch_set **out);

/* Cost class of a query, regardless of other watches. Returns 0 or -ERR_NOMEM. */
int watch_cost_of(const struct watch_program *p, uint32_t root, enum watch_cost *cost);

int watch_index_make(struct watch_index *index, const struct watch_program *p,
	const struct watch_frequencies *frequencies);
void watch_index_release(struct watch_index *index);

struct watch_terms {
	uint32_t *v;
	size_t n, cap;
};

#define WATCH_REQUIRE_NONE 1e30
/*
 * Appends terms to *terms of which at least one occurs in every item that satisfies the step.
 * Returns their cost (how common they are; the least is best); WATCH_REQUIRE_NONE if there is no
 * such list and nothing is appended; -1 if out of memory.
 */
double watch_require(const struct watch_program *p, const struct watch_frequencies *frequencies,
	uint32_t step, struct watch_terms *terms);
/* Is the step satisfied exactly if one of its required terms occurs anywhere in the item? */
bool watch_require_exact(const struct watch_program *p, uint32_t step);
/* How common an atom is: its frequency in a thousand items. */
double watch_atom_cost(
	const struct watch_program *p, const struct watch_frequencies *frequencies, uint32_t atom);
/* Returns the position in the phrase of the word that is least common, and its cost. */
uint32_t watch_phrase_rarest(const struct watch_program *p,
	const struct watch_frequencies *frequencies, const struct watch_phrase *ph, double *cost);

#endif
