/* SPDX-License-Identifier: MIT */
/*
 * Which watches to look at: each is entered under the atoms of its rarest required part; when none
 * of them occurs in an item the watch cannot match.
 */
#ifndef WATCH_INDEX_H
#define WATCH_INDEX_H

#include "watch/program.h"
#include "watch/vocabulary.h"

struct watch_set {
	struct watch_program program;
	struct watch_vocabulary vocabulary;
	/* Watches of atom a: postings[starts[a]] to postings[starts[a + 1] - 1], growing. */
	uint32_t *starts, *postings;
	uint32_t *always; /* watches without a required atom */
	size_t n_always;
};

/* Takes the program over in both cases. 0 or -ERR_NOMEM. */
int watch_index_make(struct watch_program *p, struct watch_set **out);

/*
 * Atoms of which at least one occurs in every item that step `root` matches, appended to *atoms.
 * What that part of the query costs, least is best; WATCH_REQUIRE_NONE when there is no such part,
 * and nothing is appended. -1: out of memory.
 */
#define WATCH_REQUIRE_NONE 1e30
struct watch_atom_list {
	uint32_t *v;
	size_t n, cap;
};
double watch_require(const struct watch_program *p, uint32_t root, struct watch_atom_list *atoms);
/* How common an atom is, as a guess: of a thousand items, so many have it. */
double watch_atom_cost(const struct watch_program *p, uint32_t atom);

#endif
