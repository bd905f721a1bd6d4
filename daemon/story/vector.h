/* SPDX-License-Identifier: MIT */
/*
 * The words of an item with their weights (TF-IDF): of the title, counted twice, and of the first
 * 120 words of the body. The vector has length 1.
 */
#ifndef STORY_VECTOR_H
#define STORY_VECTOR_H

#include "frequency.h"
#include "keyed.h"
#include "text.h"

#define VECTOR_BODY_WORDS 120
#define VECTOR_MAX	  (STORY_TITLE_WORDS + VECTOR_BODY_WORDS)
#define VECTOR_HEAVIEST	  16
#define VECTOR_SLOTS	  512 /* more than twice VECTOR_MAX */
#define VECTOR_TAG_BITS	  21
#define VECTOR_LOGS	  1024

struct vector_word {
	uint64_t hash; /* keyed */
	uint32_t tag;  /* VECTOR_TAG_BITS of the hash, by which words are compared */
	float weight;
};

/* The caller keeps it from call to call: it is too large to be cleared for each. */
struct vector {
	struct vector_word v[VECTOR_MAX];
	size_t n;
	uint16_t slots[VECTOR_SLOTS];	    /* of v, by tag: 1 + its place; 0: free */
	uint16_t heaviest[VECTOR_HEAVIEST]; /* places in v, the heaviest first */
	size_t n_heaviest;
	float logs[VECTOR_LOGS]; /* logarithms of small numbers */
};

void vector_init(struct vector *x);
/* Reads a text: weights are how often its words are in it. */
void vector_read(struct vector *x, const struct story_text *t, struct keyed key);
/* Counts the text and its words, and weighs them: rare words weigh more. False: out of memory. */
bool vector_weigh(struct vector *x, struct frequency *f);

/* What a frequency counts. */
static inline uint32_t vector_counted_word(const struct vector_word *w)
{
	return (uint32_t)w->hash | 1;
}

/* 1 + the place of a word; 0: there is none with that tag. */
static inline unsigned vector_find(const struct vector *x, uint32_t tag)
{
	unsigned i = tag & (VECTOR_SLOTS - 1);

	while (x->slots[i] && x->v[x->slots[i] - 1].tag != tag)
		i = (i + 1) & (VECTOR_SLOTS - 1);
	return x->slots[i];
}

#endif
