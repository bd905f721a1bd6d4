/* SPDX-License-Identifier: MIT */
/*
 * Atoms other than EXACT: wildcards, spellings, stems, words nearly alike.
 */
#include "watch/scratch.h"

/* An atom that is not EXACT: it is a term found when this is its first occurrence. */
static void note(struct watch_scratch *s, uint32_t atom, uint32_t position, unsigned field)
{
	struct watch_atom_state *a = &s->atoms[atom];

	if (a->generation != s->generation) {
		*a = (struct watch_atom_state){s->generation, WATCH_NONE, WATCH_NONE, 0};
		s->terms[s->n_terms++] = atom;
	}
	watch_atom_occur(s, atom, position, field);
}

static bool note_list(struct watch_scratch *s, uint32_t ref, uint32_t position, unsigned field)
{
	uint32_t n;
	const uint32_t *list = watch_lexicon_list(&s->lexicon, ref, &n);

	if (!watch_item_room(s, n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		note(s, list[i], position, field);
	return true;
}

/* What the words of a region refer to. */
static bool note_refs(struct watch_scratch *s, const struct watch_region *r, const uint32_t *refs)
{
	unsigned field = WATCH_FIELD_BIT(r->field);

	if (!watch_item_room(s, r->count))
		return false;
	for (uint32_t i = 0; i < r->count; i++) {
		if (refs[i] == WATCH_NONE)
			continue;
		if (!(refs[i] & WATCH_REF_LIST))
			note(s, refs[i], r->base + i, field);
		else if (!note_list(s, refs[i], r->base + i, field) ||
			 !watch_item_room(s, r->count - i))
			return false;
	}
	return true;
}

static bool find(struct watch_scratch *s, const struct watch_lookup *word,
	struct watch_lexicon_key key, uint32_t *ref)
{
	if (watch_lexicon_find(&s->lexicon, word, key, ref))
		return true;
	s->found.n = 0;
	return watch_vocabulary_find(&s->set->vocabulary, word, s->stemmers, &s->found) &&
	       watch_lexicon_add(&s->lexicon, word, key, &s->found, ref);
}

static struct watch_lookup lookup_of(const struct watch_region *r, uint32_t i)
{
	return (struct watch_lookup){
		.form = watch_words_form(r->words, i),
		.source = watch_words_source(r->words, i),
		.hash = r->words->word[i].hash,
	};
}

/* Words that may satisfy something, with the keys they are known by, whose slots are asked for. */
static uint32_t open_region(struct watch_scratch *s, const struct watch_region *r)
{
	const struct watch_vocabulary *v = &s->set->vocabulary;
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->count; i++) {
		struct watch_lookup word = lookup_of(r, i);

		s->refs[r->dense + i] = WATCH_NONE;
		if (!watch_vocabulary_opens(v, word.form))
			continue;
		s->opened[n] = (struct watch_opened){i, watch_lexicon_key(&word, v->spellings)};
		watch_lexicon_prefetch(&s->lexicon, s->opened[n++].key);
	}
	return n;
}

/* The words of a region to the atoms other than EXACT that they satisfy. */
static bool read_region(struct watch_scratch *s, const struct watch_region *r)
{
	uint32_t *refs = s->refs + r->dense, n;

	if (!watch_program_room(&s->opened, 0, &s->cap_opened, r->count, sizeof(*s->opened)))
		return false;
	n = open_region(s, r);
	for (uint32_t k = 0; k < n; k++) {
		const struct watch_opened *o = &s->opened[k];
		struct watch_lookup word = lookup_of(r, o->word);

		if (!find(s, &word, o->key, &refs[o->word]))
			return false;
	}
	return note_refs(s, r, refs);
}

bool watch_classes_read(struct watch_scratch *s)
{
	if (!s->set->vocabulary.classes)
		return true;
	watch_lexicon_trim(&s->lexicon);
	if (!watch_program_room(&s->refs, 0, &s->cap_refs, s->n_dense, sizeof(*s->refs)))
		return false;
	for (size_t i = 0; i < s->n_regions; i++)
		if (!read_region(s, &s->regions[i]))
			return false;
	return true;
}
