/* SPDX-License-Identifier: MIT */
/*
 * From the words of an item to the watches worth evaluating: trigger atoms and pairs in its text
 * are the terms found; the posting lists of these terms, filtered by their guards, are the
 * candidates.
 */
#include <stdlib.h>

#include "scratch.h"

#define AHEAD 4 /* entries prefetched */

/* --- from words to terms --- */

static uint32_t terms_tag_at(const struct watch_item *item, uint32_t dense)
{
	return item->word_table.tags[dense];
}

static uint32_t terms_pair_tag_at(const struct watch_item *item, uint32_t dense)
{
	return watch_pair_tag(terms_tag_at(item, dense), terms_tag_at(item, dense + 1));
}

/*
 * Of the words that passed the Bloom filter, lists the pairs that they form with their neighbours,
 * and those that may be trigger atoms, mostly without duplicates. No branch depends on a word: each
 * is written, and overwritten by the next one if it is not to be kept.
 */
static bool terms_sort_kept(struct watch_item *item, const struct watch_index *x)
{
	const uint32_t *tags = item->word_table.tags, *next = item->word_table.next;
	uint32_t *kept = item->kept, *pair;

	if (!array_room(
		    &item->pairs, 0, &item->cap_pairs, 2 * item->n_kept + 1, sizeof(*item->pairs)))
		return false;
	pair = item->pairs;
	for (size_t k = 0; k < item->n_kept; k++) {
		uint32_t at = item->kept[k], tag = tags[at];
		uint32_t before = watch_pair_tag(tags[at - 1], tag);
		uint32_t behind = watch_pair_tag(tag, tags[at + 1]);
		unsigned rarer = watch_bloom_has(&x->rarer, tag);

		*pair = at - 1;
		pair += rarer & watch_bloom_has(&x->paired, before);
		*pair = at;
		pair += rarer & watch_bloom_has(&x->paired, behind);
		*kept = at;
		kept += tags[next[at]] != tag || next[at] == WATCH_NOWHERE;
	}
	item->n_kept = (size_t)(kept - item->kept);
	item->n_pairs = (size_t)(pair - item->pairs);
	return true;
}

/* First look-up in the hash tables: a word whose slot is empty is not in them. */
static void terms_drop_unknown(struct watch_item *item, const struct watch_index *x)
{
	uint32_t *kept = item->kept;

	for (size_t k = 0; k < item->n_kept; k++)
		__builtin_prefetch(
			&x->trigger_atoms[terms_tag_at(item, item->kept[k]) & x->trigger_mask]);
	for (size_t k = 0; k < item->n_pairs; k++)
		__builtin_prefetch(
			&x->pairs[terms_pair_tag_at(item, item->pairs[k]) & x->pair_mask]);
	for (size_t k = 0; k < item->n_kept; k++) {
		uint32_t slot = terms_tag_at(item, item->kept[k]) & x->trigger_mask;

		*kept = item->kept[k];
		kept += x->trigger_atoms[slot].atom != WATCH_NONE;
	}
	item->n_kept = (size_t)(kept - item->kept);
}

/*
 * All words with the tag are compared, once per tag: the one that was kept may be another word with
 * the same tag, and a crafted item may have any number of these.
 */
static bool terms_find_atoms(struct watch_item *item, const struct watch_index *x)
{
	const struct watch_known *known = item->vocabulary->known;

	for (size_t k = 0; k < item->n_kept; k++)
		__builtin_prefetch(
			&known[x->trigger_atoms[terms_tag_at(item, item->kept[k]) & x->trigger_mask]
					.atom]);
	for (size_t k = 0; k < item->n_kept; k++) {
		uint32_t tag = terms_tag_at(item, item->kept[k]), slot = tag & x->trigger_mask;

		for (; x->trigger_atoms[slot].atom != WATCH_NONE;
			slot = (slot + 1) & x->trigger_mask) {
			uint32_t atom = x->trigger_atoms[slot].atom;

			if (x->trigger_atoms[slot].tag != tag || watch_term_marked(item, atom))
				continue;
			watch_term_mark(item, atom);
			if (watch_word_from(item, watch_word_table_first(&item->word_table, tag),
				    atom) != WATCH_NOWHERE &&
				!watch_term_add(item, atom))
				return false;
		}
	}
	return true;
}

