/* SPDX-License-Identifier: MIT */
/* From the words found in an item to the watches worth a look. */
#include <stdlib.h>

#include "watch/scratch.h"

#define TUNE_AGAIN 16 /* as many items later */

static bool is_present(const struct watch_scratch *s, uint32_t term)
{
	return s->present[term / 64] >> term % 64 & 1;
}

/* A phrase is looked for when it is asked for; its matches are kept for the item. */
static bool occurs(struct watch_scratch *s, uint32_t term)
{
	const struct watch_program *p = &s->set->program;
	uint32_t atom;
	size_t n;

	if (term < p->n_atoms || is_present(s, term))
		return is_present(s, term);
	term -= (uint32_t)p->n_atoms;
	atom = p->pieces[p->phrases[term].first + p->phrases[term].rarest];
	if (!is_present(s, atom))
		return false;
	watch_phrase_spans(s, term, &n);
	return n > 0;
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
		uint32_t term = n_atoms + x->phrases[i];

		if (!occurs(s, term))
			continue;
		if (!watch_program_room(&s->terms, s->n_terms, &s->cap_terms, 1, sizeof(*s->terms)))
			return false;
		s->terms[s->n_terms++] = term;
		s->present[term / 64] |= (uint64_t)1 << term % 64;
		s->phrase_counts[x->phrases[i]]++;
	}
	return true;
}

void watch_item_raise(struct watch_scratch *s)
{
	const struct watch_index *x = s->index;
	size_t words = s->n_terms;

	for (size_t i = 0; i < words; i++)
		if (!find_phrases(s, s->terms[i]))
			s->failed = true;
	for (size_t i = 0; i < s->n_terms; i++) {
		uint32_t t = s->terms[i];

		for (uint32_t k = x->starts[t]; k < x->starts[t + 1]; k++)
			post(s, &x->postings[k]);
	}
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
