/* SPDX-License-Identifier: MIT */
/*
 * Which watches to look at: each is entered under the terms of its rarest required part, its
 * triggers. When none of them occurs in an item the watch cannot match. Its other required parts
 * guard it: each is a list of terms of which one must occur too.
 *
 * A term is an atom, or a phrase: n_atoms + its number.
 */
#ifndef WATCH_INDEX_H
#define WATCH_INDEX_H

#include "watch/program.h"
#include "watch/vocabulary.h"

/* One watch under one of its triggers. */
struct watch_posting {
	uint32_t watch;
	uint32_t guard; /* into guards; with WATCH_DECIDED trigger and guards are the whole query */
};
#define WATCH_DECIDED 0x80000000u

struct watch_phrase_entry {
	uint32_t phrase;
	uint32_t other; /* another word of it, spares most looks at the phrase; WATCH_NONE */
};

struct watch_index {
	/* Of term t: postings[starts[t]] to postings[starts[t + 1] - 1]. */
	uint32_t *starts;
	struct watch_posting *postings;
	/* Phrases that are triggers, by the word of them that is looked for. */
	uint32_t *phrase_starts;
	struct watch_phrase_entry *phrases;
	uint32_t *guards; /* at 0: nothing; else n, then n times: count, terms */
	uint32_t *always; /* watches without a trigger */
	size_t n_guards, cap_guards, n_always;
};

struct watch_set {
	struct watch_program program;
	struct watch_vocabulary vocabulary;
	struct watch_index index; /* by guessed frequencies */
};

/* How common terms are: in how many of so many items each occurred. */
struct watch_census {
	const uint32_t *counts;
	uint64_t items; /* 0: nothing is known, costs are guessed */
};

/* Takes the program over in both cases. 0 or -ERR_NOMEM. */
int watch_set_make(struct watch_program *p, struct watch_set **out);

/* What every item costs a watch, by its query alone. 0 or -ERR_NOMEM. */
int watch_cost_of(const struct watch_program *p, uint32_t root, enum watch_cost *cost);

int watch_index_make(struct watch_index *index, const struct watch_program *p,
	const struct watch_census *census);
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
double watch_require(const struct watch_program *p, const struct watch_census *census,
	uint32_t step, struct watch_terms *terms);
/* Is the step true exactly when one of its required terms occurs anywhere in the texts read? */
bool watch_require_exact(const struct watch_program *p, uint32_t step);
/* How common an atom is: of a thousand items, so many have it. */
double watch_atom_cost(
	const struct watch_program *p, const struct watch_census *census, uint32_t atom);
/*
 * Which word of a phrase, counted from 0, the fewest items have, the atom `but` aside. *cost: how
 * common it is; WATCH_REQUIRE_NONE when no other word is left.
 */
uint32_t watch_phrase_rarest(const struct watch_program *p, const struct watch_census *census,
	const struct watch_phrase *ph, uint32_t but, double *cost);

#endif
