/* SPDX-License-Identifier: MIT */
/* From the words of an item to the triggers among them: lookouts and pairs. */
#include "scratch.h"

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
	const struct watch_index *x = s->index;
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
	const struct watch_index *x = s->index;
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
	const struct watch_index *x = s->index;

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
	const struct watch_index *x = s->index;
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
	const struct watch_index *x = s->index;

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
