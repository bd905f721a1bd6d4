/* SPDX-License-Identifier: MIT */
/* From the words found in an item to the watches worth a look. */
#include <stdlib.h>

#include "scratch.h"

#define TUNE_AGAIN 16  /* as many items later */
#define COUNT_EACH 128 /* items */
#define AHEAD	   4   /* terms, or postings */

static bool has_spans(struct watch_scratch *s, uint32_t phrase)
{
	size_t n;

	watch_phrase_spans(s, phrase, &n);
	return n > 0;
}

static bool occurs(struct watch_scratch *s, uint32_t term, uint32_t tag)
{
	uint32_t n_atoms = (uint32_t)s->set->program.n_atoms, at;

	if (tag != WATCH_TAG_UNKNOWN) {
		at = watch_concordance_glance(&s->words_at, tag);
		if (at == WATCH_NOWHERE)
			return false;
		if (term < n_atoms && watch_word_is(s, at, term))
			return true;
	}
	/* These look once, however many watches ask. */
	if (term < n_atoms)
		return watch_atom_occurs(s, term, UINT8_MAX);
	return has_spans(s, term - n_atoms);
}

static bool passes(struct watch_scratch *s, uint32_t guard)
{
	const uint32_t *at = s->index->guards + (guard & ~WATCH_DECIDED);
	uint32_t lists = *at++;

	while (lists--) {
		uint32_t n = *at++, i = 0;

		while (i < n && !occurs(s, at[2 * i], at[2 * i + 1]))
			i++;
		if (i == n)
			return false;
		at += 2 * n;
	}
	return true;
}

static void post(struct watch_scratch *s, const struct watch_posting *p)
{
	if (!passes(s, p->guard))
		return;
	if (p->guard & WATCH_DECIDED) {
		watch_matches(s, p->watch);
	} else if (s->seen[p->watch] != s->generation) {
		s->seen[p->watch] = s->generation;
		s->candidates[s->n_candidates++] = p->watch; /* room for all watches */
	}
}

/* Phrases that an atom is the anchor of. */
static bool find_anchored(struct watch_scratch *s, uint32_t atom)
{
	const struct watch_index *x = s->index;
	uint32_t n_atoms = (uint32_t)s->set->program.n_atoms, end = x->anchored_starts[atom + 1];

	for (uint32_t i = x->anchored_starts[atom]; i < end; i++) {
		if (!has_spans(s, x->anchored[i]))
			continue;
		if (!watch_term_add(s, n_atoms + x->anchored[i]))
			return false;
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
			}
			post(s, &x->postings[k]);
		}
	}
}

static void find_all_anchored(struct watch_scratch *s)
{
	const struct watch_program *p = &s->set->program;
	size_t n = s->n_terms;

	if (s->index->anchored_starts[p->n_atoms] == 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (s->terms[i] < p->n_atoms && !find_anchored(s, s->terms[i]))
			s->failed = true;
}

void watch_item_raise(struct watch_scratch *s)
{
	const struct watch_index *x = s->index;

	find_all_anchored(s);
	post_all(s);
	for (size_t i = 0; i < x->n_always; i++)
		post(s, &(struct watch_posting){x->always[i], 0});
}

/* --- how common terms are --- */

static void count_words(struct watch_scratch *s, const struct watch_region *r)
{
	const struct watch_vocabulary *v = &s->set->vocabulary;

	for (uint32_t i = 0; i < r->count; i++) {
		struct watch_lookup word = {
			.hash = r->words->word[i].hash, .form = text_words_form(r->words, i)};
		uint32_t atom = watch_vocabulary_exact(v, &word);

		if (atom == WATCH_NONE || watch_term_marked(s, atom))
			continue;
		watch_term_mark(s, atom);
		s->counts[atom]++;
	}
}

void watch_item_count(struct watch_scratch *s)
{
	const struct watch_known *known = s->set->vocabulary.known;
	size_t n_atoms = s->set->program.n_atoms;

	if (s->items > WATCH_TUNE_FIRST && s->items % COUNT_EACH != 0)
		return;
	s->counted++;
	watch_terms_unmark(s);
	for (size_t i = 0; i < s->n_regions; i++)
		count_words(s, &s->regions[i]);
	for (size_t i = 0; i < s->n_terms; i++) {
		uint32_t term = s->terms[i];

		if (term >= n_atoms || !known[term].exact)
			s->counts[term]++;
	}
}

void watch_scratch_tune(struct watch_scratch *s)
{
	struct watch_census census = {s->counts, s->counted};
	struct watch_index index;

	s->tune_at *= TUNE_AGAIN;
	if (s->counted == 0 || watch_index_make(&index, &s->set->program, &census) < 0)
		return;
	watch_index_release(&s->tuned);
	s->tuned = index;
	s->index = &s->tuned;
}