/* Does the phrase of the pair match where the pair is? */
static bool terms_pair_matches(
	const struct watch_item *item, const struct watch_pair *pair, uint32_t dense)
{
	const struct watch_phrase *ph;
	const struct watch_region *r;
	uint32_t index;

	if (!watch_word_is(item, dense, pair->atoms[0]) ||
		!watch_word_is(item, dense + 1, pair->atoms[1]))
		return false;
	if (pair->whole)
		return true;
	ph = &item->program->phrases[pair->phrase];
	r = watch_region_of(item, dense);
	index = dense - r->dense;
	if (index < pair->first || index - pair->first + ph->count > r->count)
		return false;
	for (uint32_t i = 0; i < ph->count; i++)
		if (!watch_word_is(
			    item, dense - pair->first + i, item->program->pieces[ph->first + i]))
			return false;
	return true;
}

/* Several phrases may have the same pair. */
static bool terms_find_pair(struct watch_item *item, const struct watch_index *x, uint32_t dense)
{
	uint32_t tag = terms_pair_tag_at(item, dense), slot = tag & x->pair_mask;

	for (; x->pairs[slot].phrase != WATCH_NONE; slot = (slot + 1) & x->pair_mask) {
		const struct watch_pair *pair = &x->pairs[slot];
		uint32_t term = (uint32_t)item->program->n_atoms + pair->phrase;

		if (pair->tag != tag || watch_term_marked(item, term) ||
			!terms_pair_matches(item, pair, dense))
			continue;
		watch_term_mark(item, term);
		if (!watch_term_add(item, term))
			return false;
	}
	return true;
}

static bool terms_find_pairs(struct watch_item *item, const struct watch_index *x)
{
	const struct watch_known *known = item->vocabulary->known;

	for (size_t k = 0; k < item->n_pairs; k++) {
		uint32_t slot = terms_pair_tag_at(item, item->pairs[k]) & x->pair_mask;

		__builtin_prefetch(&known[x->pairs[slot].atoms[0]]);
		__builtin_prefetch(&known[x->pairs[slot].atoms[1]]);
	}
	for (size_t k = 0; k < item->n_pairs; k++)
		if (!terms_find_pair(item, x, item->pairs[k]))
			return false;
	return true;
}

bool watch_terms_find(struct watch_item *item, const struct watch_index *x)
{
	if (!terms_sort_kept(item, x))
		return false;
	terms_drop_unknown(item, x);
	return terms_find_atoms(item, x) && terms_find_pairs(item, x);
}

/* --- from terms to candidates --- */

static bool candidates_has_phrase(struct watch_scratch *s, uint32_t phrase)
{
	size_t n;

	watch_phrase_spans(&s->item, &s->budget, phrase, &n);
	return n > 0;
}

static bool candidates_term_occurs(struct watch_scratch *s, uint32_t term, uint32_t tag)
{
	uint32_t n_atoms = (uint32_t)s->set->program.n_atoms, at;

	if (tag != WATCH_TAG_UNKNOWN) {
		at = watch_word_table_glance(&s->item.word_table, tag);
		if (at == WATCH_NOWHERE)
			return false;
		if (term < n_atoms && watch_word_is(&s->item, at, term))
			return true;
	}
	/* Cached: evaluated once per item, for any number of watches. */
	if (term < n_atoms)
		return watch_atom_occurs(&s->item, term, UINT8_MAX);
	return candidates_has_phrase(s, term - n_atoms);
}

static bool candidates_pass_guard(struct watch_scratch *s, uint32_t guard)
{
	const uint32_t *at = s->statistics.index->guards + (guard & ~WATCH_DECIDED);
	uint32_t lists = *at++;

	while (lists--) {
		uint32_t n = *at++, i = 0;

		while (i < n && !candidates_term_occurs(s, at[2 * i], at[2 * i + 1]))
			i++;
		if (i == n)
			return false;
		at += 2 * n;
	}
	return true;
}

static void candidates_add_posting(struct watch_scratch *s, const struct watch_posting *p)
{
	if (!candidates_pass_guard(s, p->guard))
		return;
	if (p->guard & WATCH_DECIDED) {
		watch_candidates_match(&s->candidates, p->watch);
	} else if (s->candidates.seen[p->watch] != s->item.generation) {
		s->candidates.seen[p->watch] = s->item.generation;
		s->candidates.v[s->candidates.n++] = p->watch; /* room for all watches */
	}
}

