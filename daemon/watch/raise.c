/* SPDX-License-Identifier: MIT */
/* From the words found in an item to the watches worth a look. */
#include <stdlib.h>

#include "watch/scratch.h"

#define TUNE_AGAIN 16 /* as many items later */
#define AHEAD	   4  /* terms, or postings */

/* A phrase is looked for when it is asked for; its matches are kept for the item. */
static bool phrase_occurs(struct watch_scratch *s, uint32_t phrase)
{
	const struct watch_program *p = &s->set->program;
	const struct watch_phrase *ph = &p->phrases[phrase];
	size_t n;

	for (uint32_t i = 0; i < ph->count; i++) {
		uint32_t atom = p->pieces[ph->first + i];

		if (atom != WATCH_NONE && !watch_term_present(s, atom))
			return false;
	}
	watch_phrase_spans(s, phrase, &n);
	return n > 0;
}

static inline bool occurs(struct watch_scratch *s, uint32_t term)
{
	uint32_t n_atoms = (uint32_t)s->set->program.n_atoms;

	if (watch_term_present(s, term))
		return true;
	return term >= n_atoms && phrase_occurs(s, term - n_atoms);
}

static bool passes(struct watch_scratch *s, uint32_t guard)
{
	const uint32_t *at = s->index->guards + (guard & ~WATCH_DECIDED);
	uint32_t lists = *at++;

	while (lists--) {
		uint32_t n = *at++, i = 0;

		while (i < n && !occurs(s, at[i]))
			i++;
		if (i == n)
			return false;
		at += n;
	}
	return true;
}

static void post(struct watch_scratch *s, const struct watch_posting *p)
{
	if (s->seen[p->watch] == s->generation || !passes(s, p->guard))
		return;
	s->seen[p->watch] = s->generation;
	if (p->guard & WATCH_DECIDED)
		s->matched[p->watch / 64] |= (uint64_t)1 << p->watch % 64;
	else
		s->candidates[s->n_candidates++] = p->watch; /* room for all watches */
}

/* Phrases that begin watches, by their rarest word. */
static bool find_phrases(struct watch_scratch *s, uint32_t atom)
{
	const struct watch_index *x = s->index;
	uint32_t n_atoms = (uint32_t)s->set->program.n_atoms;

	for (uint32_t i = x->phrase_starts[atom]; i < x->phrase_starts[atom + 1]; i++) {
		const struct watch_phrase_entry *e = &x->phrases[i];
		uint32_t term = n_atoms + e->phrase;

		if ((e->other != WATCH_NONE && !watch_term_present(s, e->other)) ||
			!phrase_occurs(s, e->phrase))
			continue;
		if (!watch_program_room(&s->terms, s->n_terms, &s->cap_terms, 1, sizeof(*s->terms)))
			return false;
		s->terms[s->n_terms++] = term;
		s->present[term / 64] |= (uint64_t)1 << term % 64;
		s->phrase_counts[e->phrase]++;
	}
	return true;
}

static inline void prefetch(const struct watch_scratch *s, size_t i)
{
	const struct watch_index *x = s->index;

	if (i + 3 * AHEAD < s->n_terms)
		__builtin_prefetch(&x->starts[s->terms[i + 3 * AHEAD]]);
	if (i + 2 * AHEAD < s->n_terms)
		__builtin_prefetch(&x->postings[x->starts[s->terms[i + 2 * AHEAD]]]);
	if (i + AHEAD < s->n_terms) {
		/* Behind the last posting stands an empty one. */
		const struct watch_posting *p = &x->postings[x->starts[s->terms[i + AHEAD]]];

		__builtin_prefetch(&x->guards[p->guard & ~WATCH_DECIDED]);
		__builtin_prefetch(&s->seen[p->watch]);
	}
}

/*
 * Postings and guards of a large set lie far apart in memory: those of the terms to come are asked
 * for while the ones at hand are looked at.
 */
static void post_all(struct watch_scratch *s)
{
	const struct watch_index *x = s->index;

	for (size_t i = 0; i < s->n_terms; i++) {
		uint32_t t = s->terms[i], end = x->starts[t + 1];

		prefetch(s, i);
		for (uint32_t k = x->starts[t]; k < end; k++) {
			if (k + AHEAD < end) {
				const struct watch_posting *p = &x->postings[k + AHEAD];

				__builtin_prefetch(&x->guards[p->guard & ~WATCH_DECIDED]);
				__builtin_prefetch(&s->seen[p->watch]);
			}
			post(s, &x->postings[k]);
		}
	}
}

static void find_all_phrases(struct watch_scratch *s)
{
	const struct watch_index *x = s->index;
	size_t words = s->n_terms;

	for (size_t i = 0; i < words; i++) {
		if (i + AHEAD < words)
			__builtin_prefetch(&x->phrase_starts[s->terms[i + AHEAD]]);
		if (!find_phrases(s, s->terms[i]))
			s->failed = true;
	}
}

void watch_item_raise(struct watch_scratch *s)
{
	const struct watch_index *x = s->index;

	find_all_phrases(s);
	post_all(s);
	for (size_t i = 0; i < x->n_always; i++)
		post(s, &(struct watch_posting){x->always[i], 0});
}

void watch_scratch_tune(struct watch_scratch *s)
{
	const struct watch_program *p = &s->set->program;
	uint32_t *counts = calloc(p->n_atoms + p->n_phrases + 1, sizeof(*counts));
	struct watch_census census = {counts, s->items};
	struct watch_index index;

	s->tune_at *= TUNE_AGAIN;
	for (size_t i = 0; counts && i < p->n_atoms; i++)
		counts[i] = s->atoms[i].count;
	if (counts)
		memcpy(counts + p->n_atoms, s->phrase_counts,
			p->n_phrases * sizeof(*s->phrase_counts));
	if (counts && watch_index_make(&index, p, &census) == 0) {
		watch_index_release(&s->tuned);
		s->tuned = index;
		s->index = &s->tuned;
	}
	free(counts);
}
