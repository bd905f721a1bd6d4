/* SPDX-License-Identifier: MIT */
/* From the words of an item to the triggers among them: lookouts and pairs. */
#include "watch/scratch.h"

static uint32_t tag_at(const struct watch_scratch *s, uint32_t dense)
{
	return s->words_at.tags[dense];
}

static uint32_t pair_tag_at(const struct watch_scratch *s, uint32_t dense)
{
	return watch_pair_tag(tag_at(s, dense), tag_at(s, dense + 1));
}

/* Is the word met again that stood before in the item? */
static bool is_repeated(const struct watch_scratch *s, uint32_t dense)
{
	uint32_t first = watch_concordance_first(&s->words_at, tag_at(s, dense));

	return first != dense && str_eq(watch_form_at(s, first), watch_form_at(s, dense));
}

/* The pair that begins at a word, when the sieve keeps it. */
static void sieve_pair(struct watch_scratch *s, uint32_t dense, uint32_t rarer)
{
	const struct watch_index *x = s->index;
	uint32_t tag = pair_tag_at(s, dense), slot = tag & x->pair_mask;

	if (!watch_sieve_keeps(&x->paired, tag))
		return;
	__builtin_prefetch(&x->pairs[slot]);
	s->pairs[s->n_pairs++] = (struct watch_likely){dense, slot, rarer};
}

/*
 * What the sieve kept goes by two ways: likely becomes the words that may be lookouts, each once;
 * pairs, those that a word makes with its neighbours. Their slots are asked for.
 */
static bool sort_likely(struct watch_scratch *s)
{
	const struct watch_index *x = s->index;
	size_t kept = 0;

	s->n_pairs = 0;
	if (!watch_program_room(&s->pairs, 0, &s->cap_pairs, 2 * s->n_likely, sizeof(*s->pairs)))
		return false;
	for (size_t k = 0; k < s->n_likely; k++) {
		uint32_t dense = s->likely[k].dense, tag = tag_at(s, dense);

		if (watch_sieve_keeps(&x->rarer, tag)) {
			sieve_pair(s, dense - 1, 1);
			sieve_pair(s, dense, 0);
		}
		if (is_repeated(s, dense))
			continue;
		__builtin_prefetch(&x->lookouts[tag & x->lookout_mask]);
		s->likely[kept++] = (struct watch_likely){dense, tag & x->lookout_mask, 0};
	}
	s->n_likely = kept;
	return true;
}

/* Moves on to the slot with the tag; false: there is none. */
static bool seek_lookout(const struct watch_index *x, uint32_t tag, uint32_t *slot)
{
	while (x->lookouts[*slot].atom != WATCH_NONE && x->lookouts[*slot].tag != tag)
		*slot = (*slot + 1) & x->lookout_mask;
	return x->lookouts[*slot].atom != WATCH_NONE;
}

static bool find_lookouts(struct watch_scratch *s)
{
	const struct watch_vocabulary *v = &s->set->vocabulary;
	const struct watch_index *x = s->index;
	size_t kept = 0;

	for (size_t k = 0; k < s->n_likely; k++) {
		struct watch_likely *l = &s->likely[k];

		s->likely[kept] = *l;
		if (!seek_lookout(x, tag_at(s, l->dense), &s->likely[kept].slot))
			continue;
		__builtin_prefetch(&v->known[x->lookouts[s->likely[kept++].slot].atom]);
	}
	if (!watch_item_room(s, kept))
		return false;
	for (size_t k = 0; k < kept; k++) {
		uint32_t dense = s->likely[k].dense, slot = s->likely[k].slot;

		for (; seek_lookout(x, tag_at(s, dense), &slot);
			slot = (slot + 1) & x->lookout_mask)
			if (watch_vocabulary_is(
				    v, x->lookouts[slot].atom, watch_form_at(s, dense))) {
				s->terms[s->n_terms++] = x->lookouts[slot].atom;
				break;
			}
	}
	return true;
}

static bool seek_pair(const struct watch_index *x, uint32_t tag, uint32_t *slot)
{
	while (x->pairs[*slot].phrase != WATCH_NONE && x->pairs[*slot].tag != tag)
		*slot = (*slot + 1) & x->pair_mask;
	return x->pairs[*slot].phrase != WATCH_NONE;
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
static bool find_pair(struct watch_scratch *s, const struct watch_likely *l)
{
	const struct watch_index *x = s->index;
	uint32_t tag = pair_tag_at(s, l->dense), slot = l->slot;

	for (; seek_pair(x, tag, &slot); slot = (slot + 1) & x->pair_mask) {
		const struct watch_pair *pair = &x->pairs[slot];

		if (pair->rarer != l->rarer || !stands(s, pair, l->dense))
			continue;
		if (!watch_item_room(s, 1))
			return false;
		s->terms[s->n_terms++] = (uint32_t)s->set->program.n_atoms + pair->phrase;
	}
	return true;
}

static bool find_pairs(struct watch_scratch *s)
{
	const struct watch_vocabulary *v = &s->set->vocabulary;
	const struct watch_index *x = s->index;
	size_t kept = 0;

	for (size_t k = 0; k < s->n_pairs; k++) {
		struct watch_likely *l = &s->pairs[kept];

		*l = s->pairs[k];
		if (!seek_pair(x, pair_tag_at(s, l->dense), &l->slot))
			continue;
		__builtin_prefetch(&v->known[x->pairs[l->slot].atoms[0]]);
		__builtin_prefetch(&v->known[x->pairs[l->slot].atoms[1]]);
		kept++;
	}
	for (size_t k = 0; k < kept; k++)
		if (!find_pair(s, &s->pairs[k]))
			return false;
	return true;
}

bool watch_triggers_find(struct watch_scratch *s)
{
	return sort_likely(s) && find_lookouts(s) && find_pairs(s);
}