/* Appends the phrases that have this atom as anchor, if they match. */
static bool candidates_find_anchored(struct watch_scratch *s, uint32_t atom)
{
	const struct watch_index *x = s->statistics.index;
	uint32_t n_atoms = (uint32_t)s->set->program.n_atoms, end = x->anchored_starts[atom + 1];

	for (uint32_t i = x->anchored_starts[atom]; i < end; i++) {
		if (!candidates_has_phrase(s, x->anchored[i]))
			continue;
		if (!watch_term_add(&s->item, n_atoms + x->anchored[i]))
			return false;
	}
	return true;
}

static inline void candidates_prefetch_term(const struct watch_scratch *s, size_t i)
{
	const struct watch_index *x = s->statistics.index;

	if (i + 3 * AHEAD < s->item.n_terms)
		__builtin_prefetch(&x->starts[s->item.terms[i + 3 * AHEAD]]);
	if (i + 2 * AHEAD < s->item.n_terms)
		__builtin_prefetch(&x->postings[x->starts[s->item.terms[i + 2 * AHEAD]]]);
	if (i + AHEAD < s->item.n_terms) {
		/* There is an empty posting after the last one. */
		const struct watch_posting *p = &x->postings[x->starts[s->item.terms[i + AHEAD]]];

		__builtin_prefetch(&x->guards[p->guard & ~WATCH_DECIDED]);
	}
}

/*
 * Postings and guards of a large set are scattered in memory, so those of the next terms are
 * prefetched.
 */
static void candidates_add_postings(struct watch_scratch *s)
{
	const struct watch_index *x = s->statistics.index;

	for (size_t i = 0; i < s->item.n_terms; i++) {
		uint32_t t = s->item.terms[i], end = x->starts[t + 1];

		candidates_prefetch_term(s, i);
		for (uint32_t k = x->starts[t]; k < end; k++) {
			if (k + AHEAD < end) {
				const struct watch_posting *p = &x->postings[k + AHEAD];

				__builtin_prefetch(&x->guards[p->guard & ~WATCH_DECIDED]);
			}
			candidates_add_posting(s, &x->postings[k]);
		}
	}
}

static void candidates_find_phrases(struct watch_scratch *s)
{
	const struct watch_program *p = &s->set->program;
	size_t n = s->item.n_terms;

	if (s->statistics.index->anchored_starts[p->n_atoms] == 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (s->item.terms[i] < p->n_atoms && !candidates_find_anchored(s, s->item.terms[i]))
			s->item.failed = true;
}

void watch_candidates_find(struct watch_scratch *s)
{
	const struct watch_index *x = s->statistics.index;

	candidates_find_phrases(s);
	candidates_add_postings(s);
	for (size_t i = 0; i < x->n_always; i++)
		candidates_add_posting(s, &(struct watch_posting){x->always[i], 0});
}

/* --- matches --- */

size_t watch_candidates_take_matches(struct watch_candidates *c)
{
	size_t n = 0, words = c->n_watches / 64 / 64 + 1;

	for (size_t i = 0; i < words; i++) {
		for (uint64_t full = c->matching[i]; full; full &= full - 1) {
			size_t at = i * 64 + (size_t)__builtin_ctzll(full);

			for (uint64_t bits = c->matched[at]; bits; bits &= bits - 1)
				c->v[n++] = (uint32_t)(at * 64) + (uint32_t)__builtin_ctzll(bits);
			c->matched[at] = 0;
		}
		c->matching[i] = 0;
	}
	return n;
}

void watch_candidates_begin_item(struct watch_candidates *c, uint32_t generation)
{
	if (generation <= c->generation) /* the number wrapped around */
		memset(c->seen, 0, c->n_watches * sizeof(*c->seen));
	c->generation = generation;
	watch_candidates_take_matches(c); /* of the last item */
	c->n = 0;
}

bool watch_candidates_init(struct watch_candidates *c, size_t n_watches)
{
	*c = (struct watch_candidates){
		.seen = calloc(n_watches + 1, sizeof(*c->seen)),
		.v = calloc(n_watches + 1, sizeof(*c->v)),
		.matched = calloc(n_watches / 64 + 1, sizeof(*c->matched)),
		.matching = calloc(n_watches / 64 / 64 + 1, sizeof(*c->matching)),
		.n_watches = n_watches,
	};
	return c->seen && c->v && c->matched && c->matching;
}

void watch_candidates_release(struct watch_candidates *c)
{
	free(c->seen);
	free(c->v);
	free(c->matched);
	free(c->matching);
	*c = (struct watch_candidates){0};
}
