/* SPDX-License-Identifier: MIT */
/*
 * From the words of an item to the watches worth evaluating: lookouts and pairs in its text are the
 * terms found; the postings of these terms, filtered by their guards, are the candidates.
 */
#include "scratch.h"

#define AHEAD 4 /* terms, or postings */

/* --- from words to terms --- */

static uint32_t tag_at(const struct watch_scratch *s, uint32_t dense)
{
	return s->words_at.tags[dense];
}

static uint32_t pair_tag_at(const struct watch_scratch *s, uint32_t dense)
{
	return watch_pair_tag(tag_at(s, dense), tag_at(s, dense + 1));
}

/*
 * Of the words that the sieve kept: the pairs that they make with their neighbours, and those words
 * that may be lookouts, hardly any of them twice. No branch depends on a word: each is written, and
 * the next one over it when it is not to stay.
 */
static bool sort_kept(struct watch_scratch *s)
{
	const struct watch_index *x = s->statistics.index;
	const uint32_t *tags = s->words_at.tags, *next = s->words_at.next;
	uint32_t *kept = s->kept, *pair;

	if (!array_room(&s->pairs, 0, &s->cap_pairs, 2 * s->n_kept + 1, sizeof(*s->pairs)))
		return false;
	pair = s->pairs;
	for (size_t k = 0; k < s->n_kept; k++) {
		uint32_t at = s->kept[k], tag = tags[at];
		uint32_t before = watch_pair_tag(tags[at - 1], tag);
		uint32_t behind = watch_pair_tag(tag, tags[at + 1]);
		unsigned rarer = watch_sieve_keeps(&x->rarer, tag);

		*pair = at - 1;
		pair += rarer & watch_sieve_keeps(&x->paired, before);
		*pair = at;
		pair += rarer & watch_sieve_keeps(&x->paired, behind);
		*kept = at;
		kept += tags[next[at]] != tag || next[at] == WATCH_NOWHERE;
	}
	s->n_kept = (size_t)(kept - s->kept);
	s->n_pairs = (size_t)(pair - s->pairs);
	return true;
}

/* Where the table is first looked at: a word that comes to a free slot is not in it. */
static void drop_unknown(struct watch_scratch *s)
{
	const struct watch_index *x = s->statistics.index;
	uint32_t *kept = s->kept;

	for (size_t k = 0; k < s->n_kept; k++)
		__builtin_prefetch(&x->lookouts[tag_at(s, s->kept[k]) & x->lookout_mask]);
	for (size_t k = 0; k < s->n_pairs; k++)
		__builtin_prefetch(&x->pairs[pair_tag_at(s, s->pairs[k]) & x->pair_mask]);
	for (size_t k = 0; k < s->n_kept; k++) {
		uint32_t slot = tag_at(s, s->kept[k]) & x->lookout_mask;

		*kept = s->kept[k];
		kept += x->lookouts[slot].atom != WATCH_NONE;
	}
	s->n_kept = (size_t)(kept - s->kept);
}

/*
 * Every word that has the tag is asked, once: the one that was kept may not be the atom's, and an
 * item may have been made to hold ever so many of that tag.
 */
static bool find_lookouts(struct watch_scratch *s)
{
	const struct watch_known *known = s->set->vocabulary.known;
	const struct watch_index *x = s->statistics.index;

	for (size_t k = 0; k < s->n_kept; k++)
		__builtin_prefetch(
			&known[x->lookouts[tag_at(s, s->kept[k]) & x->lookout_mask].atom]);
	for (size_t k = 0; k < s->n_kept; k++) {
		uint32_t tag = tag_at(s, s->kept[k]), slot = tag & x->lookout_mask;

		for (; x->lookouts[slot].atom != WATCH_NONE; slot = (slot + 1) & x->lookout_mask) {
			uint32_t atom = x->lookouts[slot].atom;

			if (x->lookouts[slot].tag != tag || watch_term_marked(s, atom))
				continue;
			watch_term_mark(s, atom);
			if (watch_word_from(s, watch_concordance_first(&s->words_at, tag), atom) !=
					WATCH_NOWHERE &&
				!watch_term_add(s, atom))
				return false;
		}
	}
	return true;
}

