/* SPDX-License-Identifier: MIT */
/*
 * Occurrences of atoms. Finds those other than EXACT while an item is read: wildcards, spellings,
 * stems, fuzzy words.
 */
#include "item.h"

#define OCCURRENCES_MAX ((size_t)1 << 26) /* of all atoms in one item: 512 MB */

bool watch_item_room(struct watch_item *item, size_t n)
{
	item->crowded = item->crowded || n > OCCURRENCES_MAX - item->n_occurrences;
	return !item->crowded &&
	       array_room(&item->occurrences, item->n_occurrences, &item->cap_occurrences, n,
		       sizeof(*item->occurrences)) &&
	       array_room(&item->terms, item->n_terms, &item->cap_terms, n, sizeof(*item->terms));
}

void watch_atom_occur(struct watch_item *item, uint32_t atom, uint32_t position, unsigned field)
{
	struct watch_atom_state *a = &item->atoms[atom];
	uint32_t at = (uint32_t)item->n_occurrences++;

	item->occurrences[at] = (struct watch_occurrence){position, WATCH_NONE};
	if (a->head == WATCH_NONE)
		a->head = at;
	else
		item->occurrences[a->tail].next = at;
	a->tail = at;
	a->fields |= field;
}

/* Adds an occurrence; the first one makes the atom a term found. */
static void inexact_note_atom(
	struct watch_item *item, uint32_t atom, uint32_t position, unsigned field)
{
	struct watch_atom_state *a = &item->atoms[atom];

	if (a->generation != item->generation) {
		*a = (struct watch_atom_state){item->generation, WATCH_NONE, WATCH_NONE, 0};
		item->terms[item->n_terms++] = atom;
	}
	watch_atom_occur(item, atom, position, field);
}

static bool inexact_note_list(
	struct watch_item *item, uint32_t ref, uint32_t position, unsigned field)
{
	uint32_t n;
	const uint32_t *list = watch_word_cache_list(&item->cache, ref, &n);

	if (!watch_item_room(item, n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		inexact_note_atom(item, list[i], position, field);
	return true;
}

/* Adds an occurrence of each atom that the cached entry refers to. */
static bool inexact_note_ref(
	struct watch_item *item, uint32_t ref, uint32_t position, unsigned field)
{
	if (ref == WATCH_NONE)
		return true;
	if (ref & WATCH_REF_LIST)
		return inexact_note_list(item, ref, position, field);
	if (!watch_item_room(item, 1))
		return false;
	inexact_note_atom(item, ref, position, field);
	return true;
}

static bool inexact_find_atoms(struct watch_item *item, const struct watch_lookup *word,
	struct watch_word_key key, uint32_t *ref)
{
	if (watch_word_cache_find(&item->cache, word, key, ref))
		return true;
	item->found.n = 0;
	return watch_vocabulary_find(item->vocabulary, word, item->stemmers, &item->found) &&
	       watch_word_cache_add(&item->cache, word, key, &item->found, ref);
}

static void inexact_set_lookup(struct watch_lookup *word, const struct watch_vocabulary *v,
	const struct watch_region *r, uint32_t i)
{
	word->form = text_words_form(r->words, i);
	word->source = word->signed_source = text_words_source(r->words, i);
	word->hash = r->words->word[i].hash;
	word->sign = v->signs ? text_words_sign(r->words, i, &word->signed_source) : 0;
}

static struct watch_word_key inexact_key_of(
	const struct watch_vocabulary *v, const struct watch_region *r, uint32_t i)
{
	struct watch_lookup word;

	if (!v->signs && !v->spellings)
		return (struct watch_word_key){r->words->word[i].hash, false};
	inexact_set_lookup(&word, v, r, i);
	return watch_word_key(&word, v->spellings);
}

/*
 * Lists those of the next WATCH_AHEAD words that may satisfy an atom, with their cache keys. Their
 * cache slots are scattered in memory, so all are prefetched before the first is read. No branch
 * depends on a word until it is listed: most are not, and only their first letters are read.
 */
static size_t inexact_list_words(
	struct watch_item *item, const struct watch_region *r, uint32_t from)
{
	const struct watch_vocabulary *v = item->vocabulary;
	const struct text_words *words = r->words;
	uint32_t end = r->count - from < WATCH_AHEAD ? r->count : from + WATCH_AHEAD;
	uint32_t *opened = item->opened;
	struct watch_inexact_word *kept = item->inexact;

	for (uint32_t i = from; i < end; i++) {
		*opened = i;
		opened += watch_vocabulary_opens(v, text_words_form(words, i));
	}
	for (const uint32_t *o = item->opened; o < opened; o++) {
		if (!watch_vocabulary_begins(v, text_words_form(words, *o)))
			continue;
		*kept = (struct watch_inexact_word){*o, inexact_key_of(v, r, *o)};
		watch_word_cache_prefetch(&item->cache, kept++->key);
	}
	return (size_t)(kept - item->inexact);
}

/* Finds the atoms that each word of a region satisfies. */
static bool inexact_read_region(struct watch_item *item, const struct watch_region *r)
{
	uint32_t *refs = item->refs + r->dense;
	unsigned field = QUERY_FIELD_BIT(r->field);
	const struct watch_inexact_word *o;
	struct watch_lookup word;

	memset(refs, 0xff, r->count * sizeof(*refs)); /* WATCH_NONE */
	for (uint32_t from = 0; from < r->count; from += WATCH_AHEAD) {
		size_t n = inexact_list_words(item, r, from);

		for (o = item->inexact; o < item->inexact + n; o++) {
			inexact_set_lookup(&word, item->vocabulary, r, o->word);
			if (!inexact_find_atoms(item, &word, o->key, &refs[o->word]) ||
				!inexact_note_ref(item, refs[o->word], r->base + o->word, field))
				return false;
		}
	}
	return true;
}

bool watch_inexact_read(struct watch_item *item)
{
	if (!item->vocabulary->inexact)
		return true;
	watch_word_cache_trim(&item->cache);
	if (!array_room(&item->refs, 0, &item->cap_refs, item->n_dense, sizeof(*item->refs)))
		return false;
	for (size_t i = 0; i < item->n_regions; i++)
		if (!inexact_read_region(item, &item->regions[i]))
			return false;
	return true;
}
