/* SPDX-License-Identifier: MIT */
/* In how many texts each word is, in bounded memory: words that stay rare are dropped first. */
#ifndef STORY_FREQUENCY_H
#define STORY_FREQUENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frequency_slot {
	uint32_t word; /* a hash; 0: free */
	uint32_t texts;
};

struct frequency {
	struct frequency_slot *slots;
	size_t n_slots;	     /* a power of two, or 0 */
	size_t n_words, max; /* max: slots */
	double texts;	     /* counted */
};

/* bytes: at most, but for a small table that is always there. */
void frequency_init(struct frequency *f, size_t bytes);
void frequency_release(struct frequency *f);
size_t frequency_bytes(const struct frequency *f);
/* False: out of memory. */
bool frequency_count(struct frequency *f, uint32_t word);
/* The number of texts with the word, at least 1. */
double frequency_of(const struct frequency *f, uint32_t word);

#endif