/* Does the phrase of a pair stand where the pair stands? */
static bool stands(const struct watch_scratch *s, const struct watch_pair *pair, uint32_t dense)
{
	const struct watch_phrase *ph;
	const struct watch_region *r;
	uint32_t index;

	if (!watch_word_is(s, dense, pair->atoms[0]) ||
		!watch_word_is(s, dense + 1, pair->atoms[1]))
		return false;
	if (pair->whole)
		return true;
	ph = &s->set->program.phrases[pair->phrase];
	r = watch_region_of(s, dense);
	index = dense - r->dense;
	if (index < pair->first || index - pair->first + ph->count > r->count)
		return false;
	for (uint32_t i = 0; i < ph->count; i++)
		if (!watch_word_is(
			    s, dense - pair->first + i, s->set->program.pieces[ph->first + i]))
			return false;
	return true;
}

/* All phrases of a pair; several may have the same. */
static bool find_pair(struct watch_scratch *s, uint32_t dense)
{
	const struct watch_index *x = s->statistics.index;
	uint32_t tag = pair_tag_at(s, dense), slot = tag & x->pair_mask;

	for (; x->pairs[slot].phrase != WATCH_NONE; slot = (slot + 1) & x->pair_mask) {
		const struct watch_pair *pair = &x->pairs[slot];
		uint32_t term = (uint32_t)s->set->program.n_atoms + pair->phrase;

		if (pair->tag != tag || watch_term_marked(s, term) || !stands(s, pair, dense))
			continue;
		watch_term_mark(s, term);
		if (!watch_term_add(s, term))
			return false;
	}
	return true;
}

static bool find_pairs(struct watch_scratch *s)
{
	const struct watch_known *known = s->set->vocabulary.known;
	const struct watch_index *x = s->statistics.index;

	for (size_t k = 0; k < s->n_pairs; k++) {
		uint32_t slot = pair_tag_at(s, s->pairs[k]) & x->pair_mask;

		__builtin_prefetch(&known[x->pairs[slot].atoms[0]]);
		__builtin_prefetch(&known[x->pairs[slot].atoms[1]]);
	}
	for (size_t k = 0; k < s->n_pairs; k++)
		if (!find_pair(s, s->pairs[k]))
			return false;
	return true;
}

bool watch_triggers_find(struct watch_scratch *s)
{
	if (!sort_kept(s))
		return false;
	drop_unknown(s);
	return find_lookouts(s) && find_pairs(s);
}

/* --- from terms to candidates --- */

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
	const uint32_t *at = s->statistics.index->guards + (guard & ~WATCH_DECIDED);
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
	const struct watch_index *x = s->statistics.index;
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
	const struct watch_index *x = s->statistics.index;

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
	const struct watch_index *x = s->statistics.index;

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

	if (s->statistics.index->anchored_starts[p->n_atoms] == 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (s->terms[i] < p->n_atoms && !find_anchored(s, s->terms[i]))
			s->failed = true;
}

void watch_item_raise(struct watch_scratch *s)
{
	const struct watch_index *x = s->statistics.index;

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
		s->statistics.counts[atom]++;
	}
}

void watch_item_count(struct watch_scratch *s)
{
	const struct watch_known *known = s->set->vocabulary.known;
	size_t n_atoms = s->set->program.n_atoms;

	if (!watch_statistics_add_item(&s->statistics))
		return;
	watch_terms_unmark(s);
	for (size_t i = 0; i < s->n_regions; i++)
		count_words(s, &s->regions[i]);
	for (size_t i = 0; i < s->n_terms; i++) {
		uint32_t term = s->terms[i];

		if (term >= n_atoms || !known[term].exact)
			s->statistics.counts[term]++;
	}
}
