/* SPDX-License-Identifier: MIT */
/*
 * Which watches to look at: each is entered under the terms of its rarest required part, its
 * triggers. When none of them occurs in an item the watch cannot match. Its other required parts
 * guard it: each is a list of terms of which one must occur too.
 *
 * A term is an atom, or a phrase: n_atoms + its number. A phrase that is a trigger is looked for
 * where two words of it, the rarest pair, stand side by side; when it has no two EXACT atoms in a
 * row, where one word of it occurs, its anchor. So most words of an item are never looked up: a
 * bloom that fits in a near cache, where the tables may not, holds them back.
 */
#ifndef WATCH_INDEX_H
#define WATCH_INDEX_H

#include "program.h"
#include "vocabulary.h"

/* One watch under one of its triggers. */
struct watch_posting {
	uint32_t watch;
	uint32_t guard; /* into guards; with WATCH_DECIDED trigger and guards are the whole query */
};
#define WATCH_DECIDED 0x80000000u

/* A term of a guard: it is not there when no word of the item has the tag, if there is one. */
#define WATCH_TAG_UNKNOWN 0
struct watch_guard_term {
	uint32_t term, tag;
};

/* An EXACT atom that is a trigger or an anchor, by its tag; atom WATCH_NONE: free. */
struct watch_trigger_atom {
	uint32_t tag, atom;
};

/* Two words of a phrase that is a trigger, by the tag of both; phrase WATCH_NONE: free. */
struct watch_pair {
	uint32_t tag, phrase;
	uint32_t atoms[2];
	uint16_t first; /* which word of the phrase the first of them is, counted from 0 */
	uint8_t rarer;	/* 0 or 1: the one that is looked out for */
	bool whole;	/* there are no other words in the phrase */
};

/* A bit by the top of a tag; 0: it is none of those that were put in. */
struct watch_bloom {
	uint64_t *bits;
	unsigned shift;
};

struct watch_index {
	/* Tables with open addressing. */
	struct watch_trigger_atom *trigger_atoms;
	struct watch_pair *pairs;
	uint32_t trigger_mask, pair_mask;
	struct watch_bloom words;  /* trigger_atoms and rarer ones of pairs */
	struct watch_bloom rarer;  /* the latter alone */
	struct watch_bloom paired; /* pairs */
	/* Of term t: postings[starts[t]] to postings[starts[t + 1] - 1]. */
	uint32_t *starts;
	struct watch_posting *postings;
	/* Of atom a: anchored[anchored_starts[a]] … are the phrases whose anchor it is. */
	uint32_t *anchored_starts;
	uint32_t *anchored;
	uint32_t *guards; /* at 0: nothing; else n, then n times: count, so many watch_guard_term */
	uint32_t *always; /* watches without a trigger */
	size_t n_guards, cap_guards, n_always;
};

struct watch_set {
	struct watch_program program;
	struct watch_vocabulary vocabulary;
	struct watch_index index; /* by guessed frequencies */
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

/* How common terms are: in how many of so many items each occurred. */
struct watch_frequencies {
	const uint32_t *counts;
	uint64_t items; /* 0: nothing is known, costs are guessed */
};

/* Takes the program over in both cases. 0 or -ERR_NOMEM. */
int watch_set_make(struct watch_program *p, struct watch_set **out);

/* What every item costs a watch, by its query alone. 0 or -ERR_NOMEM. */
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
 * Terms of which at least one occurs in every item that satisfies the step, appended to *terms.
 * How common they are, least is best; WATCH_REQUIRE_NONE when there is no such list, and nothing
 * is appended. -1: out of memory.
 */
double watch_require(const struct watch_program *p, const struct watch_frequencies *frequencies,
	uint32_t step, struct watch_terms *terms);
/* Is the step true exactly when one of its required terms occurs anywhere in the texts read? */
bool watch_require_exact(const struct watch_program *p, uint32_t step);
/* How common an atom is: of a thousand items, so many have it. */
double watch_atom_cost(
	const struct watch_program *p, const struct watch_frequencies *frequencies, uint32_t atom);
/* Which word of a phrase, counted from 0, the fewest items have. *cost: how common it is. */
uint32_t watch_phrase_rarest(const struct watch_program *p,
	const struct watch_frequencies *frequencies, const struct watch_phrase *ph, double *cost);

#endif
