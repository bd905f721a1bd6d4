/* SPDX-License-Identifier: MIT */
/*
 * Atoms other than EXACT: wildcards, spellings, stems, words nearly alike. Which of them a word
 * satisfies takes long to find out, so it is remembered for the words to come.
 */
#include "base/digest.h"
#include "watch/scratch.h"

#define LEXEMES_MAX ((size_t)1 << 20)
#define MEMO_BYTES  ((size_t)64 << 20)

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
	const uint32_t *list = s->memo.lists + (ref & ~WATCH_REF_LIST);
	uint32_t n = *list++;

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

/* --- words that were looked up before --- */

static void forget(struct watch_memo *m)
{
	watch_table_clear(&m->table);
	arena_clear(m->arena);
	m->n_lexemes = m->n_lists = 0;
}

/* The atoms found as one reference. */
static bool make_ref(struct watch_scratch *s, uint32_t *ref)
{
	struct watch_memo *m = &s->memo;
	const struct watch_found *f = &s->found;

	*ref = f->n ? f->v[0] : WATCH_NONE;
	if (f->n < 2)
		return true;
	if (!watch_program_room(&m->lists, m->n_lists, &m->cap_lists, f->n + 1, sizeof(*m->lists)))
		return false;
	*ref = (uint32_t)m->n_lists | WATCH_REF_LIST;
	m->lists[m->n_lists++] = (uint32_t)f->n;
	memcpy(m->lists + m->n_lists, f->v, f->n * sizeof(*f->v));
	m->n_lists += f->n;
	return true;
}

static bool remember(struct watch_scratch *s, const struct watch_lookup *word, uint64_t key,
	bool by_source, uint32_t *ref)
{
	struct watch_memo *m = &s->memo;
	struct watch_lexeme l = {.hash = key};

	s->found.n = 0;
	if (!watch_vocabulary_find(&s->set->vocabulary, word, s->stemmers, &s->found) ||
		!make_ref(s, ref))
		return false;
	l.ref = *ref;
	l.form = arena_str(m->arena, word->form);
	if (by_source)
		l.source = arena_str(m->arena, word->source);
	if (!l.form.p || (by_source && !l.source.p))
		return arena_overflowed(m->arena); /* not remembered, but right */
	if (!watch_program_room(
		    &m->lexemes, m->n_lexemes, &m->cap_lexemes, 1, sizeof(*m->lexemes)) ||
		!watch_table_add(&m->table, key, (uint32_t)m->n_lexemes))
		return false;
	m->lexemes[m->n_lexemes++] = l;
	return true;
}

/*
 * Spellings and stems depend on the word as it stands in the text, so there it is part of the key,
 * unless it is its own normal form.
 */
static bool recall(struct watch_scratch *s, const struct watch_lookup *word, uint32_t *ref)
{
	struct watch_memo *m = &s->memo;
	bool by_source = s->set->vocabulary.spellings && !str_eq(word->source, word->form);
	uint64_t key = by_source ? digest_fast64(word->source, word->hash) : word->hash;
	uint32_t i;
	size_t at;

	if (m->table.slots) {
		at = watch_table_start(&m->table, key);
		while ((i = watch_table_next(&m->table, key, &at)) != WATCH_TABLE_NONE) {
			const struct watch_lexeme *l = &m->lexemes[i];

			if (str_eq(l->form, word->form) && by_source == (l->source.p != NULL) &&
				(!by_source || str_eq(l->source, word->source))) {
				*ref = l->ref;
				return true;
			}
		}
	}
	return remember(s, word, key, by_source, ref);
}

/* The words of a region to the atoms other than EXACT that they satisfy. */
static bool read_classes(struct watch_scratch *s, const struct watch_region *r)
{
	uint32_t *refs = s->refs + r->dense;

	for (size_t i = 0; i < r->count; i++) {
		struct watch_lookup word = {
			.form = watch_words_form(r->words, i),
			.source = watch_words_source(r->words, i),
			.hash = r->words->word[i].hash,
		};

		if (!recall(s, &word, &refs[i]))
			return false;
	}
	return note_refs(s, r, refs);
}

bool watch_classes_read(struct watch_scratch *s)
{
	if (!s->set->vocabulary.classes)
		return true;
	if (s->memo.n_lexemes > LEXEMES_MAX || arena_used(s->memo.arena) > MEMO_BYTES)
		forget(&s->memo);
	if (!watch_program_room(&s->refs, 0, &s->cap_refs, s->n_dense, sizeof(*s->refs)))
		return false;
	for (size_t i = 0; i < s->n_regions; i++)
		if (!read_classes(s, &s->regions[i]))
			return false;
	return true;
}
